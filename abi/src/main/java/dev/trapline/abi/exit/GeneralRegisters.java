package dev.trapline.abi.exit;

import dev.trapline.abi.Digest64;
import java.util.Arrays;

/// A snapshot of the general registers of a vCPU: x0 to x30, SP, PC and PSTATE.
///
/// For an AArch32 vCPU r0 to r14 stand in x0 to x14 (zero-extended; r13 is also SP), CPSR stands in PSTATE, the rest is
/// zero. r8 to r14 are those of its current mode, without the banked registers of other modes.
public final class GeneralRegisters {

    /// Index of the current stack pointer in the array form.
    public static final int SP = 31;
    /// Index of the program counter in the array form.
    public static final int PC = 32;
    /// Index of PSTATE (in the layout of SPSR) in the array form.
    public static final int PSTATE = 33;
    /// Length of the array form.
    public static final int COUNT = 34;

    /// Where the array form is cut in two: registers from here on seldom change between two calls.
    private static final int CUT = 20;

    private final long[] low;
    private final long[] high;

    private GeneralRegisters(long[] low, long[] high) {
        this.low = low;
        this.high = high;
    }

    /// A snapshot of the array form.
    ///
    /// @param values at least [#COUNT] words: x0 to x30, SP, PC, PSTATE; copied
    public static GeneralRegisters copyOf(long[] values) {
        return new GeneralRegisters(Arrays.copyOf(values, CUT), Arrays.copyOfRange(values, CUT, COUNT));
    }

    /// The same, with less memory where much is as it was before.
    ///
    /// @param before an earlier snapshot
    public static GeneralRegisters copyOf(long[] values, GeneralRegisters before) {
        return Arrays.equals(values, CUT, COUNT, before.high, 0, COUNT - CUT)
                ? new GeneralRegisters(Arrays.copyOf(values, CUT), before.high)
                : copyOf(values);
    }

    /// Register `n` of the array form: 0 to 30 are x0 to x30, then [#SP], [#PC], [#PSTATE].
    public long get(int n) {
        return n < CUT ? low[n] : high[n - CUT];
    }

    /// General register x0 to x30.
    public long x(int n) {
        if (n > 30) {
            throw new IllegalArgumentException("x" + n + " is not a general register");
        }
        return get(n);
    }

    public long sp() {
        return high[SP - CUT];
    }

    public long pc() {
        return high[PC - CUT];
    }

    public long pstate() {
        return high[PSTATE - CUT];
    }

    /// Copies the array form, [#COUNT] words, into an array of the caller.
    public void copyTo(long[] target) {
        System.arraycopy(low, 0, target, 0, CUT);
        System.arraycopy(high, 0, target, CUT, COUNT - CUT);
    }

    /// The cheap digest that is recorded for each slice.
    public long digest() {
        return Digest64.of(low, high);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GeneralRegisters that && Arrays.equals(low, that.low) && Arrays.equals(high, that.high);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(low) + Arrays.hashCode(high);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int n = 0; n < COUNT; n++) {
            text.append(n == 0 ? "" : " ").append(nameOf(n)).append("=0x").append(Long.toHexString(get(n)));
        }
        return text.toString();
    }

    /// The name of register `n` of the array form, as an assembler writes it.
    public static String nameOf(int n) {
        return switch (n) {
            case SP -> "sp";
            case PC -> "pc";
            case PSTATE -> "pstate";
            default -> "x" + n;
        };
    }
}
