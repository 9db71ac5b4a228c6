package dev.trapline.machine;

import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.machine.VcpuState;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import java.util.Arrays;
import java.util.List;

/// The machine's own account of where each vCPU is in its life, of what it waits for, and thereby of who can run.
///
/// An interrupt for a vCPU that does not wait is kept, one for each: it ends the next wait before it begins.
final class PowerTable {

    /// Nothing is to come by itself.
    static final long NEVER = Engine.NO_DEADLINE;

    private static final List<VcpuState> STATES = List.of(VcpuState.values());

    private final VcpuState[] states;
    /// When a vCPU that cannot run can: it is ready, or its timer wakes it.
    private final long[] due;
    private final long[] timers;
    private long runnable;
    private long interrupted;
    /// Those for which a line is high: no part of the state, since the devices that drive the lines have it.
    private long lines;

    PowerTable(int vcpus) {
        states = new VcpuState[vcpus];
        due = new long[vcpus];
        timers = new long[vcpus];
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
        Arrays.fill(due, NEVER);
        Arrays.fill(timers, NEVER);
        runnable = 0;
        interrupted = 0;
    }

    /// Takes note that a vCPU is powered.
    ///
    /// @param readyAt virtual time before which it executes nothing
    /// @throws InvariantViolation if the machine has no such vCPU, or it is not off: its firmware lost count
    void powerOn(VcpuId vcpu, long readyAt) {
        if (vcpu.index() >= states.length) {
            throw new InvariantViolation(vcpu + " does not exist: this machine has " + states.length + " vCPUs");
        }
        InvariantViolation.require(
                of(vcpu) == VcpuState.OFF,
                "a firmware service powers on " + vcpu + ", which is " + of(vcpu).description());
        interrupted &= ~vcpu.bit();
        timers[vcpu.index()] = NEVER;
        set(vcpu, VcpuState.ON_PENDING, readyAt);
    }

    void powerOff(VcpuId vcpu) {
        set(vcpu, VcpuState.OFF, NEVER);
    }

    void granted(VcpuId vcpu) {
        if (of(vcpu) == VcpuState.ON_PENDING) {
            states[vcpu.index()] = VcpuState.ON;
        }
    }

    /// Takes note of how a vCPU's timers are programmed: see [Engine#timerDeadline].
    void timer(VcpuId vcpu, long deadline) {
        timers[vcpu.index()] = deadline;
    }

    /// Has a vCPU wait for an interrupt, or its timer.
    ///
    /// @param how suspended or powered down
    /// @return false if it does not wait, since one is there already; a kept one is then used up
    boolean waits(VcpuId vcpu, VcpuState how, long now) {
        InvariantViolation.require(
                of(vcpu) == VcpuState.ON,
                "a firmware service suspends " + vcpu + ", which is " + of(vcpu).description());
        boolean pending = isInterrupted(vcpu, now);
        useInterrupt(vcpu);
        if (pending) {
            return false;
        }
        set(vcpu, how, timers[vcpu.index()]);
        return true;
    }

    /// Whether an interrupt is pending for a vCPU: one that was kept, a line's, or its timer's.
    boolean isInterrupted(VcpuId vcpu, long now) {
        return ((interrupted | lines) & vcpu.bit()) != 0 || timers[vcpu.index()] <= now;
    }

    /// Forgets an interrupt that was kept.
    void useInterrupt(VcpuId vcpu) {
        interrupted &= ~vcpu.bit();
    }

    /// Takes note of an interrupt: a vCPU that waits is due then, if it was not before.
    void interrupt(VcpuId vcpu, long now) {
        switch (of(vcpu)) {
            case OFF -> {}
            case ON_PENDING, ON -> interrupted |= vcpu.bit();
            case SUSPENDED, POWERED_DOWN -> set(vcpu, of(vcpu), Math.min(due[vcpu.index()], now));
        }
    }

    /// Takes note of the vCPUs for which a line is high, one bit each. One that waits, and whose line was low, is
    /// due now, if it was not before. A line is pending as long as it is high, and is not kept.
    void lines(long high, long now) {
        for (long left = high & ~lines; left != 0; left &= left - 1) {
            int index = Long.numberOfTrailingZeros(left);
            switch (states[index]) {
                case OFF, ON_PENDING, ON -> {}
                case SUSPENDED, POWERED_DOWN -> due[index] = Math.min(due[index], now);
            }
        }
        lines = high;
    }

    /// Has the lines that go with a state that was loaded.
    void restoreLines(long high) {
        lines = high;
    }

    /// When a vCPU can run, if nothing else happens: now, at the end of its wait, or [#NEVER].
    ///
    /// @param clock how far it has come
    long canRun(int vcpu, long clock) {
        if ((runnable & 1L << vcpu) != 0) {
            return clock;
        }
        return due[vcpu] == NEVER ? NEVER : Math.max(clock, due[vcpu]);
    }

    /// Lets a vCPU run that has waited until now, or was not ready: it is on, or pending if it has no power.
    ///
    /// @return whether an interrupt has ended a wait
    boolean begin(VcpuId vcpu) {
        int index = vcpu.index();
        VcpuState state = states[index];
        due[index] = NEVER;
        runnable |= vcpu.bit();
        if (state == VcpuState.ON_PENDING) {
            return false;
        }
        states[index] = state == VcpuState.POWERED_DOWN ? VcpuState.ON_PENDING : VcpuState.ON;
        return true;
    }

    private void set(VcpuId vcpu, VcpuState state, long until) {
        states[vcpu.index()] = state;
        due[vcpu.index()] = until;
        runnable = until == NEVER && state.isRunnable() ? runnable | vcpu.bit() : runnable & ~vcpu.bit();
    }

    void save(StateWriter state) {
        for (int index = 0; index < states.length; index++) {
            state.put(STATES.indexOf(states[index]));
        }
        state.put(due);
        state.put(timers);
        state.put(runnable);
        state.put(interrupted);
    }

    void load(StateReader state) {
        for (int index = 0; index < states.length; index++) {
            states[index] = STATES.get(state.takeInt());
        }
        state.take(due);
        state.take(timers);
        runnable = state.take();
        interrupted = state.take();
    }
}
