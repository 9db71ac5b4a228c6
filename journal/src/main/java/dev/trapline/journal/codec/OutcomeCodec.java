package dev.trapline.journal.codec;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.VcpuState;
import java.util.ArrayList;
import java.util.List;

/// How a run ended, as bytes.
///
/// ```text
///   0 powered off     2 exited            zigzag status
///   1 reset requested u8 kind, u8 0 SYSTEM_RESET, or 1 SYSTEM_RESET2, varint type, varint cookie
///   3 guest failed    u8 vcpu, u8 kind, varint address, varint detail, 34 x varint register
///   4 limit reached   u8 limit            5 deadlock        varint count, u8 state each
///   6 interrupted     7 recording ends    8 storage failed  text
///   9 diverged        text               10 broken          text, varint count, texts
///  11 hibernated
/// ```
final class OutcomeCodec {

    /// The most of a machine's last events that are kept.
    private static final int MOST_EVENTS = 10_000;

    private OutcomeCodec() {}

    static void checkSize(String what, int bytes) {
        if (bytes > JournalRecord.MAX_BYTES) {
            throw new IllegalArgumentException(
                    what + " of " + bytes + " bytes cannot be recorded: the most is " + JournalRecord.MAX_BYTES);
        }
    }

    static void write(PackedWriter out, GuestFault fault) {
        Codes.FAULT.write(out, fault.kind());
        out.varint(fault.address());
        out.varint(fault.detail());
    }

    static GuestFault readFault(PackedReader in) {
        return new GuestFault(Codes.FAULT.read(in), in.varint(), in.varint());
    }

    static void write(PackedWriter out, RunOutcome outcome) {
        switch (outcome) {
            case RunOutcome.PoweredOff _ -> out.u8(0);
            case RunOutcome.ResetRequested reset -> {
                out.u8(1);
                ResetCodec.write(out, reset.kind(), reset.request());
            }
            case RunOutcome.Hibernated _ -> out.u8(11);
            case RunOutcome.Exited exited -> {
                out.u8(2);
                out.zigzag(exited.status());
            }
            case RunOutcome.GuestFailed failed -> {
                out.u8(3);
                out.u8(failed.vcpu().index());
                write(out, failed.fault());
                for (int n = 0; n < GeneralRegisters.COUNT; n++) {
                    out.varint(failed.registers().get(n));
                }
            }
            case RunOutcome.LimitReached reached -> {
                out.u8(4);
                Codes.LIMIT.write(out, reached.limit());
            }
            case RunOutcome.Deadlock deadlock -> {
                out.u8(5);
                out.ensure(deadlock.vcpus().size() + PackedWriter.MAX_VARINT);
                out.varint(deadlock.vcpus().size());
                deadlock.vcpus().forEach(vcpu -> Codes.VCPU_STATE.write(out, vcpu));
            }
            case RunOutcome.Interrupted _ -> out.u8(6);
            case RunOutcome.RecordingEnds _ -> out.u8(7);
            case RunOutcome.StorageFailed failed -> text(out, 8, failed.message());
            case RunOutcome.Diverged diverged -> text(out, 9, diverged.report());
            case RunOutcome.ServiceFailed failed -> {
                text(out, 12, failed.service());
                checkSize("a message", failed.message().length());
                out.string(failed.message());
                flag(out, failed.inHistory());
            }
            case RunOutcome.HeldByService held -> {
                text(out, 13, held.service());
                flag(out, held.timeout());
            }
            case RunOutcome.Broken broken -> texts(out, 10, broken.message(), broken.lastEvents());
        }
    }

    private static void flag(PackedWriter out, boolean set) {
        out.ensure(PackedWriter.MAX_VARINT);
        out.u8(set ? 1 : 0);
    }

    private static void texts(PackedWriter out, int code, String first, List<String> more) {
        text(out, code, first);
        out.ensure(PackedWriter.MAX_VARINT);
        out.varint(more.size());
        more.forEach(out::string);
    }

    private static void text(PackedWriter out, int code, String text) {
        checkSize("a message", text.length());
        out.u8(code);
        out.string(text);
    }

    static RunOutcome read(PackedReader in) {
        int code = in.u8();
        return switch (code) {
            case 0 -> new RunOutcome.PoweredOff();
            case 1 -> new RunOutcome.ResetRequested(Codes.RESET.read(in), ResetCodec.readRequest(in));
            case 2 -> new RunOutcome.Exited(in.zigzag());
            case 3 -> new RunOutcome.GuestFailed(in.vcpu(), readFault(in), readRegisters(in));
            case 4 -> new RunOutcome.LimitReached(Codes.LIMIT.read(in));
            case 5 -> new RunOutcome.Deadlock(readStates(in));
            case 6 -> new RunOutcome.Interrupted();
            case 7 -> new RunOutcome.RecordingEnds();
            case 8 -> new RunOutcome.StorageFailed(in.string());
            case 9 -> new RunOutcome.Diverged(in.string());
            case 10 -> new RunOutcome.Broken(in.string(), readTexts(in));
            case 11 -> new RunOutcome.Hibernated();
            case 12 -> new RunOutcome.ServiceFailed(in.string(), in.string(), in.u8() != 0);
            case 13 -> new RunOutcome.HeldByService(in.string(), in.u8() != 0);
            default -> throw new CodecException("there is no outcome of number " + code);
        };
    }

    private static GeneralRegisters readRegisters(PackedReader in) {
        long[] values = new long[GeneralRegisters.COUNT];
        for (int n = 0; n < values.length; n++) {
            values[n] = in.varint();
        }
        return GeneralRegisters.copyOf(values);
    }

    private static List<VcpuState> readStates(PackedReader in) {
        int count = in.items("the number of vCPUs", VcpuId.MAX_COUNT);
        List<VcpuState> states = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            states.add(Codes.VCPU_STATE.read(in));
        }
        return states;
    }

    private static List<String> readTexts(PackedReader in) {
        int count = in.items("the number of texts", MOST_EVENTS);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add(in.string());
        }
        return texts;
    }
}
