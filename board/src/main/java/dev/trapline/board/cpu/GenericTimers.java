package dev.trapline.board.cpu;

import dev.trapline.abi.Digest64;
import dev.trapline.abi.engine.CpuTimer;
import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;

/// The registers of the virtual and the physical EL1 timer of one CPU, and EL0's access to them. They raise no
/// interrupt. The caller passes the counter's value.
///
/// DDI0487 D12.2: CompareValue view, TimerValue view and ISTATUS.
public final class GenericTimers implements Snapshot {

    private static final long ENABLE = 1;
    private static final long WRITABLE = 3;
    private static final long IMASK = 2;
    private static final long ISTATUS = 4;
    private static final long KERNEL_CONTROL = 0x3ff;

    private final Registers physical = new Registers();
    private final Registers virtual = new Registers();
    private long kernelControl;

    /// The registers of one timer: ENABLE and IMASK of CTL, and CVAL.
    private static final class Registers {
        private long control;
        private long compareValue;
    }

    private Registers of(CpuTimer timer) {
        return switch (timer) {
            case PHYSICAL -> physical;
            case VIRTUAL -> virtual;
        };
    }

    /// CTL: ENABLE and IMASK as written, ISTATUS from the counter. While the timer is disabled, ISTATUS is
    /// architecturally UNKNOWN; here it is zero.
    public long control(CpuTimer timer, long counter) {
        Registers of = of(timer);
        boolean met = (of.control & ENABLE) != 0 && Long.compareUnsigned(counter, of.compareValue) >= 0;
        return of.control | (met ? ISTATUS : 0);
    }

    public void writeControl(CpuTimer timer, long value) {
        of(timer).control = value & WRITABLE;
    }

    /// CVAL.
    public long compareValue(CpuTimer timer) {
        return of(timer).compareValue;
    }

    public void writeCompareValue(CpuTimer timer, long value) {
        of(timer).compareValue = value;
    }

    /// TVAL: the low 32 bits of CVAL minus the counter.
    public long timerValue(CpuTimer timer, long counter) {
        return (of(timer).compareValue - counter) & 0xffff_ffffL;
    }

    /// A write of TVAL sets CVAL to the counter plus the sign-extended 32-bit value.
    public void writeTimerValue(CpuTimer timer, long value, long counter) {
        of(timer).compareValue = counter + (int) value;
    }

    /// The counter value at which a timer asserts its interrupt: its compare value, if the timer is enabled and not
    /// masked.
    ///
    /// @return [Engine#NO_DEADLINE] if it does not, or only after [MachineSpec#LAST_DEADLINE]
    public long deadline(CpuTimer timer) {
        Registers of = of(timer);
        boolean asserts = (of.control & (ENABLE | IMASK)) == ENABLE;
        return asserts && Long.compareUnsigned(of.compareValue, MachineSpec.LAST_DEADLINE) <= 0
                ? of.compareValue
                : Engine.NO_DEADLINE;
    }

    /// CNTKCTL_EL1: which of the registers EL0 may use.
    public long kernelControl() {
        return kernelControl;
    }

    public void writeKernelControl(long value) {
        kernelControl = value & KERNEL_CONTROL;
    }

    /// Whether EL0 may read a counter: EL0PCTEN is bit 0, EL0VCTEN bit 1.
    public boolean counterOpenToEl0(CpuTimer timer) {
        return isOpen(timer == CpuTimer.PHYSICAL ? 0 : 1);
    }

    /// Whether EL0 may read the counters' frequency: it may if it may read one of the counters.
    public boolean frequencyOpenToEl0() {
        return counterOpenToEl0(CpuTimer.PHYSICAL) || counterOpenToEl0(CpuTimer.VIRTUAL);
    }

    /// Whether EL0 may use a timer: EL0VTEN is bit 8, EL0PTEN bit 9.
    public boolean timerOpenToEl0(CpuTimer timer) {
        return isOpen(timer == CpuTimer.VIRTUAL ? 8 : 9);
    }

    private boolean isOpen(int bit) {
        return (kernelControl >> bit & 1) != 0;
    }

    /// Folds its state into a digest.
    public long foldInto(long digest) {
        long folded = Digest64.fold(digest, kernelControl);
        folded = Digest64.fold(Digest64.fold(folded, physical.control), physical.compareValue);
        return Digest64.fold(Digest64.fold(folded, virtual.control), virtual.compareValue);
    }

    /// Reads the state that survives a power-down of the CPU: CTL and CVAL of each timer, in the format of
    /// [Engine#readTimers].
    public void readInto(long[] words) {
        words[0] = physical.control;
        words[1] = physical.compareValue;
        words[2] = virtual.control;
        words[3] = virtual.compareValue;
    }

    /// Restores the state of [#readInto].
    public void writeFrom(long[] words) {
        physical.control = words[0] & WRITABLE;
        physical.compareValue = words[1];
        virtual.control = words[2] & WRITABLE;
        virtual.compareValue = words[3];
    }

    @Override
    public void save(StateWriter state) {
        long[] words = new long[Engine.TIMER_WORDS];
        readInto(words);
        state.put(kernelControl);
        state.put(words);
    }

    @Override
    public void load(StateReader state) {
        long[] words = new long[Engine.TIMER_WORDS];
        kernelControl = state.take();
        state.take(words);
        writeFrom(words);
    }
}
