package dev.trapline.abi.exit;

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

    /// Where each part of the array form begins. Consecutive snapshots of a vCPU share the parts that are equal, so
    /// registers that change together are in one part, as the procedure call standard uses them (AAPCS64 §6.1.1):
    /// arguments that most calls have, further arguments, temporaries, two parts of what functions preserve.
    private static final int MORE = 4;

    private static final int TEMPORARIES = 8;
    private static final int PRESERVED = 18;
    private static final int REST = 24;

    private final long[] arguments;
    private final long[] more;
    private final long[] temporaries;
    private final long[] preserved;
    private final long[] rest;

    private GeneralRegisters(long[] arguments, long[] more, long[] temporaries, long[] preserved, long[] rest) {
        this.arguments = arguments;
        this.more = more;
        this.temporaries = temporaries;
        this.preserved = preserved;
        this.rest = rest;
    }

    /// A snapshot of the array form.
    ///
    /// @param values at least [#COUNT] words: x0 to x30, SP, PC, PSTATE; copied
    public static GeneralRegisters copyOf(long[] values) {
        return new GeneralRegisters(
                Arrays.copyOf(values, MORE),
                Arrays.copyOfRange(values, MORE, TEMPORARIES),
                Arrays.copyOfRange(values, TEMPORARIES, PRESERVED),
                Arrays.copyOfRange(values, PRESERVED, REST),
                Arrays.copyOfRange(values, REST, COUNT));
    }

    /// The same, with less memory where parts are equal to those of an earlier snapshot.
    public static GeneralRegisters copyOf(long[] values, GeneralRegisters before) {
        return new GeneralRegisters(
                part(values, 0, before.arguments),
                part(values, MORE, before.more),
                part(values, TEMPORARIES, before.temporaries),
                part(values, PRESERVED, before.preserved),
                part(values, REST, before.rest));
    }

    private static long[] part(long[] values, int from, long[] before) {
        for (int n = 0; n < before.length; n++) {
            if (values[from + n] != before[n]) {
                return Arrays.copyOfRange(values, from, from + before.length);
            }
        }
        return before;
    }

    /// Register `n` of the array form: 0 to 30 are x0 to x30, then [#SP], [#PC], [#PSTATE].
    public long get(int n) {
        if (n >= REST) {
            return rest[n - REST];
        }
        if (n >= PRESERVED) {
            return preserved[n - PRESERVED];
        }
        if (n >= TEMPORARIES) {
            return temporaries[n - TEMPORARIES];
        }
        return n < MORE ? arguments[n] : more[n - MORE];
    }

    /// General register x0 to x30.
    public long x(int n) {
        if (n > 30) {
            throw new IllegalArgumentException("x" + n + " is not a general register");
        }
        return get(n);
    }

    public long sp() {
        return rest[SP - REST];
    }

    public long pc() {
        return rest[PC - REST];
    }

    public long pstate() {
        return rest[PSTATE - REST];
    }

    /// Copies the array form, [#COUNT] words, into an array of the caller.
    public void copyTo(long[] target) {
        System.arraycopy(arguments, 0, target, 0, MORE);
        System.arraycopy(more, 0, target, MORE, TEMPORARIES - MORE);
        System.arraycopy(temporaries, 0, target, TEMPORARIES, PRESERVED - TEMPORARIES);
        System.arraycopy(preserved, 0, target, PRESERVED, REST - PRESERVED);
        System.arraycopy(rest, 0, target, REST, COUNT - REST);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GeneralRegisters that
                && Arrays.equals(arguments, that.arguments)
                && Arrays.equals(more, that.more)
                && Arrays.equals(temporaries, that.temporaries)
                && Arrays.equals(preserved, that.preserved)
                && Arrays.equals(rest, that.rest);
    }

    @Override
    public int hashCode() {
        int digest = 31 * Arrays.hashCode(arguments) + Arrays.hashCode(more);
        digest = 31 * digest + Arrays.hashCode(temporaries);
        digest = 31 * digest + Arrays.hashCode(preserved);
        return 31 * digest + Arrays.hashCode(rest);
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
