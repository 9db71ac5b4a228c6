package dev.trapline.abi.smccc;

import dev.trapline.abi.exit.HypercallExit;

/// A view of a hypercall as an SMC Calling Convention call (DEN0028): the exit, and the function that it names.
///
/// A call with `#imm` other than 0 is not an SMCCC call ([#isSmccc]); the view then has no meaning.
///
/// @param exit the call as it was made
/// @param functionId the function that is called: w0, without the SVE hint where the machine takes it as one
public record SmcccCall(HypercallExit exit, FunctionId functionId) {

    /// The most arguments of the SMC32 convention: w1 to w7.
    public static final int ARGUMENTS_32 = 7;
    /// The most arguments of the SMC64 convention: x1 to x17 (DEN0028 1.2).
    public static final int ARGUMENTS_64 = 17;

    /// A call of the function in all of w0, the SVE hint included. See [FunctionId#sveHint].
    public SmcccCall(HypercallExit exit) {
        this(exit, new FunctionId((int) exit.registers().x(0)));
    }

    /// Whether this is an SMCCC call at all.
    public boolean isSmccc() {
        return exit.immediate() == 0;
    }

    /// Argument `n` as its convention passes it: all 64 bits for SMC64, w`n` zero-extended for SMC32 (DEN0028
    /// §3.1).
    ///
    /// @param n the register, 1 to 7 for SMC32 and 1 to 17 for SMC64
    /// @throws IllegalArgumentException if the call's convention has no such argument
    public long argument(int n) {
        boolean is64 = functionId().is64();
        int last = is64 ? ARGUMENTS_64 : ARGUMENTS_32;
        if (n < 1 || n > last) {
            throw new IllegalArgumentException(
                    "x" + n + " is no argument of " + functionId() + ": those are x1 to x" + last);
        }
        long value = exit.registers().x(n);
        return is64 ? value : value & 0xffff_ffffL;
    }

    /// The whole register, whatever the convention.
    public long x(int n) {
        return exit.registers().x(n);
    }
}
