package dev.trapline.board.gic;

import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.engine.CpuTimer;
import dev.trapline.abi.engine.CpuWiring;
import dev.trapline.abi.engine.SystemRegisters;
import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.board.bus.Line;

/// Connects one vCPU with an interrupt controller: its timers' outputs to private interrupts, and the controller's
/// outputs to its inputs.
public final class CpuLines implements CpuWiring, Snapshot {

    /// INTID of the EL1 physical timer (DEN0094 §4.2, as all boards for Arm's CPUs have it).
    public static final int PHYSICAL_TIMER = 30;

    /// INTID of the EL1 virtual timer.
    public static final int VIRTUAL_TIMER = 27;

    private static final int NONE = -1;

    private final VcpuId vcpu;
    private final InterruptController controller;
    private final Line physical = new Line("CNTP");
    private final Line virtual = new Line("CNTV");
    /// The syndrome of the pending SError; [#NONE] if none is.
    private int error = NONE;

    public CpuLines(VcpuId vcpu, InterruptController controller) {
        this.vcpu = vcpu;
        this.controller = controller;
        physical.listen(controller.ppi(vcpu, PHYSICAL_TIMER));
        virtual.listen(controller.ppi(vcpu, VIRTUAL_TIMER));
    }

    @Override
    public boolean irq() {
        return controller.irq(vcpu);
    }

    @Override
    public boolean fiq() {
        return controller.fiq(vcpu);
    }

    @Override
    public boolean firmware() {
        return controller.firmware(vcpu);
    }

    @Override
    public void timer(CpuTimer timer, boolean high) {
        line(timer).drive(high);
    }

    /// While the controller is off, no interrupt could end a wait, and a program that polls its timer would wait
    /// for ever. The architecture lets a wait end for any reason: this one ends when the timer asserts its
    /// interrupt.
    @Override
    public boolean wakes(CpuTimer timer) {
        return !controller.isOn() || controller.wakes(vcpu, intid(timer));
    }

    /// Whether an interrupt is to end the vCPU's wait.
    public boolean wakes() {
        return controller.wakes(vcpu) || serror();
    }

    /// Makes an SError pending, in place of one that is.
    ///
    /// @param syndrome 0 or more
    public void raise(int syndrome) {
        error = syndrome;
    }

    @Override
    public boolean serror() {
        return error != NONE;
    }

    @Override
    public int takeSError() {
        int taken = error;
        InvariantViolation.require(taken != NONE, "no SError is pending for " + vcpu);
        error = NONE;
        return taken;
    }

    @Override
    public void reset() {
        error = NONE;
        CpuWiring.super.reset();
    }

    @Override
    public SystemRegisters systemRegisters() {
        return controller.systemRegisters(vcpu);
    }

    private Line line(CpuTimer timer) {
        return switch (timer) {
            case PHYSICAL -> physical;
            case VIRTUAL -> virtual;
        };
    }

    private static int intid(CpuTimer timer) {
        return switch (timer) {
            case PHYSICAL -> PHYSICAL_TIMER;
            case VIRTUAL -> VIRTUAL_TIMER;
        };
    }

    @Override
    public void save(StateWriter state) {
        state.put(physical.isHigh());
        state.put(virtual.isHigh());
        state.put(error);
    }

    /// The controller loads the levels of its inputs itself.
    @Override
    public void load(StateReader state) {
        physical.restore(state.takeFlag());
        virtual.restore(state.takeFlag());
        error = state.takeInt();
    }
}
