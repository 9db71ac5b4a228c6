package dev.trapline.unicorn;

import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;

/// What ESR_EL1 and FAR_EL1 get when a CPU takes a synchronous exception (DDI0487, ESR_EL1 and FAR_EL1).
final class Syndromes {

    /// FAR_EL1 keeps its value.
    static final long NO_ADDRESS = -1;

    private static final long INSTRUCTION_ABORT = 0x20L << 26;
    private static final long DATA_ABORT = 0x24L << 26;
    /// The bit that an abort from the same exception level has, and one from EL0 has not.
    private static final long SAME_LEVEL = 1L << 26;

    private static final long IL = 1L << 25;
    private static final long WRITE = 1L << 6;
    /// Synchronous External abort, not on a translation table walk.
    private static final long EXTERNAL = 0x10;

    private static final long PSTATE_EL = 0xc;
    private static final long PAGE = 0xfff;

    private final AddressTranslation translation;
    private final Instructions instructions;

    /// @param engine an AArch64 one
    Syndromes(Unicorn engine, MemoryMap memory) {
        this.translation = new AddressTranslation.A64(engine);
        this.instructions = new Instructions(memory);
    }

    /// ESR_EL1 of a fault.
    static long of(GuestFault fault, long pstate) {
        long level = isFromEl0(pstate) ? 0 : SAME_LEVEL;
        return switch (fault.kind()) {
            case UNMAPPED_FETCH -> INSTRUCTION_ABORT | level | IL | EXTERNAL;
            case UNMAPPED_READ -> DATA_ABORT | level | IL | EXTERNAL;
            case UNMAPPED_WRITE -> DATA_ABORT | level | IL | WRITE | EXTERNAL;
            case UNDEFINED_INSTRUCTION,
                    SUPERVISOR_CALL,
                    BREAKPOINT,
                    PREFETCH_ABORT,
                    DATA_ABORT,
                    OTHER_EXCEPTION,
                    TIME_IN_IT_BLOCK -> fault.detail();
        };
    }

    /// Whether the CPU was at EL0.
    static boolean isFromEl0(long pstate) {
        return (pstate & PSTATE_EL) == 0;
    }

    /// FAR_EL1 of a fault: a virtual address.
    ///
    /// @param registers before the instruction that failed
    /// @return [#NO_ADDRESS] if the exception has none
    long faultAddress(GuestFault fault, long[] registers) {
        return switch (fault.kind()) {
            case PREFETCH_ABORT, DATA_ABORT -> fault.address();
            case UNMAPPED_FETCH -> registers[GeneralRegisters.PC];
            case UNMAPPED_READ, UNMAPPED_WRITE -> accessed(fault.address(), registers);
            case UNDEFINED_INSTRUCTION, SUPERVISOR_CALL, BREAKPOINT, OTHER_EXCEPTION, TIME_IN_IT_BLOCK -> NO_ADDRESS;
        };
    }

    /// The virtual address of an access that nobody answered. Only the physical one is known; they agree in the
    /// offset in their page. An instruction may access several words, of which the first ones were answered.
    private long accessed(long physical, long[] registers) {
        long code = translation.physical(registers[GeneralRegisters.PC]);
        if (code == AddressTranslation.NONE) {
            return physical;
        }
        long first = AccessAddress.of(instructions.at(code), registers);
        return first + ((physical - first) & PAGE);
    }
}
