package dev.trapline.vcpu;

import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.machine.VcpuState;
import java.util.Arrays;
import java.util.List;

/// The machine's own account of where each vCPU is in its life, and thereby of who can run.
final class PowerTable {

    private final VcpuState[] states;
    private long runnable;

    PowerTable(int vcpus) {
        states = new VcpuState[vcpus];
        allOff();
    }

    /// One bit for each vCPU that can be granted a slice.
    long runnable() {
        return runnable;
    }

    VcpuState of(VcpuId vcpu) {
        return states[vcpu.index()];
    }

    List<VcpuState> all() {
        return List.of(states);
    }

    void allOff() {
        Arrays.fill(states, VcpuState.OFF);
        runnable = 0;
    }

    /// Takes note that a vCPU is powered.
    ///
    /// @throws InvariantViolation if the machine has no such vCPU, or it is not off: its firmware lost count
    void powerOn(VcpuId vcpu) {
        if (vcpu.index() >= states.length) {
            throw new InvariantViolation(vcpu + " does not exist: this machine has " + states.length + " vCPUs");
        }
        InvariantViolation.require(
                of(vcpu) == VcpuState.OFF,
                "a firmware service powers on " + vcpu + ", which is " + of(vcpu).description());
        set(vcpu, VcpuState.ON_PENDING);
    }

    void powerOff(VcpuId vcpu) {
        set(vcpu, VcpuState.OFF);
    }

    void granted(VcpuId vcpu) {
        if (of(vcpu) == VcpuState.ON_PENDING) {
            set(vcpu, VcpuState.ON);
        }
    }

    void waitsForInterrupt(VcpuId vcpu) {
        set(vcpu, VcpuState.SUSPENDED);
    }

    /// Takes note of an interrupt; returns whether the vCPU was waiting for one.
    boolean wake(VcpuId vcpu) {
        boolean waiting = of(vcpu) == VcpuState.SUSPENDED;
        if (waiting) {
            set(vcpu, VcpuState.ON);
        }
        return waiting;
    }

    private void set(VcpuId vcpu, VcpuState state) {
        states[vcpu.index()] = state;
        runnable = state.isRunnable() ? runnable | vcpu.bit() : runnable & ~vcpu.bit();
    }
}
