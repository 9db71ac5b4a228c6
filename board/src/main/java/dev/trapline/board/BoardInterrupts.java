package dev.trapline.board;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.engine.CpuWiring;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.board.bus.Line;
import dev.trapline.board.gic.CpuLines;
import dev.trapline.board.gic.FirmwareInterrupt;
import dev.trapline.board.gic.InterruptController;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// How interrupts reach the vCPUs of a board: from the lines of its devices, from outside, and to its firmware. With an
/// interrupt controller they reach them through it.
public final class BoardInterrupts implements Snapshot {

    private record Wire(Line line, VcpuId vcpu) {}

    private final @Nullable InterruptController controller;
    private final List<Wire> wires = new ArrayList<>();
    /// The lines that are wired to shared interrupts, by INTID.
    private final SortedMap<Integer, SharedInput> shared = new TreeMap<>();

    /// What connects each vCPU with the interrupt controller; empty without one.
    private final List<CpuLines> cpus;

    /// @param controller the interrupt controller, for `count` vCPUs; null for none
    BoardInterrupts(@Nullable InterruptController controller, int count) {
        this.controller = controller;
        this.cpus = controller == null
                ? List.of()
                : IntStream.range(0, count)
                        .mapToObj(index -> new CpuLines(new VcpuId(index), controller))
                        .toList();
    }

    /// Wires a line to a shared interrupt: see [Board#interrupt(int, Line)].
    void wire(int spi, Line line) {
        if (controller == null) {
            throw new IllegalArgumentException("line '" + line.name() + "' cannot be wired to an interrupt: the board '"
                    + BoardKind.BARE.id() + "' has no interrupt controller; use the board '" + BoardKind.VIRT.id()
                    + "', or let the line wake a vCPU");
        }
        if (spi < 0 || spi > Board.LAST_SPI) {
            throw new IllegalArgumentException("line '" + line.name() + "' cannot be wired to the shared interrupt "
                    + spi + ": there are 0 to " + Board.LAST_SPI);
        }
        int intid = InterruptController.FIRST_SPI + spi;
        SharedInput input = new SharedInput(line, controller.spi(intid));
        SharedInput other = shared.putIfAbsent(intid, input);
        if (other != null) {
            throw new IllegalArgumentException("line '" + line.name() + "' cannot be wired to the shared interrupt "
                    + spi + ": line '" + other.line().name() + "' is; choose another");
        }
        line.listen(input);
    }

    /// What connects lines with shared interrupts, by INTID. More may be wired.
    SortedMap<Integer, SharedInput> shared() {
        return Collections.unmodifiableSortedMap(shared);
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

    /// How a vCPU is connected with the interrupt controller; null if the board has none.
    public @Nullable CpuWiring wiring(VcpuId vcpu) {
        return cpus.isEmpty() ? null : cpus.get(vcpu.index());
    }

    /// The vCPUs for which an interrupt is pending: one bit each. They are wired to a high line, or the interrupt
    /// controller ends their waits.
    public long pending() {
        long pending = 0;
        for (Wire wire : wires) {
            if (wire.line().isHigh()) {
                pending |= wire.vcpu().bit();
            }
        }
        for (int index = 0; index < cpus.size(); index++) {
            if (cpus.get(index).wakes()) {
                pending |= 1L << index;
            }
        }
        return pending;
    }

    /// The largest INTID of an interrupt that can be injected. Without an interrupt controller, a number has a
    /// meaning for services only, and may be any. Thread-safe.
    public int lastIntid() {
        return controller == null ? Injection.MAX_INTID : InterruptController.INTIDS - 1;
    }

    /// Makes an interrupt pending, as a write of the guest to the controller would.
    ///
    /// @param intid at most [#lastIntid]; a software-generated one comes from the vCPU itself
    /// @return false if the board has no interrupt controller; then nothing has happened
    public boolean inject(VcpuId vcpu, int intid) {
        if (controller == null) {
            return false;
        }
        controller.inject(vcpu, intid);
        return true;
    }

    /// Drops a pending interrupt, as a write of the guest to the controller would.
    ///
    /// @param intid at most [#lastIntid]
    /// @return false if the board has no interrupt controller; then nothing has happened
    public boolean lose(VcpuId vcpu, int intid) {
        if (controller == null) {
            return false;
        }
        controller.lose(vcpu, intid);
        return true;
    }

    /// Chooses the receiver of an interrupt. Nothing happens without an interrupt controller, or without the
    /// interrupt.
    public void route(VcpuId vcpu, int intid, Effect.RouteInterrupt.Receiver receiver) {
        if (controller != null) {
            controller.route(vcpu, intid, receiver);
        }
    }

    /// Firmware takes the interrupts that are pending for it, in a fixed order.
    public List<FirmwareInterrupt> takeForFirmware() {
        return controller == null ? List.of() : controller.takeForFirmware();
    }

    /// Whether the vCPUs take SErrors. Thread-safe.
    public boolean takeErrors() {
        return !cpus.isEmpty();
    }

    /// Makes an SError pending for a vCPU.
    ///
    /// @throws IndexOutOfBoundsException if the vCPUs take none
    public void raiseError(VcpuId vcpu, int syndrome) {
        cpus.get(vcpu.index()).raise(syndrome);
    }

    @Override
    public void save(StateWriter state) {
        cpus.forEach(lines -> lines.save(state));
    }

    @Override
    public void load(StateReader state) {
        cpus.forEach(lines -> lines.load(state));
    }
}
