package dev.trapline.remote;

import dev.trapline.abi.Bytes;
import dev.trapline.journal.codec.CodecException;
import dev.trapline.journal.codec.MachineValues;
import dev.trapline.journal.codec.PackedReader;
import dev.trapline.journal.codec.PackedWriter;
import dev.trapline.machine.Progress;
import dev.trapline.remote.MachineProtocol.Event;
import java.util.ArrayList;
import java.util.List;

/// Events as bytes.
///
/// ```text
///  0 started   text machine, varint count, texts
///  1 accepted
///  2 state     text machine, u8 running, progress, varint printed, varint untyped
///  3 listing   varint count, texts
///  4 printed   text machine, varint offset, bytes
///  5 ended     text machine, outcome as OutcomeCodec writes it, progress, varint printed, i64 x 3 digests
///  6 refused   text reason
///  progress: varint virtual time, varint slices, varint hypercalls
/// ```
final class EventCodec {

    private static final int STARTED = 0;
    private static final int ACCEPTED = 1;
    private static final int STATE = 2;
    private static final int LISTING = 3;
    private static final int PRINTED = 4;
    private static final int ENDED = 5;
    private static final int REFUSED = 6;

    private static final int NUMBERS = 4 * PackedWriter.MAX_VARINT;
    /// The size of an outcome with all registers, in bytes.
    private static final int OUTCOME = 512;

    private EventCodec() {}

    static void write(PackedWriter out, Event event) {
        out.ensure(1);
        switch (event) {
            case MachineProtocol.Started started -> {
                begin(out, STARTED, started.machine());
                texts(out, started.warnings());
            }
            case MachineProtocol.Accepted _ -> out.u8(ACCEPTED);
            case MachineProtocol.State state -> {
                begin(out, STATE, state.machine());
                out.ensure(1);
                out.u8(state.running() ? 1 : 0);
                progress(out, state.progress());
                out.ensure(NUMBERS);
                out.varint(state.printed());
                out.varint(state.untyped());
            }
            case MachineProtocol.Listing listing -> {
                out.u8(LISTING);
                texts(out, listing.machines());
            }
            case MachineProtocol.Printed printed -> {
                begin(out, PRINTED, printed.machine());
                out.ensure(NUMBERS);
                out.varint(printed.offset());
                ProtocolCodec.write(out, printed.text());
            }
            case MachineProtocol.Ended ended -> {
                begin(out, ENDED, ended.machine());
                out.ensure(OUTCOME);
                MachineValues.write(out, ended.outcome());
                progress(out, ended.progress());
                out.ensure(NUMBERS);
                out.varint(ended.printed());
                out.i64(ended.digests().registers());
                out.i64(ended.digests().memory());
                out.i64(ended.digests().console());
            }
            case MachineProtocol.Refused refused -> begin(out, REFUSED, refused.reason());
        }
    }

    private static void begin(PackedWriter out, int kind, String text) {
        out.u8(kind);
        MachineValues.write(out, text);
    }

    private static void texts(PackedWriter out, List<String> texts) {
        out.ensure(PackedWriter.MAX_VARINT);
        out.varint(texts.size());
        texts.forEach(text -> MachineValues.write(out, text));
    }

    private static void progress(PackedWriter out, Progress progress) {
        out.ensure(NUMBERS);
        out.varint(progress.virtualTime());
        out.varint(progress.slices());
        out.varint(progress.hypercalls());
    }

    /// @throws CodecException if the bytes are not an event
    static Event read(PackedReader in, long request) {
        int kind = in.u8();
        return switch (kind) {
            case STARTED -> new MachineProtocol.Started(request, MachineValues.readText(in), readTexts(in));
            case ACCEPTED -> new MachineProtocol.Accepted(request);
            case STATE ->
                new MachineProtocol.State(
                        request,
                        MachineValues.readText(in),
                        in.count("whether it runs", 1) == 1,
                        readProgress(in),
                        in.varint(),
                        in.varint());
            case LISTING -> new MachineProtocol.Listing(request, readTexts(in));
            case PRINTED ->
                new MachineProtocol.Printed(request, MachineValues.readText(in), in.varint(), Bytes.copyOf(in.bytes()));
            case ENDED ->
                new MachineProtocol.Ended(
                        request,
                        MachineValues.readText(in),
                        MachineValues.readOutcome(in),
                        readProgress(in),
                        in.varint(),
                        new MachineProtocol.Digests(in.i64(), in.i64(), in.i64()));
            case REFUSED -> new MachineProtocol.Refused(request, MachineValues.readText(in));
            default -> throw new CodecException("there is no event " + kind + " in version " + MachineProtocol.VERSION);
        };
    }

    private static List<String> readTexts(PackedReader in) {
        List<String> texts = new ArrayList<>();
        for (int left = in.count("the number of texts", in.remaining()); left > 0; left--) {
            texts.add(MachineValues.readText(in));
        }
        return texts;
    }

    private static Progress readProgress(PackedReader in) {
        return new Progress(in.varint(), in.varint(), in.varint());
    }
}
