package dev.trapline.journal.codec;

import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.HypercallExit;

/// How a record looks in a segment's payload. The one owner of the layout; `docs/journal-format.md` says it in more
/// words.
///
/// ```text
///  first byte     7   6   5   4   3   2   1   0
/// slice         [ S | C | B | V |   0 .. 4, 14  ]   V  vCPU of the slice before      else u8 vcpu
///                                                   B  the budget that is expected   else varint budget
///                                                   C  begins when it is expected    else zigzag of the difference
///   then: vcpu? difference? budget? varint executed?, u64 digest, and by kind
///     0 hypercall    S  shape of the hypercall before  else varint shape, then registers
///     1 budget used  S  executed is the budget, and left out
///     2 wait         -
///     3 maintenance  varint operation, varint argument
///     4 guest fault  u8 kind, varint address, varint detail
///    14 an interrupt that firmware takes  -
/// answer        [ 0 | D | E | X |       5       ]   D  decision of the answer before else varint index, decision if
/// new
///                                                   X  zigzag x0                     else varint mask, zigzag of each
///                                                   E  varint count, effects
/// full digest   [ 0 | 0 | 0 | V |       6       ]   u8 vcpu?, u64
/// memory digest [ 0 | 0 | 0 | 0 |       7       ]   u64
/// console input [ 0 | 0 | 0 | 0 |       8       ]   varint length, bytes
/// stop          [ 0 | 0 | 0 | 0 |       9       ]   u8 reason
/// end           [ 0 | 0 | 0 | 0 |      10       ]   outcome, varint virtualTime, varint consoleBytes, u64
/// consoleDigest
/// reconfigured  [ 0 | 0 | 0 | 0 |      11       ]   policy, as PolicyCodec says
/// wake-up       [ 0 | 0 | 0 | 0 |      12       ]   u8 vcpu
/// entropy       [ 0 | 0 | 0 | 1 |      12       ]   text service, varint length, bytes
/// round         [ 0 | 0 | 1 | 0 |      12       ]   varint begins, varint length
/// interrupt     [ 0 | 0 | 1 | 1 |      12       ]   u8 vcpu, varint intid
/// event         [ 0 | 1 | 0 | 0 |      12       ]   u8 vcpu, varint number
/// SError        [ 1 | 0 | 0 | 1 |      12       ]   u8 vcpu, varint syndrome
/// console size  [ 1 | 0 | 1 | 0 |      12       ]   varint columns, varint rows
/// renewed       [ 0 | 1 | 0 | 1 |      12       ]   varint after
/// turned        [ 0 | 1 | 1 | 0 |      12       ]   u8 vcpu, varint length
/// power button  [ 0 | 1 | 1 | 1 |      12       ]   -
/// frame         [ 1 | 0 | 0 | 0 |      12       ]   varint length, bytes
/// fault         [ 1 | 0 | 1 | 1 |      12       ]   as FaultCodec says
/// reaction      [ 0 | 0 | 0 | 0 |      13       ]   text service, effects
///
/// expected       what CodecState says: a slice begins where its vCPU's slice before ended, and as much later as one
/// did
///                the last time after an exit of that kind; its budget is what is left of the turn, or a turn's
/// registers      varint of changed registers, bit 0 PC, 1 PSTATE, 2 SP, 3 + n x(n); for each set bit, from bit 0 up:
///                zigzag of (value - value at the hypercall before of this vCPU in this segment, or 0)
/// shape          bit 0 conduit, 1-2 execution state, 3-4 exception level, 5 four bytes wide, 6 condition passed, 7-22
///                #imm, 23 SCTLR_EL1.EE, on AArch32 SCTLR.EE
/// ```
final class RecordLayout {

    static final int KIND_MASK = 0x0f;
    static final int HYPERCALL = 0;
    static final int BUDGET_USED = 1;
    static final int WAIT = 2;
    static final int MAINTENANCE = 3;
    static final int FAULT = 4;
    static final int ANSWER = 5;
    static final int FULL_DIGEST = 6;
    static final int MEMORY_DIGEST = 7;
    static final int CONSOLE_INPUT = 8;
    static final int STOP = 9;
    static final int END = 10;
    static final int RECONFIGURED = 11;
    static final int OTHER_INPUT = 12;

    static final int REACTION = 13;
    static final int FIRMWARE_INTERRUPT = 14;

    static final int WAKE_UP = OTHER_INPUT;
    static final int ENTROPY = OTHER_INPUT | 0x10;
    static final int ROUND = OTHER_INPUT | 0x20;
    static final int INTERRUPT = OTHER_INPUT | 0x30;
    static final int EVENT = OTHER_INPUT | 0x40;
    static final int RENEWED = OTHER_INPUT | 0x50;
    static final int TURNED = OTHER_INPUT | 0x60;
    static final int POWER_BUTTON = OTHER_INPUT | 0x70;
    static final int FRAME = OTHER_INPUT | 0x80;
    static final int SERROR = OTHER_INPUT | 0x90;
    static final int CONSOLE_SIZE = OTHER_INPUT | 0xa0;
    static final int FAULTED = OTHER_INPUT | 0xb0;
    /// Changed bits of memory or of a register, a held vCPU, or a lost interrupt: its kind follows.
    static final int UPSET = OTHER_INPUT | 0xc0;

    static final int SAME_VCPU = 0x10;
    static final int EXPECTED_BUDGET = 0x20;
    static final int EXPECTED_BEGINNING = 0x40;
    static final int SAME_SHAPE = 0x80;
    static final int EXECUTED_ALL = 0x80;

    static final int X0_ONLY = 0x10;
    static final int HAS_EFFECTS = 0x20;
    static final int SAME_DECISION = 0x40;

    static final int DECISION_RESIDENT = 0;
    static final int DECISION_FORWARDED = 1;
    static final int DECISION_DENIED = 2;

    static final int SHAPE_MAX = (1 << 24) - 1;

    /// The most bytes that a slice takes, or an answer without its effects and without the text of a decision.
    static final int MAX_FIXED_BYTES = 512;

    private static final int FIRST_X_BIT = 3;
    private static final int BIG_ENDIAN = 1 << 23;

    private RecordLayout() {}

    /// Whether the record that begins with this byte is an input.
    static boolean isInput(int firstByte) {
        return switch (firstByte & KIND_MASK) {
            case CONSOLE_INPUT, STOP, RECONFIGURED, OTHER_INPUT -> true;
            default -> false;
        };
    }

    /// The bit of a register, given by its index in the array form of [GeneralRegisters].
    static long bit(int register) {
        return switch (register) {
            case GeneralRegisters.PC -> 1;
            case GeneralRegisters.PSTATE -> 2;
            case GeneralRegisters.SP -> 4;
            default -> 1L << (register + FIRST_X_BIT);
        };
    }

    /// The register of a bit: the reverse of [#bit].
    static int register(int bit) {
        return switch (bit) {
            case 0 -> GeneralRegisters.PC;
            case 1 -> GeneralRegisters.PSTATE;
            case 2 -> GeneralRegisters.SP;
            default -> bit - FIRST_X_BIT;
        };
    }

    /// Everything of a hypercall but its registers.
    ///
    /// @throws IllegalArgumentException if it is none that an instruction can make
    static int shape(HypercallExit exit) {
        int width = exit.instructionWidth();
        if ((exit.immediate() & ~0xffff) != 0 || (exit.exceptionLevel() & ~3) != 0 || (width != 2 && width != 4)) {
            throw new IllegalArgumentException("no instruction makes such a hypercall: " + exit);
        }
        return Codes.CONDUIT.code(exit.conduit())
                | Codes.STATE.code(exit.state()) << 1
                | exit.exceptionLevel() << 3
                | (width == 4 ? 1 << 5 : 0)
                | (exit.conditionPassed() ? 1 << 6 : 0)
                | exit.immediate() << 7
                | (exit.bigEndianExceptions() ? BIG_ENDIAN : 0);
    }

    /// The hypercall of a shape: the reverse of [#shape].
    static HypercallExit hypercall(int shape, GeneralRegisters registers) {
        return new HypercallExit(
                Codes.CONDUIT.decode(shape & 1),
                shape >>> 7 & 0xffff,
                Codes.STATE.decode(shape >>> 1 & 3),
                shape >>> 3 & 3,
                (shape & 1 << 5) != 0 ? 4 : 2,
                (shape & 1 << 6) != 0,
                (shape & BIG_ENDIAN) != 0,
                registers);
    }
}
