package dev.trapline.firmware.psci;

import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;

/// MEM_PROTECT and MEM_PROTECT_CHECK_RANGE (DEN0022 §5): protected memory is overwritten at every reset except a warm
/// one, before other software boots. All RAM can be protected; a cold reset always clears it.
final class MemoryProtection {

    private MemoryProtection() {}

    /// Returns the previous state: 0 or 1.
    static Reply<PsciState> protect(PsciState state, ServiceCall call) {
        long before = state.memoryProtected() ? 1 : 0;
        return Reply.x0(state.withMemoryProtected(Arguments.word(call, 1) != 0), before);
    }

    /// A range is refused if it is empty, wraps around, or is not entirely in RAM.
    static Reply<PsciState> checkRange(PsciState state, ServiceCall call, GuestMemory memory) {
        long base = Arguments.argument(call, 1);
        long length = Arguments.argument(call, 2);
        boolean wraps = Long.compareUnsigned(base + length - 1, base) < 0;
        boolean ram = length > 0 && !wraps && memory.contains(base, length);
        return Answers.status(state, ram ? PsciStatus.SUCCESS : PsciStatus.DENIED);
    }
}
