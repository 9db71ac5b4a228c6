package dev.trapline.unicorn.a32;

import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.unicorn.ffi.RegisterBatch;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.ffi.UnicornConstants;
import dev.trapline.unicorn.translation.AddressTranslation;
import dev.trapline.unicorn.translation.Translations;
import org.jspecify.annotations.Nullable;

/// Performs the accesses of a wired AArch32 CPU to coprocessors that the library lets trap.
///
/// The library has no hook for these instructions, but their exception says what they are (DDI0487, ISS encoding for an
/// exception from an MCR or MRC access). Traps are set for the operations on caches and TLBs (HSTR.T7, HCR.TTLB),
/// because those may concern other CPUs of the machine, and for the debug registers (HDCR.TDA). An access to time at
/// PL0 traps, because the library's own CNTKCTL forbids it. At PL1, [Aarch32Substitute] makes it undefined.
final class Aarch32Traps {

    /// HSTR.T7: all accesses with CRn 7.
    private static final long HSTR = 1 << 7;

    /// Exception classes.
    private static final int UNKNOWN = 0;

    private static final int MOVE = 0x03;

    private static final int MOVE_TWO = 0x04;
    private static final int MOVE_DEBUG = 0x05;

    private static final int CACHES = 7;
    private static final int TLB = 8;
    private static final int MONITORS = 9;
    private static final int TIME = 14;

    private static final int IC_IALLUIS = Exit.Maintenance.encode(0, 7, 1, 0);
    /// CRm of the operations that concern all CPUs.
    private static final int SHARED = 3;

    private static final long WORD = 0xffff_ffffL;
    private static final int USER = 0x10;
    private static final int MODE = 0x1f;
    private static final int THUMB = 1 << 5;
    private static final int PC_NUMBER = 15;

    private final Aarch32Coprocessor system;
    private final Aarch32Memory memory;
    private final Aarch32Time time;
    private final RegisterBatch target;
    private final long debugIdentity;
    /// The instruction, as A32 encodes it.
    private int instruction;
    /// The coprocessor: 14 or 15.
    private int coprocessor;

    Aarch32Traps(Unicorn engine, Aarch32Memory memory, Aarch32Time time) {
        this.system = new Aarch32Coprocessor(engine);
        this.memory = memory;
        this.time = time;
        this.target = engine.registers(new int[1]);
        this.debugIdentity = system.debugIdentity();
    }

    /// Makes the library trap them.
    static void setUp(Unicorn engine) {
        engine.writeCoprocessor(1, 4, 1, 3, HSTR);
        // The library translates code for this setting after CPSR was written.
        RegisterBatch cpsr = engine.registers(UnicornConstants.UC_ARM_REG_CPSR);
        cpsr.read();
        cpsr.write(1);
    }

    /// Whether an exception is a trap that [#perform] handles. An access to time is performed if EL0 may do it.
    ///
    /// @param syndrome of the exception
    boolean performs(int syndrome, long[] registers) {
        int exception = syndrome >>> 26;
        boolean privileged = (registers[GeneralRegisters.PSTATE] & MODE) != USER;
        if (exception == UNKNOWN) {
            return isTime(registers, privileged);
        }
        if (exception != MOVE && exception != MOVE_TWO && exception != MOVE_DEBUG) {
            return false;
        }
        coprocessor = exception == MOVE_DEBUG ? 14 : 15;
        instruction = instruction(syndrome);
        if (coprocessor == 14) {
            return isDebugIdentity();
        }
        int group = exception == MOVE_TWO ? instruction & 0xf : crn();
        return switch (group) {
            case CACHES -> true;
            case TLB -> exception == MOVE && privileged;
            case MONITORS, TIME ->
                Aarch32Code.isTimeAccess(instruction)
                        && time.access(instruction, privileged) == Aarch32Time.Access.SERVED;
            default -> false;
        };
    }

    /// Whether an undefined instruction is an access to time ([Aarch32Substitute]).
    private boolean isTime(long[] registers, boolean privileged) {
        long pc = registers[GeneralRegisters.PC];
        boolean thumb = (registers[GeneralRegisters.PSTATE] & THUMB) != 0;
        coprocessor = 15;
        instruction = thumb ? memory.thumb(pc) : memory.word(pc);
        return Aarch32Code.isTimeAccess(instruction)
                && time.access(instruction, privileged) == Aarch32Time.Access.SERVED;
    }

    /// The A32 instruction of a trap of MCR, MRC, MCRR or MRRC, without its condition and the coprocessor's number.
    static int instruction(int syndrome) {
        return syndrome >>> 26 == MOVE_TWO ? wide(syndrome) : narrow(syndrome);
    }

    /// Opc2 in bits 19 to 17, Opc1 16 to 14, CRn 13 to 10, Rt 9 to 5, CRm 4 to 1, direction 0.
    private static int narrow(int syndrome) {
        return 0xee00_0f10
                | (syndrome >>> 14 & 7) << 21
                | (syndrome & 1) << 20
                | (syndrome >>> 10 & 0xf) << 16
                | (syndrome >>> 5 & 0xf) << 12
                | (syndrome >>> 17 & 7) << 5
                | (syndrome >>> 1 & 0xf);
    }

    /// Opc1 in bits 19 to 16, Rt2 14 to 10, Rt 9 to 5, CRm 4 to 1, direction 0.
    private static int wide(int syndrome) {
        return 0xec40_0f00
                | (syndrome & 1) << 20
                | (syndrome >>> 10 & 0xf) << 16
                | (syndrome >>> 5 & 0xf) << 12
                | (syndrome >>> 16 & 0xf) << 4
                | (syndrome >>> 1 & 0xf);
    }

    private int crn() {
        return instruction >>> 16 & 0xf;
    }

    private int crm() {
        return instruction & 0xf;
    }

    private int opc1() {
        return instruction >>> 21 & 7;
    }

    private int opc2() {
        return instruction >>> 5 & 7;
    }

    /// DBGDIDR.
    private boolean isDebugIdentity() {
        return Aarch32Code.isRead(instruction) && crn() == 0 && crm() == 0 && opc1() == 0 && opc2() == 0;
    }

    /// Performs the last access for which [#performs] was true.
    ///
    /// @param registers the general registers
    /// @return an operation that concerns the machine; null if there is none
    @Nullable
    Exit perform(long[] registers) {
        if (coprocessor == 14) {
            deliver(debugIdentity, registers);
            return null;
        }
        if (Aarch32Code.isTimeAccess(instruction)) {
            time.deliver(registers);
            return null;
        }
        if (Aarch32Code.isWide(instruction)) {
            movePair(registers);
            return null;
        }
        long argument = registers[Aarch32Code.rt(instruction)];
        return crn() == TLB ? tlb(argument) : caches(argument, registers);
    }

    private @Nullable Exit tlb(long argument) {
        if (crm() == SHARED) {
            return new Exit.Maintenance(Exit.Maintenance.encode(0, TLB, SHARED, opc2()), argument & WORD);
        }
        system.write(TLB, opc1(), crm(), opc2(), argument);
        return null;
    }

    private @Nullable Exit caches(long argument, long[] registers) {
        return switch (crm()) {
            case 1 -> opc2() == 0 ? new Exit.Maintenance(IC_IALLUIS, 0) : null;
            case 4 -> {
                translated(registers);
                yield null;
            }
            case 5 -> code(argument);
            case 8 -> {
                // ATS1CPR and others: the result is in PAR.
                system.translate(CACHES, opc1(), crm(), opc2(), argument & WORD);
                yield null;
            }
            // Data caches, branch predictors and the barriers of ARMv6 have no effect.
            default -> null;
        };
    }

    private @Nullable Exit code(long argument) {
        return switch (opc2()) {
            case 0 -> new Exit.Maintenance(Exit.Maintenance.INVALIDATE_OWN, 0);
            case 1 -> {
                long physical = memory.physical(argument & WORD);
                yield physical == AddressTranslation.NONE ? null : new Exit.Maintenance(Translations.IC_IVAU, physical);
            }
            default -> null;
        };
    }

    /// Reads or writes PAR.
    private void translated(long[] registers) {
        if (Aarch32Code.isRead(instruction)) {
            deliver(system.read(CACHES, opc1(), crm(), opc2()), registers);
        } else {
            system.write(CACHES, opc1(), crm(), opc2(), registers[Aarch32Code.rt(instruction)] & WORD);
        }
    }

    /// Reads or writes the 64 bits of PAR.
    private void movePair(long[] registers) {
        int first = Aarch32Code.rt(instruction);
        int second = Aarch32Code.rt2(instruction);
        int opc1 = instruction >>> 4 & 0xf;
        if (Aarch32Code.isRead(instruction)) {
            long value = system.readPair(CACHES, opc1);
            put(first, value & WORD, registers);
            put(second, value >>> Integer.SIZE, registers);
        } else {
            system.writePair(CACHES, opc1, registers[second] << Integer.SIZE | (registers[first] & WORD));
        }
    }

    /// Writes the result of an MRC. For r15, only the flags would change; none of these registers is read so.
    private void deliver(long value, long[] registers) {
        put(Aarch32Code.rt(instruction), value, registers);
    }

    private void put(int register, long word, long[] registers) {
        if (register == PC_NUMBER) {
            return;
        }
        registers[register] = word;
        registers[GeneralRegisters.SP] = registers[13];
        target.setId(0, Aarch32.registerNumber(register));
        target.set(0, 0, word);
        target.write(1);
    }

    /// Performs an operation that a CPU of the machine executed, on this CPU's TLB.
    void invalidateTlb(Exit.Maintenance operation) {
        system.write(TLB, 0, TLB - 1, operation.operation() & 7, operation.argument());
    }

    /// Empties the TLB.
    void emptyTlb() {
        system.write(TLB, 0, TLB - 1, 0, 0);
    }
}
