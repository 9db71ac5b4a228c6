package dev.trapline.timeline;

import dev.trapline.abi.Position;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.JournalRecord.Answer;
import dev.trapline.abi.history.JournalRecord.Slice;
import dev.trapline.journal.HistoryEntry;
import dev.trapline.journal.RecordingReader;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// Walks through a recording without executing it, and returns the events of a part of it, in the order of the history.
public final class HistoryWalk implements Iterator<HistoryWalk.Event> {

    /// The events. A closed set.
    public sealed interface Event {}

    /// A slice that ran.
    ///
    /// @param number its ordinal
    /// @param time virtual time at its beginning, in ticks, by the clock of its vCPU: it may be less than that of
    ///     the slice before
    /// @param ticks how long it took in virtual time
    /// @param call the number of the call that ended it; 0 if none did
    public record Ran(long number, long time, long ticks, Slice slice, long call) implements Event {}

    /// A hypercall with its answer.
    ///
    /// @param number from 1, as `hypercall#9` names it
    /// @param slice ordinal of the slice that it ended
    /// @param time virtual time at the beginning of that slice, in ticks
    /// @param made virtual time when the call was made, in ticks
    /// @param fault what went wrong with it on purpose; null if nothing did
    public record Call(
            long number,
            long slice,
            long time,
            long made,
            VcpuId vcpu,
            HypercallExit exit,
            Answer answer,
            @Nullable CallFault fault)
            implements Event {}

    /// An event without a call: an injection, or a service's reaction to an event.
    ///
    /// @param slice ordinal of the slice that is the first to see it
    /// @param time virtual time at the end of the slice before it, or when the round begins if that is recorded; in
    ///     ticks
    public record Happening(long slice, long time, JournalRecord record) implements Event {}

    private final Iterator<HistoryEntry> entries;
    private final VirtualTime time;
    private final Position from;
    private final @Nullable Position to;
    private @Nullable Event next;
    private @Nullable Slice caller;
    private @Nullable CallFault fault;
    private long begin;
    private long calls;

    private HistoryWalk(RecordingReader reader, Iterator<HistoryEntry> entries, Position from, @Nullable Position to) {
        this.entries = entries;
        this.time = new VirtualTime(reader.header().spec());
        this.from = from;
        this.to = to;
    }

    /// Walks through a whole recording.
    public static HistoryWalk of(RecordingReader reader) {
        return of(reader, Position.START, null);
    }

    /// Walks through a part of a recording.
    ///
    /// @param to where the part ends, inclusive; null for the recording's end
    public static HistoryWalk of(RecordingReader reader, Position from, @Nullable Position to) {
        return new HistoryWalk(reader, reader.entries(), from, to);
    }

    /// Walks through a part of a recording, without reading the part before it. The numbers of calls count from
    /// there, and so does the time of events before the first slice.
    ///
    /// @param to where the part ends, inclusive; null for the recording's end
    public static HistoryWalk within(RecordingReader reader, Position from, @Nullable Position to) {
        return new HistoryWalk(reader, reader.entriesFrom(from), from, to);
    }

    @Override
    public boolean hasNext() {
        while (next == null && entries.hasNext()) {
            HistoryEntry entry = entries.next();
            if (entry.record() instanceof Slice && isBehind(entry.position().slice())) {
                return false;
            }
            next = event(entry);
        }
        return next != null;
    }

    @Override
    public Event next() {
        Event event = hasNext() ? next : null;
        if (event == null) {
            throw new NoSuchElementException("the part of the recording has ended");
        }
        next = null;
        return event;
    }

    private @Nullable Event event(HistoryEntry entry) {
        long number = entry.position().slice();
        return switch (entry.record()) {
            case Slice slice -> {
                begin = slice.began();
                time.pass(slice);
                caller = slice;
                boolean calling = slice.exit() instanceof HypercallExit;
                yield isAtOrAfterFrom(Position.atExit(number))
                        ? new Ran(number, begin, time.now() - begin, slice, calling ? calls + 1 : 0)
                        : null;
            }
            case Answer answer -> {
                calls++;
                CallFault faulty = fault;
                fault = null;
                yield isIn(Position.atExit(number)) && caller != null && caller.exit() instanceof HypercallExit exit
                        ? new Call(calls, number, begin, caller.made(), caller.vcpu(), exit, answer, faulty)
                        : null;
            }
            case JournalRecord.Faulted(CallFault next) -> {
                fault = next;
                yield null;
            }
            case JournalRecord.Round round -> {
                time.pass(round);
                yield null;
            }
            case JournalRecord record ->
                isHappening(record) && isIn(Position.ofSlice(number))
                        ? new Happening(number, time.now(), record)
                        : null;
        };
    }

    /// The number of passed slices.
    public long slices() {
        return time.slices();
    }

    /// The number of passed calls.
    public long calls() {
        return calls;
    }

    /// The virtual time of the passed part, in ticks: the clock of the vCPU that is furthest ahead.
    public long taken() {
        return time.latest();
    }

    /// Whether a slice begins at the end of the part, or later.
    private boolean isBehind(long slice) {
        return to != null && Position.ofSlice(slice).compareTo(to) >= 0;
    }

    private boolean isIn(Position position) {
        return isAtOrAfterFrom(position) && (to == null || position.compareTo(to) <= 0);
    }

    private boolean isAtOrAfterFrom(Position position) {
        return from.compareTo(position) <= 0;
    }

    /// Whether a record is an event without a call that the guest can notice. A service's request for entropy is
    /// not.
    public static boolean isHappening(JournalRecord record) {
        return switch (record) {
            case JournalRecord.Injected _ -> true;
            case JournalRecord.Reaction reaction ->
                reaction.effects().stream().anyMatch(effect -> !(effect instanceof Effect.DrawEntropy));
            case JournalRecord _ -> false;
        };
    }
}
