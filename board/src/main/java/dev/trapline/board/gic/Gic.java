package dev.trapline.board.gic;

import dev.trapline.abi.VcpuId;
import dev.trapline.board.bus.Device;
import dev.trapline.board.bus.Line;

/// What all GICs have in common: the inputs of interrupts, and the outputs to the vCPUs.
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
        return outputs(cpu(vcpu)).wouldWake(intid);
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
}
