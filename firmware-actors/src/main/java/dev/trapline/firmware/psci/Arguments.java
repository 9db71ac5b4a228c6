package dev.trapline.firmware.psci;

import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.ServiceCall;

/// The arguments of a PSCI call.
final class Arguments {

    private static final int OWNER_AND_WIDTH = 0x7f00_0000;
    private static final int SMC32_OF_PSCI = PsciFunction.OWNER << 24;
    private static final long LOW_HALF = 0xffff_ffffL;
    private static final int INSTRUCTION_BYTES = 4;
    private static final int T32_INSTRUCTION_BYTES = 2;

    private Arguments() {}

    /// The function identifier.
    static int functionId(ServiceCall call) {
        return call.smccc().functionId().value();
    }

    /// Argument `n`: w`n` of an SMC32 call, x`n` of an SMC64 call. PSCI 0.1 predates these conventions: its
    /// arguments are whole registers.
    static long argument(ServiceCall call, int n) {
        return ofWidth(call, call.exit().registers().x(n));
    }

    /// Argument `n`, if the specification defines it as uint32 in both conventions.
    static int word(ServiceCall call, int n) {
        return (int) call.exit().registers().x(n);
    }

    /// A value, truncated to the width of the call's convention.
    static long ofWidth(ServiceCall call, long value) {
        boolean low = ((int) call.exit().registers().x(0) & OWNER_AND_WIDTH) == SMC32_OF_PSCI;
        return low ? value & LOW_HALF : value;
    }

    /// Whether the caller's execution state can start at this address. An A64 or A32 entry point is aligned to its
    /// instructions. From AArch32, bit 0 selects T32 (DEN0022 §6.4), whose instructions are aligned to two bytes.
    static boolean isEntryPoint(ServiceCall call, long entry, GuestMemory memory) {
        ExecutionState caller = call.exit().state();
        if (caller.isAarch32() && (entry & 1) != 0) {
            return memory.contains(entry - 1, T32_INSTRUCTION_BYTES);
        }
        return entry % INSTRUCTION_BYTES == 0 && memory.contains(entry, INSTRUCTION_BYTES);
    }
}
