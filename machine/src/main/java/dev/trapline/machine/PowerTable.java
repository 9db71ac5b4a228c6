package dev.trapline.machine;

import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.VcpuState;
import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import java.util.Arrays;
import java.util.List;

/// The machine's table of each vCPU's state and of what it waits for, and so of the vCPUs that can run.
///
/// An interrupt for a vCPU that does not wait is kept, at most one for each vCPU: it ends the next wait before it
/// begins.
final class PowerTable implements Snapshot {

    /// Nothing is pending.
    static final long NEVER = Engine.NO_DEADLINE;

    private static final List<VcpuState> STATES = List.of(VcpuState.values());

    private final VcpuState[] states;
    /// When a vCPU that cannot run now will be able to: when it is ready, or its timer wakes it.
    private final long[] due;
    private final long[] timers;
    private long runnable;
    private long interrupted;
    /// The vCPUs with a high line. Not part of the saved state, because it follows from the state of the devices.
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

    /// The state of each, for people: [#of] says [VcpuState#ON] of a vCPU that is held by a fault.
    List<VcpuState> all() {
        VcpuState[] all = states.clone();
        for (int index = 0; index < all.length; index++) {
            if (all[index] == VcpuState.ON && (runnable & 1L << index) == 0) {
                all[index] = VcpuState.STALLED;
            }
        }
        return List.of(all);
    }

    void allOff() {
        Arrays.fill(states, VcpuState.OFF);
        Arrays.fill(due, NEVER);
        Arrays.fill(timers, NEVER);
        runnable = 0;
        interrupted = 0;
    }

    /// Records that a vCPU is powered on.
    ///
    /// @param readyAt virtual time before which it executes nothing
    /// @throws InvariantViolation if the machine has no such vCPU, or it is not off: a defect of the firmware
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

    /// Records how a vCPU's timers are programmed: see [Engine#deadline].
    ///
    /// @param deadline of the first timer that asserts its interrupt
    void timer(VcpuId vcpu, long deadline) {
        timers[vcpu.index()] = deadline;
    }

    /// Makes a vCPU wait for an interrupt, or its timer.
    ///
    /// @param how suspended or powered down
    /// @return false if it does not wait, because an interrupt is already pending; a kept interrupt is then used up
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

    /// Makes a vCPU that is on do nothing for a while. No interrupt ends that; one that comes is kept.
    ///
    /// @param until virtual time; [#NEVER] until it is turned off
    void stall(VcpuId vcpu, long until) {
        if (of(vcpu) == VcpuState.ON) {
            due[vcpu.index()] = until;
            runnable &= ~vcpu.bit();
        }
    }

    /// The same from outside, for one that is not ready or is held already, too: the longer time counts.
    void hold(VcpuId vcpu, long until) {
        VcpuState state = of(vcpu);
        if (state == VcpuState.ON || state == VcpuState.ON_PENDING) {
            boolean free = (runnable & vcpu.bit()) != 0;
            due[vcpu.index()] = free ? until : Math.max(until, due[vcpu.index()]);
            runnable &= ~vcpu.bit();
        }
    }

    /// A time so many ticks later. What is due after the last deadline never comes.
    static long later(long now, long ticks) {
        return ticks > MachineSpec.LAST_DEADLINE - now ? NEVER : now + ticks;
    }

    /// Whether an interrupt is pending for a vCPU: a kept one, a line's, or its timer's.
    boolean isInterrupted(VcpuId vcpu, long now) {
        return ((interrupted | lines) & vcpu.bit()) != 0 || timers[vcpu.index()] <= now;
    }

    /// Drops a kept interrupt.
    void useInterrupt(VcpuId vcpu) {
        interrupted &= ~vcpu.bit();
    }

    /// Records an interrupt. A waiting vCPU becomes due then, if it was not due before.
    void interrupt(VcpuId vcpu, long now) {
        switch (of(vcpu)) {
            case OFF -> {}
            case ON_PENDING, ON, STALLED -> interrupted |= vcpu.bit();
            case SUSPENDED, POWERED_DOWN -> set(vcpu, of(vcpu), Math.min(due[vcpu.index()], now));
        }
    }

    /// Records the vCPUs with a high line, one bit each. A waiting vCPU whose line was low becomes due now, if it
    /// was not due before. A line is pending while it is high, and is not kept.
    void lines(long high, long now) {
        for (long left = high & ~lines; left != 0; left &= left - 1) {
            int index = Long.numberOfTrailingZeros(left);
            switch (states[index]) {
                case OFF, ON_PENDING, ON, STALLED -> {}
                case SUSPENDED, POWERED_DOWN -> due[index] = Math.min(due[index], now);
            }
        }
        lines = high;
    }

    /// Sets the lines after a state was loaded.
    void restoreLines(long high) {
        lines = high;
    }

    /// When a vCPU can run, if nothing else happens: now, at the end of its wait, or [#NEVER].
    ///
    /// @param clock the vCPU's clock
    long canRun(int vcpu, long clock) {
        if ((runnable & 1L << vcpu) != 0) {
            return clock;
        }
        return due[vcpu] == NEVER ? NEVER : Math.max(clock, due[vcpu]);
    }

    /// Lets a vCPU run that has waited until now, or was not ready. It becomes on, or pending if it has no power.
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

    @Override
    public void save(StateWriter state) {
        for (int index = 0; index < states.length; index++) {
            state.put(STATES.indexOf(states[index]));
        }
        state.put(due);
        state.put(timers);
        state.put(runnable);
        state.put(interrupted);
    }

    @Override
    public void load(StateReader state) {
        for (int index = 0; index < states.length; index++) {
            states[index] = STATES.get(state.takeInt());
        }
        state.take(due);
        state.take(timers);
        runnable = state.take();
        interrupted = state.take();
    }
}
