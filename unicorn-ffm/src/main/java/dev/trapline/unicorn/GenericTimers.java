package dev.trapline.unicorn;

import dev.trapline.abi.Digest64;
import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;

/// The virtual and the physical EL1 timer of one CPU, and what EL0 may see of them: registers only, no interrupt. Their
/// counter is whatever the caller says it is.
///
/// DDI0487 D12.2: CompareValue view, TimerValue view and ISTATUS.
final class GenericTimers {

    static final int PHYSICAL = 0;
    static final int VIRTUAL = 1;

    private static final long ENABLE = 1;
    private static final long WRITABLE = 3;
    private static final long IMASK = 2;
    private static final long ISTATUS = 4;
    /// Some 146 years: virtual time may jump there and still be counted in nanoseconds.
    private static final long LATEST = 1L << 58;

    private final long[] control = new long[2];
    private final long[] compareValue = new long[2];
    private long kernelControl;

    /// CTL: ENABLE and IMASK as written, ISTATUS from the counter; zero while disabled, where it is UNKNOWN.
    long control(int timer, long counter) {
        boolean met = (control[timer] & ENABLE) != 0 && Long.compareUnsigned(counter, compareValue[timer]) >= 0;
        return control[timer] | (met ? ISTATUS : 0);
    }

    void writeControl(int timer, long value) {
        control[timer] = value & WRITABLE;
    }

    /// CVAL.
    long compareValue(int timer) {
        return compareValue[timer];
    }

    void writeCompareValue(int timer, long value) {
        compareValue[timer] = value;
    }

    /// TVAL: the low 32 bits of what is left until CVAL.
    long timerValue(int timer, long counter) {
        return (compareValue[timer] - counter) & 0xffff_ffffL;
    }

    /// A write of TVAL sets CVAL to the counter plus 32 bits, sign-extended.
    void writeTimerValue(int timer, long value, long counter) {
        compareValue[timer] = counter + (int) value;
    }

    /// The least counter value at which a timer asserts its interrupt: those that are enabled and not masked count.
    ///
    /// @return [Engine#NO_DEADLINE] if there is none, or only one that is years away
    long deadline() {
        return Math.min(deadline(PHYSICAL), deadline(VIRTUAL));
    }

    private long deadline(int timer) {
        boolean asserts = (control[timer] & (ENABLE | IMASK)) == ENABLE;
        return asserts && Long.compareUnsigned(compareValue[timer], LATEST) <= 0
                ? compareValue[timer]
                : Engine.NO_DEADLINE;
    }

    /// CNTKCTL_EL1: which of the registers EL0 may use.
    long kernelControl() {
        return kernelControl;
    }

    void writeKernelControl(long value) {
        kernelControl = value & 0x3ff;
    }

    /// Whether EL0 may read a counter: EL0PCTEN, EL0VCTEN.
    boolean counterOpenToEl0(int timer) {
        return ((kernelControl >> timer) & 1) != 0;
    }

    /// Whether EL0 may read the counters' frequency: either of them open is enough.
    boolean frequencyOpenToEl0() {
        return (kernelControl & 3) != 0;
    }

    /// Whether EL0 may use a timer: EL0VTEN is bit 8, EL0PTEN bit 9.
    boolean timerOpenToEl0(int timer) {
        return ((kernelControl >> (timer == VIRTUAL ? 8 : 9)) & 1) != 0;
    }

    /// Folds all of it into a digest.
    long foldInto(long digest) {
        long folded = Digest64.fold(digest, kernelControl);
        for (int timer = PHYSICAL; timer <= VIRTUAL; timer++) {
            folded = Digest64.fold(folded, control[timer]);
            folded = Digest64.fold(folded, compareValue[timer]);
        }
        return folded;
    }

    /// What they keep without the CPU's power: CTL and CVAL of each.
    void readInto(long[] words) {
        for (int timer = PHYSICAL; timer <= VIRTUAL; timer++) {
            words[2 * timer] = control[timer];
            words[2 * timer + 1] = compareValue[timer];
        }
    }

    void writeFrom(long[] words) {
        for (int timer = PHYSICAL; timer <= VIRTUAL; timer++) {
            control[timer] = words[2 * timer] & WRITABLE;
            compareValue[timer] = words[2 * timer + 1];
        }
    }

    void save(StateWriter state) {
        state.put(kernelControl);
        for (int timer = PHYSICAL; timer <= VIRTUAL; timer++) {
            state.put(control[timer]);
            state.put(compareValue[timer]);
        }
    }

    void load(StateReader state) {
        kernelControl = state.take();
        for (int timer = PHYSICAL; timer <= VIRTUAL; timer++) {
            control[timer] = state.take();
            compareValue[timer] = state.take();
        }
    }
}
