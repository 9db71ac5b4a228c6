package dev.trapline.timeline;

import dev.trapline.abi.Position;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.JournalRecord.Answer;
import dev.trapline.abi.history.JournalRecord.Slice;
import dev.trapline.journal.HistoryEntry;
import dev.trapline.journal.RecordingReader;
import java.io.IOException;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/// Goes through a recording without executing it, and tells what is in a part of it.
///
/// @param from where the part begins
/// @param to where it ends, inclusive; null for the recording's end
public record HistoryWalk(Position from, @Nullable Position to) {

    /// A slice that ran.
    ///
    /// @param number its ordinal
    /// @param time virtual time at its beginning, in ticks
    /// @param ticks how long it took in virtual time
    /// @param call the number of the call that ended it; 0 if none did
    public record Ran(long number, long time, long ticks, Slice slice, long call) {}

    /// A hypercall with what became of it.
    ///
    /// @param number from 1, as `hypercall#9` names it
    /// @param slice ordinal of the slice that it ended
    /// @param time virtual time at the beginning of that slice, in ticks
    /// @param made virtual time when the call was made, in ticks
    public record Call(long number, long slice, long time, long made, VcpuId vcpu, HypercallExit exit, Answer answer) {}

    /// Something that happened without a call: an injection, or what a service made of an event.
    ///
    /// @param slice ordinal of the slice that is the first to see it
    /// @param time virtual time, in ticks
    public record Happening(long slice, long time, JournalRecord record) {}

    /// Takes what is found, in the order of the history.
    public interface Sink {

        void ran(Ran slice) throws IOException;

        void call(Call call) throws IOException;

        void happened(Happening happening) throws IOException;
    }

    /// Goes through it.
    ///
    /// @throws IOException from the sink
    public void walk(RecordingReader reader, Sink sink) throws IOException {
        VirtualTime time = new VirtualTime(reader.header().spec());
        long begin = 0;
        long calls = 0;
        Slice caller = null;
        for (Iterator<HistoryEntry> entries = reader.entries(); entries.hasNext(); ) {
            HistoryEntry entry = entries.next();
            long number = entry.position().slice();
            switch (entry.record()) {
                case Slice slice -> {
                    if (isBehind(number)) {
                        return;
                    }
                    begin = slice.began();
                    time.pass(slice);
                    caller = slice;
                    if (isAtOrAfterFrom(Position.atExit(number))) {
                        boolean calling = slice.exit() instanceof HypercallExit;
                        sink.ran(new Ran(number, begin, time.now() - begin, slice, calling ? calls + 1 : 0));
                    }
                }
                case Answer answer -> {
                    calls++;
                    if (isIn(Position.atExit(number))
                            && caller != null
                            && caller.exit() instanceof HypercallExit exit) {
                        sink.call(new Call(calls, number, begin, caller.made(), caller.vcpu(), exit, answer));
                    }
                }
                case JournalRecord.Round round -> time.pass(round);
                case JournalRecord record -> {
                    if (isHappening(record) && isIn(Position.ofSlice(number))) {
                        sink.happened(new Happening(number, time.now(), record));
                    }
                }
            }
        }
    }

    /// Whether a slice begins where the part ends, or later.
    private boolean isBehind(long slice) {
        return to != null && Position.ofSlice(slice).compareTo(to) >= 0;
    }

    private boolean isIn(Position position) {
        return isAtOrAfterFrom(position) && (to == null || position.compareTo(to) <= 0);
    }

    private boolean isAtOrAfterFrom(Position position) {
        return from.compareTo(position) <= 0;
    }

    /// Whether a record is something that happened without a call, and that the guest can notice. That a service
    /// asks for entropy is not.
    public static boolean isHappening(JournalRecord record) {
        return switch (record) {
            case JournalRecord.Injected _ -> true;
            case JournalRecord.Reaction reaction ->
                reaction.effects().stream().anyMatch(effect -> !(effect instanceof Effect.DrawEntropy));
            case JournalRecord _ -> false;
        };
    }
}
