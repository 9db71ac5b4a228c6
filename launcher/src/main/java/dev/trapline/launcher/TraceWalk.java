package dev.trapline.launcher;

import dev.trapline.abi.Position;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.HypercallExit;
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
record TraceWalk(Place.Found from, Place.@Nullable Found to) {

    /// A slice that ran.
    ///
    /// @param number its ordinal
    /// @param time virtual time at its beginning, in ticks
    /// @param ticks how long it took in virtual time
    /// @param call the number of the call that ended it; 0 if none did
    record Ran(long number, long time, long ticks, Slice slice, long call) {}

    /// A hypercall with what became of it.
    ///
    /// @param number from 1, as `hypercall#9` names it
    /// @param slice ordinal of the slice that it ended
    /// @param time virtual time at the beginning of that slice, in ticks
    /// @param made virtual time at its end, in ticks
    record Call(long number, long slice, long time, long made, VcpuId vcpu, HypercallExit exit, Answer answer) {}

    /// Something that happened without a call: an injection, or what a service made of an event.
    ///
    /// @param slice ordinal of the slice that is the first to see it
    /// @param time virtual time, in ticks
    record Happening(long slice, long time, JournalRecord record) {}

    /// Takes what is found, in the order of the history.
    interface Sink {

        void ran(Ran slice) throws IOException;

        void call(Call call) throws IOException;

        void happened(Happening happening) throws IOException;
    }

    /// Goes through it.
    ///
    /// @throws IOException from the sink
    void walk(RecordingReader reader, Sink sink) throws IOException {
        long cutSliceCost = reader.header().spec().cutSliceCost();
        long time = 0;
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
                    begin = time;
                    time += slice.cost(cutSliceCost);
                    caller = slice;
                    if (isAtOrAfterFrom(atExit(number))) {
                        boolean calling = slice.exit() instanceof HypercallExit;
                        sink.ran(new Ran(number, begin, time - begin, slice, calling ? calls + 1 : 0));
                    }
                }
                case Answer answer -> {
                    calls++;
                    if (isIn(atExit(number)) && caller != null && caller.exit() instanceof HypercallExit exit) {
                        sink.call(new Call(calls, number, begin, time, caller.vcpu(), exit, answer));
                    }
                }
                case JournalRecord.Idle(long until) -> time = until;
                case JournalRecord record -> {
                    if (TraceFilter.isHappening(record) && isIn(beginning(number))) {
                        sink.happened(new Happening(number, time, record));
                    }
                }
            }
        }
    }

    /// Whether a slice begins where the part ends, or later.
    private boolean isBehind(long slice) {
        return to != null && beginning(slice).compareTo(to) >= 0;
    }

    private boolean isIn(Place.Found place) {
        return isAtOrAfterFrom(place) && (to == null || place.compareTo(to) <= 0);
    }

    private boolean isAtOrAfterFrom(Place.Found place) {
        return from.compareTo(place) <= 0;
    }

    private static Place.Found beginning(long slice) {
        return new Place.Found(Position.ofSlice(slice), false);
    }

    private static Place.Found atExit(long slice) {
        return new Place.Found(Position.ofSlice(slice), true);
    }
}
