package dev.trapline.firmware.psci;

import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;

/// MEM_PROTECT and MEM_PROTECT_CHECK_RANGE (DEN0022 §5): memory that no reset but a warm one leaves to the next to
/// boot. All RAM can be protected, and a cold reset zeroes it anyway.
final class MemoryProtection {

    private MemoryProtection() {}

    /// Returns what was before: 0 or 1.
    static Reply<PsciState> protect(PsciState state, ServiceCall call) {
        long before = state.memoryProtected() ? 1 : 0;
        return Reply.x0(state.withMemoryProtected(Arguments.word(call, 1) != 0), before);
    }

    /// A range is refused if it is empty, wraps around, or is not all RAM.
    static Reply<PsciState> checkRange(PsciState state, ServiceCall call, GuestMemory memory) {
        long base = Arguments.argument(call, 1);
        long length = Arguments.argument(call, 2);
        boolean wraps = Long.compareUnsigned(base + length - 1, base) < 0;
        boolean ram = length > 0 && !wraps && memory.contains(base, length);
        return Answers.status(state, ram ? PsciStatus.SUCCESS : PsciStatus.DENIED);
    }
}
