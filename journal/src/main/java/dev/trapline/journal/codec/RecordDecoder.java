package dev.trapline.journal.codec;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.policy.Decision;
import java.util.Arrays;
import java.util.List;

/// Reads the records of one segment, one at a time. The mirror of [RecordEncoder].
public final class RecordDecoder {

    private final PackedReader in;
    private final CodecState state = new CodecState();

    /// @param in the payload of a segment, from its beginning
    public RecordDecoder(PackedReader in) {
        this.in = in;
    }

    /// Whether the record that begins with this byte is an input.
    public static boolean isInput(byte first) {
        return RecordLayout.isInput(first);
    }

    /// Whether the payload has more.
    public boolean hasNext() {
        return !in.isAtEnd();
    }

    /// Where the next record begins.
    public int at() {
        return in.at();
    }

    /// The next record.
    ///
    /// @throws CodecException if an encoder would not write these bytes
    public JournalRecord next() {
        int tag = in.u8();
        int kind = tag & RecordLayout.KIND_MASK;
        return switch (kind) {
            case RecordLayout.HYPERCALL,
                    RecordLayout.BUDGET_USED,
                    RecordLayout.WAIT,
                    RecordLayout.MAINTENANCE,
                    RecordLayout.FAULT,
                    RecordLayout.FIRMWARE_INTERRUPT -> slice(tag, kind);
            case RecordLayout.ANSWER -> answer(tag);
            case RecordLayout.FULL_DIGEST -> {
                onlyFlags(tag, RecordLayout.SAME_VCPU);
                yield new JournalRecord.FullDigest(vcpu(tag), in.i64());
            }
            case RecordLayout.MEMORY_DIGEST -> {
                onlyFlags(tag, 0);
                yield new JournalRecord.MemoryDigest(in.i64());
            }
            case RecordLayout.CONSOLE_INPUT, RecordLayout.STOP, RecordLayout.RECONFIGURED -> {
                onlyFlags(tag, 0);
                yield input(kind);
            }
            case RecordLayout.OTHER_INPUT -> otherInput(tag);
            case RecordLayout.REACTION -> {
                onlyFlags(tag, 0);
                yield new JournalRecord.Reaction(in.string(), EffectCodec.read(in));
            }
            case RecordLayout.END -> {
                onlyFlags(tag, 0);
                yield new JournalRecord.End(OutcomeCodec.read(in), in.varint(), in.varint(), in.i64());
            }
            default -> throw new CodecException("there is no record of kind " + kind + " (byte " + (in.at() - 1) + ")");
        };
    }

    private JournalRecord.Input otherInput(int tag) {
        return switch (tag) {
            case RecordLayout.WAKE_UP -> new JournalRecord.Injected(new Injection.WakeUp(in.vcpu()));
            case RecordLayout.INTERRUPT ->
                new JournalRecord.Injected(
                        new Injection.Interrupt(in.vcpu(), in.count("an INTID", Injection.MAX_INTID)));
            case RecordLayout.EVENT -> event();
            case RecordLayout.POWER_BUTTON -> new JournalRecord.Injected(new Injection.PowerButton());
            case RecordLayout.SERROR ->
                new JournalRecord.Injected(
                        new Injection.SError(in.vcpu(), in.count("a syndrome", Injection.SError.MAX_SYNDROME)));
            case RecordLayout.CONSOLE_SIZE -> new JournalRecord.Injected(consoleSize());
            case RecordLayout.ENTROPY -> new JournalRecord.Entropy(in.string(), Bytes.copyOf(in.bytes()));
            case RecordLayout.FRAME -> frame();
            case RecordLayout.ROUND -> round();
            case RecordLayout.RENEWED -> renewed();
            case RecordLayout.TURNED -> turned();
            case RecordLayout.UPSET -> new JournalRecord.Injected(UpsetCodec.read(in));
            case RecordLayout.FAULTED -> new JournalRecord.Faulted(FaultCodec.read(in));
            default ->
                throw new CodecException("there is no input of number " + (tag >> 4) + " (byte " + (in.at() - 1) + ")");
        };
    }

    private JournalRecord.Input frame() {
        byte[] bytes = in.bytes();
        if (!JournalRecord.Frame.isFrame(bytes.length)) {
            throw new CodecException("no frame has " + bytes.length + " bytes (byte " + in.at() + ")");
        }
        return new JournalRecord.Frame(Bytes.copyOf(bytes));
    }

    private Injection consoleSize() {
        int columns = in.count("the columns of a console", Injection.ConsoleSize.MAX);
        int rows = in.count("the rows of a console", Injection.ConsoleSize.MAX);
        if (columns == 0 || rows == 0) {
            throw new CodecException("a console has no size (byte " + in.at() + ")");
        }
        return new Injection.ConsoleSize(columns, rows);
    }

    private JournalRecord.Input round() {
        long begins = in.varint();
        long length = in.varint();
        if (begins < 0 || length < 1 || begins + length < 0) {
            throw new CodecException("no round begins at " + Long.toUnsignedString(begins) + " and takes "
                    + Long.toUnsignedString(length) + " ticks (byte " + in.at() + ")");
        }
        return new JournalRecord.Round(begins, begins + length);
    }

    private JournalRecord.Input renewed() {
        long after = in.varint();
        if (after < 0 || after >= Engine.MAX_BUDGET) {
            throw new CodecException("no slice has instructions enough to have its engine replaced after "
                    + Long.toUnsignedString(after) + " (byte " + in.at() + ")");
        }
        return new JournalRecord.Renewed(after);
    }

    private JournalRecord.Input turned() {
        VcpuId vcpu = in.vcpu();
        long length = in.varint();
        if (length < 0) {
            throw new CodecException("no turn has " + Long.toUnsignedString(length) + " ticks (byte " + in.at() + ")");
        }
        return new JournalRecord.Turned(new Turn(vcpu, length));
    }

    private JournalRecord.Input event() {
        VcpuId vcpu = in.vcpu();
        long number = in.varint();
        if (number < 0) {
            throw new CodecException("an event has a negative number (byte " + in.at() + ")");
        }
        return new JournalRecord.Injected(new Injection.Event(vcpu, number));
    }

    private JournalRecord.Input input(int kind) {
        return switch (kind) {
            case RecordLayout.STOP -> new JournalRecord.Stop(Codes.STOP.read(in));
            case RecordLayout.RECONFIGURED -> new JournalRecord.Reconfigured(PolicyCodec.read(in));
            default -> new JournalRecord.ConsoleInput(Bytes.copyOf(in.bytes()));
        };
    }

    private void onlyFlags(int tag, int allowed) {
        if ((tag & ~RecordLayout.KIND_MASK & ~allowed) != 0) {
            throw new CodecException(
                    "unknown flags in 0x" + Integer.toHexString(tag) + " (byte " + (in.at() - 1) + ")");
        }
    }

    private VcpuId vcpu(int tag) {
        return (tag & RecordLayout.SAME_VCPU) != 0 ? new VcpuId(state.vcpu) : in.vcpu();
    }

    private JournalRecord.Slice slice(int tag, int kind) {
        boolean ownFlag = kind == RecordLayout.HYPERCALL || kind == RecordLayout.BUDGET_USED;
        onlyFlags(
                tag,
                RecordLayout.SAME_VCPU
                        | RecordLayout.EXPECTED_BUDGET
                        | RecordLayout.EXPECTED_BEGINNING
                        | (ownFlag ? RecordLayout.SAME_SHAPE : 0));
        VcpuId vcpu = vcpu(tag);
        long late = (tag & RecordLayout.EXPECTED_BEGINNING) != 0 ? 0 : in.zigzag();
        long began = state.expectedBeginning(vcpu.index()) + late;
        long budget =
                (tag & RecordLayout.EXPECTED_BUDGET) != 0 ? state.expectedBudget(vcpu.index(), began) : in.varint();
        boolean all = kind == RecordLayout.BUDGET_USED && (tag & RecordLayout.EXECUTED_ALL) != 0;
        long executed = all ? budget : in.varint();
        if (began < 0 || budget < 0 || executed < 0 || began + executed < 0) {
            throw new CodecException("no slice of " + vcpu + " begins at " + Long.toUnsignedString(began)
                    + " and has " + Long.toUnsignedString(executed) + " of "
                    + Long.toUnsignedString(budget) + " instructions (byte " + in.at() + ")");
        }
        long digest = in.i64();
        int before = state.vcpu;
        state.vcpu = vcpu.index();
        Exit exit = exit(tag, kind);
        state.vcpu = before;
        JournalRecord.Slice slice = new JournalRecord.Slice(vcpu, began, budget, executed, exit, digest);
        state.add(slice, kind);
        return slice;
    }

    private Exit exit(int tag, int kind) {
        return switch (kind) {
            case RecordLayout.HYPERCALL -> {
                if ((tag & RecordLayout.SAME_SHAPE) == 0) {
                    state.shape = in.count("a hypercall's shape", RecordLayout.SHAPE_MAX);
                }
                yield RecordLayout.hypercall(state.shape, registers());
            }
            case RecordLayout.BUDGET_USED -> Exit.BudgetUsed.INSTANCE;
            case RecordLayout.WAIT -> Exit.WaitForInterrupt.INSTANCE;
            case RecordLayout.FIRMWARE_INTERRUPT -> Exit.FirmwareInterrupt.INSTANCE;
            case RecordLayout.MAINTENANCE ->
                new Exit.Maintenance(in.count("an operation", Integer.MAX_VALUE), in.varint());
            default -> OutcomeCodec.readFault(in);
        };
    }

    private GeneralRegisters registers() {
        long[] values = state.registers;
        int base = state.base();
        long changed = in.varint();
        if (changed >>> GeneralRegisters.COUNT != 0) {
            throw new CodecException("a register does not exist (byte " + in.at() + ")");
        }
        for (long rest = changed; rest != 0; rest &= rest - 1) {
            values[base + RecordLayout.register(Long.numberOfTrailingZeros(rest))] += in.zigzag();
        }
        return GeneralRegisters.copyOf(Arrays.copyOfRange(values, base, base + GeneralRegisters.COUNT));
    }

    private JournalRecord.Answer answer(int tag) {
        onlyFlags(tag, RecordLayout.X0_ONLY | RecordLayout.HAS_EFFECTS | RecordLayout.SAME_DECISION);
        Decision decision = decision((tag & RecordLayout.SAME_DECISION) != 0);
        RegisterWrites writes =
                (tag & RecordLayout.X0_ONLY) != 0 ? RegisterWrites.x0(in.zigzag()) : writes(in, in.varint());
        List<Effect> effects = (tag & RecordLayout.HAS_EFFECTS) != 0 ? EffectCodec.read(in) : List.of();
        return new JournalRecord.Answer(decision, writes, effects);
    }

    /// The values of registers.
    ///
    /// @param mask bit n for x(n)
    static RegisterWrites writes(PackedReader in, long mask) {
        if (mask >>> 31 != 0) {
            throw new CodecException("an answer writes a register that does not exist (byte " + in.at() + ")");
        }
        RegisterWrites writes = RegisterWrites.NONE;
        for (long rest = mask; rest != 0; rest &= rest - 1) {
            writes = writes.and(Long.numberOfTrailingZeros(rest), in.zigzag());
        }
        return writes;
    }

    private Decision decision(boolean same) {
        if (same) {
            if (state.decision < 0) {
                throw new CodecException(
                        "an answer refers to an earlier one that does not exist (byte " + "" + in.at() + ")");
            }
            return state.decision(state.decision);
        }
        int index = in.count("a decision's number", state.decisionCount());
        if (index == state.decisionCount()) {
            state.addDecision(newDecision());
        }
        state.decision = index;
        return state.decision(index);
    }

    private Decision newDecision() {
        int code = in.u8();
        return switch (code) {
            case RecordLayout.DECISION_RESIDENT -> new Decision.Resident(in.string());
            case RecordLayout.DECISION_FORWARDED -> new Decision.Forwarded(in.string());
            case RecordLayout.DECISION_DENIED -> new Decision.Denied(Codes.REASON.read(in));
            default -> throw new CodecException("there is no decision of number " + code);
        };
    }
}
