package dev.trapline.timeline;

import dev.trapline.abi.Figures;
import dev.trapline.abi.Position;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.codec.Segment;
import java.util.Locale;

/// A position in the form in which a user names it. A closed set.
public sealed interface PositionQuery {

    /// The beginning of the first slice.
    record Start() implements PositionQuery {}

    /// After the last slice: the end of the run, or of an unfinished recording.
    record End() implements PositionQuery {}

    /// After some instructions of a slice; after none, its beginning.
    record In(long slice, long instruction) implements PositionQuery {}

    /// Where a hypercall has been made but not answered.
    ///
    /// @param number the call's number from 1, in the order of a trace; events without a call do not count
    record Call(long number) implements PositionQuery {}

    /// The first slice that begins at this virtual time or later.
    record Time(long ticks) implements PositionQuery {}

    /// Finds the position: for a slice through the segments of the recording, otherwise by a walk through the
    /// history.
    ///
    /// @throws NotInRecordingException if the recording ends before the position
    default Position find(RecordingReader recording) {
        return switch (this) {
            case Start _ -> Position.START;
            case End _ -> Position.ofSlice(slices(recording));
            case In(long slice, long instruction) -> {
                long slices = slices(recording);
                if (slice > slices || (slice == slices && instruction > 0)) {
                    throw beyond("slice " + (instruction == 0 ? slice : slice + ":" + instruction), slices);
                }
                yield Position.within(slice, instruction);
            }
            case Call(long number) -> findCall(recording, number);
            case Time(long ticks) -> findTime(recording, ticks);
        };
    }

    /// How many slices a recording has.
    static long slices(RecordingReader recording) {
        long count = recording.segmentCount();
        if (count == 0) {
            return 0;
        }
        Segment last = recording.segment(count - 1);
        return last.firstSlice() + last.slices();
    }

    private static Position findCall(RecordingReader recording, long number) {
        HistoryWalk walk = HistoryWalk.of(recording);
        while (walk.hasNext()) {
            if (walk.next() instanceof HistoryWalk.Call call && call.number() == number) {
                return Position.atExit(call.slice());
            }
        }
        throw new NotInRecordingException(
                "the recording has " + Figures.count(walk.calls(), "hypercall") + ": there is no hypercall#" + number);
    }

    private static Position findTime(RecordingReader recording, long ticks) {
        HistoryWalk walk = HistoryWalk.of(recording);
        while (walk.hasNext()) {
            if (walk.next() instanceof HistoryWalk.Ran ran && ran.time() >= ticks) {
                return Position.ofSlice(ran.number());
            }
        }
        if (walk.taken() >= ticks) {
            return Position.ofSlice(walk.slices());
        }
        throw new NotInRecordingException(String.format(
                Locale.ROOT,
                "%.9f s is past the end of the recording, which ends at %.9f s (slice %d)",
                Figures.seconds(ticks),
                Figures.seconds(walk.taken()),
                walk.slices()));
    }

    private static NotInRecordingException beyond(String what, long slices) {
        return new NotInRecordingException("the recording has " + Figures.count(slices, "slice") + ": there is no "
                + what + "; its last position is " + slices + ", the end");
    }
}
