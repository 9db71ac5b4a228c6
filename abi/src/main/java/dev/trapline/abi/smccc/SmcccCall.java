package dev.trapline.abi.smccc;

import dev.trapline.abi.exit.HypercallExit;

/// A hypercall seen through the SMC Calling Convention (DEN0028). A view: it holds nothing but the exit.
///
/// Whether the guest meant its call so is for the caller to know: a call with `#imm` other than 0 is not an SMCCC call.
///
/// @param exit the call as it was made
public record SmcccCall(HypercallExit exit) {

    /// The function identifier in w0.
    public FunctionId functionId() {
        return new FunctionId((int) exit.registers().x(0));
    }

    /// Argument `n` as its convention passes it: all 64 bits for SMC64, w`n` zero-extended for SMC32 (DEN0028
    /// §3.1).
    ///
    /// @param n the register, 1 to 17
    public long argument(int n) {
        long value = exit.registers().x(n);
        return functionId().is64() ? value : value & 0xffff_ffffL;
    }

    /// The whole register, whatever the convention.
    public long x(int n) {
        return exit.registers().x(n);
    }
}
