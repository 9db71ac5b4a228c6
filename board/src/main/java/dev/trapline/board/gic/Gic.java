package dev.trapline.board.gic;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.devicetree.TreeNode;
import dev.trapline.abi.firmware.Effect.RouteInterrupt.Receiver;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.board.bus.Device;
import dev.trapline.board.bus.Line;
import java.util.List;

/// What all GICs have in common: the inputs of interrupts, the outputs to the vCPUs, and the state of both.
abstract sealed class Gic implements Device, InterruptController permits Gicv2, Gicv3 {

    private final Interrupts interrupts;

    Gic(Interrupts interrupts) {
        this.interrupts = interrupts;
    }

    /// What the controller signals to a vCPU.
    abstract CpuOutputs outputs(int cpu);

    /// The number of a vCPU.
    ///
    /// @throws IllegalArgumentException if the controller was made for fewer vCPUs
    final int cpu(VcpuId vcpu) {
        if (vcpu.index() >= interrupts.cpus) {
            throw new IllegalArgumentException("the " + name() + " has no interface for " + vcpu + ": it was made for "
                    + interrupts.cpus + (interrupts.cpus == 1 ? " vCPU" : " vCPUs"));
        }
        return vcpu.index();
    }

    /// The beginning of its node in a device tree.
    static TreeNode controller(long base, String compatible) {
        return TreeNode.named("intc@" + Long.toHexString(base))
                .labelled(LABEL)
                .strings("compatible", compatible)
                .cells("#interrupt-cells", 3)
                .cells("#address-cells", 0)
                .flag("interrupt-controller");
    }

    /// Resets all registers. The inputs keep their levels, because other devices drive them.
    @Override
    public final void reset() {
        interrupts.reset();
        for (int cpu = 0; cpu < interrupts.cpus; cpu++) {
            outputs(cpu).reset();
        }
    }

    @Override
    public final void save(StateWriter state) {
        interrupts.save(state);
        for (int cpu = 0; cpu < interrupts.cpus; cpu++) {
            outputs(cpu).save(state);
        }
    }

    /// Loads its state, with the levels of its inputs.
    @Override
    public final void load(StateReader state) {
        interrupts.load(state);
        for (int cpu = 0; cpu < interrupts.cpus; cpu++) {
            outputs(cpu).load(state);
        }
    }

    private void require(int intid, int first, int last, String kind) {
        if (intid < first || intid > last) {
            throw new IllegalArgumentException("INTID " + intid + " is not one of the " + kind + " of the " + name()
                    + ": use " + first + " to " + last);
        }
    }

    @Override
    public final Line.Listener spi(int intid) {
        require(intid, FIRST_SPI, INTIDS - 1, "shared interrupts");
        return (_, high) -> interrupts.setInput(0, intid, high);
    }

    @Override
    public final Line.Listener ppi(VcpuId vcpu, int intid) {
        int cpu = cpu(vcpu);
        require(intid, FIRST_PPI, FIRST_SPI - 1, "private interrupts");
        return (_, high) -> interrupts.setInput(cpu, intid, high);
    }

    @Override
    public final boolean irq(VcpuId vcpu) {
        return outputs(cpu(vcpu)).irq();
    }

    @Override
    public final boolean fiq(VcpuId vcpu) {
        return outputs(cpu(vcpu)).fiq();
    }

    @Override
    public final boolean wakes(VcpuId vcpu) {
        CpuOutputs outputs = outputs(cpu(vcpu));
        return outputs.irq() || outputs.fiq() || outputs.requestsPower();
    }

    @Override
    public final boolean wakes(VcpuId vcpu, int intid) {
        require(intid, FIRST_PPI, INTIDS - 1, "interrupts with an input");
        int cpu = cpu(vcpu);
        return interrupts.isTakenByFirmware(cpu, intid) || outputs(cpu).wouldWake(intid);
    }

    @Override
    public final void route(VcpuId vcpu, int intid, Receiver receiver) {
        if (intid >= FIRST_PPI && intid < INTIDS) {
            interrupts.route(cpu(vcpu), intid, receiver);
        }
    }

    @Override
    public final boolean firmware(VcpuId vcpu) {
        return interrupts.isFirmwarePending(cpu(vcpu));
    }

    @Override
    public final List<FirmwareInterrupt> takeForFirmware() {
        return interrupts.takeForFirmware();
    }

    @Override
    public final boolean isOn() {
        return interrupts.forwarded() != 0;
    }

    @Override
    public final void inject(VcpuId vcpu, int intid) {
        int cpu = cpu(vcpu);
        require(intid, 0, INTIDS - 1, "interrupts");
        if (intid < FIRST_PPI) {
            interrupts.sendToSelf(cpu, intid);
        } else {
            interrupts.setPending(cpu, intid / Integer.SIZE, Interrupts.bit(intid));
        }
    }

    @Override
    public final void lose(VcpuId vcpu, int intid) {
        int cpu = cpu(vcpu);
        require(intid, 0, INTIDS - 1, "interrupts");
        if (intid < FIRST_PPI) {
            interrupts.dropSgi(cpu, intid);
        } else {
            interrupts.clearPending(cpu, intid / Integer.SIZE, Interrupts.bit(intid));
        }
    }
}
