package dev.trapline.board;

import dev.trapline.abi.VcpuId;
import dev.trapline.board.bus.Line;
import java.util.ArrayList;
import java.util.List;

/// The lines that end the waits of vCPUs without an interrupt controller.
final class WakeLines {

    private record Wire(Line line, VcpuId vcpu) {}

    private final List<Wire> wires = new ArrayList<>();

    void add(VcpuId vcpu, Line line) {
        wires.add(new Wire(line, vcpu));
    }

    /// Checks that every line is wired to one of `count` vCPUs.
    ///
    /// @throws IllegalArgumentException if one is not; the message names the line
    void requireVcpus(int count) {
        for (Wire wire : wires) {
            if (wire.vcpu().index() >= count) {
                throw new IllegalArgumentException("line '" + wire.line().name() + "' is wired to " + wire.vcpu()
                        + ", but the machine has " + count + (count == 1 ? " vCPU" : " vCPUs"));
            }
        }
    }

    /// The vCPUs with a high line, one bit each.
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
