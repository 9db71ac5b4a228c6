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

    private final long[] values;

    private GeneralRegisters(long[] values) {
        this.values = values;
    }

    /// A snapshot of the array form.
    ///
    /// @param values at least [#COUNT] words: x0 to x30, SP, PC, PSTATE; copied
    public static GeneralRegisters copyOf(long[] values) {
        return new GeneralRegisters(Arrays.copyOf(values, COUNT));
    }

    /// Register `n` of the array form: 0 to 30 are x0 to x30, then [#SP], [#PC], [#PSTATE].
    public long get(int n) {
        return values[n];
    }

    /// General register x0 to x30.
    public long x(int n) {
        if (n > 30) {
            throw new IllegalArgumentException("x" + n + " is not a general register");
        }
        return values[n];
    }

    public long sp() {
        return values[SP];
    }

    public long pc() {
        return values[PC];
    }

    public long pstate() {
        return values[PSTATE];
    }

    /// Copies the array form, [#COUNT] words, into an array of the caller.
    public void copyTo(long[] target) {
        System.arraycopy(values, 0, target, 0, COUNT);
    }

    /// The cheap digest that is recorded for each slice.
    public long digest() {
        return Digest64.of(values, COUNT);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GeneralRegisters that && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int n = 0; n < COUNT; n++) {
            text.append(n == 0 ? "" : " ").append(nameOf(n)).append("=0x").append(Long.toHexString(values[n]));
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
