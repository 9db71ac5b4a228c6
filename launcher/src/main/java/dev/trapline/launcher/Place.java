package dev.trapline.launcher;

import dev.trapline.abi.Position;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.config.Quantities;
import dev.trapline.journal.HistoryEntry;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.codec.Segment;
import java.math.BigInteger;
import java.util.Iterator;
import java.util.Locale;

/// A position in a recording, as it is written on the command line.
sealed interface Place {

    String FORMS = "a slice (120), an instruction in a slice (120:17), a call (hypercall#9), a virtual time (1.5ms),"
            + " start or end";

    /// The beginning of the first slice.
    record Start() implements Place {}

    /// Behind the last slice: where the run ended, or where an unfinished recording stops.
    record End() implements Place {}

    /// After some instructions of a slice; after none, its beginning.
    record In(long slice, long instruction) implements Place {}

    /// Where a hypercall has been made and is not answered yet.
    ///
    /// @param number from 1, in the order of a trace; what happened there without a call is not counted
    record Call(long number) implements Place {}

    /// The first slice that begins at this virtual time or later.
    record Time(long ticks) implements Place {}

    /// A place that was found.
    ///
    /// @param position where it is; the slice's beginning for a call
    /// @param atExit whether it is behind the last instruction of the slice at that position
    record Found(Position position, boolean atExit) implements Comparable<Found> {
        private static final long LAST = Long.MAX_VALUE;

        static final Found START = new Found(Position.ofSlice(0), false);

        /// Whether it is within a slice, not at its beginning.
        boolean isInside() {
            return atExit || position.instruction() > 0;
        }

        @Override
        public int compareTo(Found other) {
            return last().compareTo(other.last());
        }

        /// For JSON.
        JsonObject json() {
            return atExit ? Positions.atExit(position.slice()) : Positions.json(position);
        }

        private Position last() {
            return atExit ? new Position(position.slice(), LAST) : position;
        }

        @Override
        public String toString() {
            return atExit ? position + ", at the exit that ends it" : position.toString();
        }
    }

    /// Understands a place.
    ///
    /// @param option for messages
    /// @throws CommandException if it is none
    static Place parse(String option, String text) {
        if (text.equals("start")) {
            return new Start();
        }
        if (text.equals("end")) {
            return new End();
        }
        String call = "hypercall#";
        if (text.startsWith(call)) {
            long number = number(option, text, text.substring(call.length()));
            if (number == 0) {
                throw wrong(
                        option, text, "calls are counted from 1, in the order in which 'trapline trace' lists them");
            }
            return new Call(number);
        }
        BigInteger nanos = text.equals("0") ? null : Quantities.nanoseconds(text);
        if (nanos != null) {
            BigInteger[] ticks = nanos.multiply(BigInteger.valueOf(MachineSpec.TICKS_PER_SECOND))
                    .divideAndRemainder(BigInteger.valueOf(1_000_000_000L));
            return new Time(small(option, text, ticks[1].signum() == 0 ? ticks[0] : ticks[0].add(BigInteger.ONE)));
        }
        int colon = text.indexOf(':');
        return colon < 0
                ? new In(number(option, text, text), 0)
                : new In(
                        number(option, text, text.substring(0, colon)),
                        number(option, text, text.substring(colon + 1)));
    }

    private static long number(String option, String text, String part) {
        BigInteger number = Quantities.number(part);
        if (number == null || number.signum() < 0) {
            throw wrong(option, text, "a position is " + FORMS);
        }
        return small(option, text, number);
    }

    private static long small(String option, String text, BigInteger number) {
        if (number.bitLength() >= Long.SIZE) {
            throw wrong(option, text, "the number is too large");
        }
        return number.longValueExact();
    }

    private static CommandException wrong(String option, String text, String reason) {
        return CommandException.usage(option + " " + text + ": " + reason);
    }

    /// Looks for it: by its segments for a slice, by a pass over the history for the others.
    ///
    /// @throws CommandException if the recording ends before it
    default Found find(RecordingReader recording) {
        return switch (this) {
            case Start _ -> Found.START;
            case End _ -> new Found(Position.ofSlice(slices(recording)), false);
            case In(long slice, long instruction) -> {
                long slices = slices(recording);
                if (slice > slices || (slice == slices && instruction > 0)) {
                    throw beyond("slice " + (instruction == 0 ? slice : slice + ":" + instruction), slices);
                }
                yield new Found(new Position(slice, instruction), false);
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

    private static Found findCall(RecordingReader recording, long number) {
        long calls = 0;
        for (Iterator<HistoryEntry> entries = recording.entries(); entries.hasNext(); ) {
            HistoryEntry entry = entries.next();
            if (entry.record() instanceof JournalRecord.Answer && ++calls == number) {
                return new Found(entry.position(), true);
            }
        }
        throw CommandException.usage(
                "the recording has " + Figures.count(calls, "hypercall") + ": there is no hypercall#" + number);
    }

    private static Found findTime(RecordingReader recording, long ticks) {
        long cut = recording.header().spec().cutSliceCost();
        long time = 0;
        long slices = 0;
        for (Iterator<HistoryEntry> entries = recording.entries(); entries.hasNext(); ) {
            JournalRecord record = entries.next().record();
            if (record instanceof JournalRecord.Slice slice) {
                // Only what stands behind a slice's inputs is its beginning.
                if (time >= ticks) {
                    return new Found(Position.ofSlice(slices), false);
                }
                time += slice.cost(cut);
                slices++;
            } else if (record instanceof JournalRecord.Idle(long until)) {
                time = until;
            }
        }
        if (time >= ticks) {
            return new Found(Position.ofSlice(slices), false);
        }
        throw CommandException.usage(String.format(
                Locale.ROOT,
                "%.9f s is past the end of the recording, which ends at %.9f s (slice %d)",
                Figures.seconds(ticks),
                Figures.seconds(time),
                slices));
    }

    private static CommandException beyond(String what, long slices) {
        return CommandException.usage("the recording has " + Figures.count(slices, "slice") + ": there is no " + what
                + "; its last position is " + slices + ", the end");
    }
}
