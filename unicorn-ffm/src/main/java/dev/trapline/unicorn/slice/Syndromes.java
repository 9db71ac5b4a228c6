package dev.trapline.unicorn.slice;

import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.translation.AddressTranslation;

/// What ESR_EL1 and FAR_EL1 get when a CPU takes a synchronous exception or an SError (DDI0487, ESR_EL1 and FAR_EL1).
public final class Syndromes {

    /// FAR_EL1 keeps its value.
    public static final long NO_ADDRESS = -1;

    private static final long INSTRUCTION_ABORT = 0x20L << 26;
    private static final long DATA_ABORT = 0x24L << 26;
    /// The bit that an abort from the same exception level has, and one from EL0 has not.
    private static final long SAME_LEVEL = 1L << 26;

    private static final long SERROR = 0x2fL << 26;
    private static final long IL = 1L << 25;
    private static final long WRITE = 1L << 6;
    /// Synchronous External abort, not on a translation table walk.
    private static final long EXTERNAL = 0x10;

    private static final long PC_ALIGNMENT = 0x22L << 26;
    private static final long TRAPPED_REGISTER = 0x18L << 26;
    /// Op1 3, CRn 4 and Rt 31 in a syndrome.
    private static final long DAIF_REGISTER = 3 << 14 | 4 << 10 | 31 << 5;
    /// MSR to DAIFSet or DAIFClr, which differ in bit 5.
    private static final int DAIF_IMMEDIATE = 0xd503_40df;

    private static final int DAIF_IMMEDIATE_MASK = 0xffff_f0df;

    private static final long PSTATE_EL = 0xc;
    /// PSTATE.nRW.
    private static final long PSTATE_AARCH32 = 1 << 4;

    private static final long PAGE = 0xfff;

    private final AddressTranslation translation;
    private final Instructions instructions;

    /// @param engine an AArch64 one
    public Syndromes(Unicorn engine, MemoryMap memory) {
        this.translation = new AddressTranslation.A64(engine);
        this.instructions = new Instructions(memory);
    }

    /// ESR_EL1 of a fault.
    ///
    /// @param registers before the instruction that failed
    public long of(GuestFault fault, long[] registers) {
        long pstate = registers[GeneralRegisters.PSTATE];
        long level = isFromEl0(pstate) ? 0 : SAME_LEVEL;
        return switch (fault.kind()) {
            case UNMAPPED_FETCH -> INSTRUCTION_ABORT | level | IL | EXTERNAL;
            case UNMAPPED_READ -> DATA_ABORT | level | IL | EXTERNAL;
            case UNMAPPED_WRITE -> DATA_ABORT | level | IL | WRITE | EXTERNAL;
            case UNDEFINED_INSTRUCTION -> undefined(fault, registers);
            case SUPERVISOR_CALL, BREAKPOINT, PREFETCH_ABORT, DATA_ABORT, OTHER_EXCEPTION, TIME_IN_IT_BLOCK ->
                fault.detail();
        };
    }

    /// ESR_EL1 of an SError.
    ///
    /// @param iss what ESR_EL1.ISS gets
    public static long ofSError(int iss) {
        return SERROR | IL | iss;
    }

    /// The library reports a PC that is not aligned (DDI0487 D1.8.1) as an undefined instruction, and an access to
    /// DAIF that EL0 is not allowed (SCTLR_EL1.UMA) without a syndrome.
    private long undefined(GuestFault fault, long[] registers) {
        if (isMisaligned(registers)) {
            return PC_ALIGNMENT | IL;
        }
        boolean unknown = fault.detail() == 0 && !isAarch32(registers);
        long code = unknown ? translation.physical(registers[GeneralRegisters.PC]) : AddressTranslation.NONE;
        return code == AddressTranslation.NONE ? fault.detail() : daif(instructions.at(code));
    }

    /// The syndrome of MSR to DAIFSet or DAIFClr, which is trapped.
    private static long daif(int instruction) {
        int op2 = instruction >>> 5 & 7;
        int mask = instruction >>> 8 & 0xf;
        return (instruction & DAIF_IMMEDIATE_MASK) == DAIF_IMMEDIATE
                ? TRAPPED_REGISTER | IL | op2 << 17 | DAIF_REGISTER | mask << 1
                : 0;
    }

    /// In AArch32 state, no PC is misaligned.
    private static boolean isMisaligned(long[] registers) {
        return (registers[GeneralRegisters.PC] & (Instructions.WIDTH - 1)) != 0 && !isAarch32(registers);
    }

    private static boolean isAarch32(long[] registers) {
        return (registers[GeneralRegisters.PSTATE] & PSTATE_AARCH32) != 0;
    }

    /// Whether the CPU was at EL0.
    public static boolean isFromEl0(long pstate) {
        return (pstate & PSTATE_EL) == 0;
    }

    /// FAR_EL1 of a fault: a virtual address.
    ///
    /// @param registers before the instruction that failed
    /// @return [#NO_ADDRESS] if the exception has none
    public long faultAddress(GuestFault fault, long[] registers) {
        return switch (fault.kind()) {
            case PREFETCH_ABORT, DATA_ABORT -> fault.address();
            case UNMAPPED_FETCH -> registers[GeneralRegisters.PC];
            case UNMAPPED_READ, UNMAPPED_WRITE -> accessed(fault.address(), registers);
            case UNDEFINED_INSTRUCTION -> isMisaligned(registers) ? registers[GeneralRegisters.PC] : NO_ADDRESS;
            case SUPERVISOR_CALL, BREAKPOINT, OTHER_EXCEPTION, TIME_IN_IT_BLOCK -> NO_ADDRESS;
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
