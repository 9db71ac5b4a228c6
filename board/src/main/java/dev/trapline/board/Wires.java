package dev.trapline.board;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.VcpuId;
import dev.trapline.board.bus.Line;
import dev.trapline.board.gic.InterruptController;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What the lines of a board's devices are connected with: shared interrupts, and vCPUs that they wake.
final class Wires {

    private record Wire(Line line, VcpuId vcpu) {}

    private final @Nullable InterruptController controller;
    private final List<Wire> wires = new ArrayList<>();
    /// The lines that are wired to shared interrupts, by number.
    private final SortedMap<Integer, Line> shared = new TreeMap<>();

    /// @param controller the interrupt controller; null for none
    Wires(@Nullable InterruptController controller) {
        this.controller = controller;
    }

    /// Wires a line to a shared interrupt: see [Board#interrupt(int, Line)].
    void interrupt(int spi, Line line) {
        if (controller == null) {
            throw new IllegalArgumentException("line '" + line.name() + "' cannot be wired to an interrupt: the board '"
                    + BoardKind.BARE.id() + "' has no interrupt controller; use the board '" + BoardKind.VIRT.id()
                    + "', or let the line wake a vCPU");
        }
        if (spi < 0 || spi > Board.LAST_SPI) {
            throw new IllegalArgumentException("line '" + line.name() + "' cannot be wired to the shared interrupt "
                    + spi + ": there are 0 to " + Board.LAST_SPI);
        }
        Line other = shared.putIfAbsent(spi, line);
        if (other != null) {
            throw new IllegalArgumentException("line '" + line.name() + "' cannot be wired to the shared interrupt "
                    + spi + ": line '" + other.name() + "' is; choose another");
        }
        line.listen(controller.spi(InterruptController.FIRST_SPI + spi));
    }

    /// Wires a line to a vCPU: see [Board#wake].
    void wake(VcpuId vcpu, Line line) {
        wires.add(new Wire(line, vcpu));
    }

    /// Checks that every line is wired to an existing vCPU: see [Board#requireVcpus].
    void requireVcpus(int count) {
        for (Wire wire : wires) {
            if (wire.vcpu().index() >= count) {
                throw new IllegalArgumentException("line '" + wire.line().name() + "' is wired to " + wire.vcpu()
                        + ", but the machine has " + count + (count == 1 ? " vCPU" : " vCPUs"));
            }
        }
    }

    /// The vCPUs that are wired to a high line: one bit each.
    long high() {
        long high = 0;
        for (Wire wire : wires) {
            if (wire.line().isHigh()) {
                high |= wire.vcpu().bit();
            }
        }
        return high;
    }
}
