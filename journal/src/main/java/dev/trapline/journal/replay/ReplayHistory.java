package dev.trapline.journal.replay;

import dev.trapline.abi.Position;
import dev.trapline.abi.history.DivergenceException;
import dev.trapline.abi.history.History;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.RecordingDamagedException;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.journal.HistoryEntry;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.codec.CodecException;
import dev.trapline.journal.codec.PackedReader;
import dev.trapline.journal.codec.PackedWriter;
import dev.trapline.journal.codec.RecordDecoder;
import dev.trapline.journal.codec.RecordEncoder;
import dev.trapline.journal.codec.Segment;
import dev.trapline.journal.store.SegmentCursor;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// A history that compares a run with its recording.
///
/// Records that the machine appends are encoded as in a recording, and their bytes are compared with the recorded ones:
/// that is as fast as recording. Records are decoded only if the bytes differ, to describe the difference.
public final class ReplayHistory implements History {

    private final RecordingReader reader;
    private final PackedWriter scratch = new PackedWriter(4096);
    private final RecordEncoder encoder = new RecordEncoder(scratch);
    private byte[] bytes = new byte[0];
    private int at;
    private int records;
    private @Nullable Segment segment;
    private @Nullable CompletableFuture<Segment> ahead;
    private long nextSegment;
    private long nextSlice;
    /// Where the record ends that was decoded last.
    private int entryEnd;

    /// @param reader belongs to the history from now on, is read on another thread too, and is closed with it
    public ReplayHistory(RecordingReader reader) {
        this.reader = reader;
    }

    @Override
    public JournalRecord.@Nullable Input nextRecordedInput() {
        if (!advance() || !SegmentCursor.isInput(bytes[at])) {
            return null;
        }
        // Inputs neither need nor leave anything in the codec's state: one can be decoded without what comes before it.
        RecordDecoder decoder = new RecordDecoder(new PackedReader(bytes, at, bytes.length));
        try {
            if (decoder.next() instanceof JournalRecord.Input input) {
                at = decoder.at();
                records++;
                return input;
            }
        } catch (CodecException e) {
            throw damaged(String.valueOf(e.getMessage()));
        }
        throw damaged("a record is marked as an input but does not decode to one");
    }

    @Override
    public boolean isReplay() {
        return true;
    }

    @Override
    public boolean isExhausted() {
        return !advance() && !endsHere();
    }

    @Override
    public void append(JournalRecord record) {
        if (!advance()) {
            if (endsHere()) {
                Position position = SegmentCursor.position(record, nextSlice);
                throw new DivergenceException(
                        position, RecordDifference.afterTheEnd(position, reader.location(), record), null, record);
            }
            return;
        }
        scratch.length(0);
        encoder.encode(record);
        int end = at + scratch.length();
        if (end <= bytes.length && Arrays.equals(scratch.buffer(), 0, scratch.length(), bytes, at, end)) {
            at = end;
        } else {
            compareDecoded(record);
        }
        records++;
        if (record instanceof JournalRecord.Slice) {
            nextSlice++;
        }
    }

    /// A position between two records.
    ///
    /// @param segment the one read last; -1 before the first
    /// @param digest of that segment, and by its predecessors of all before it; 0 before the first
    /// @param records how many of its records come before
    public record Mark(long segment, long digest, int records) {}

    /// Where the history is.
    public Mark mark() {
        return new Mark(nextSegment - 1, segment == null ? 0 : segment.digest(), records);
    }

    /// Whether a position belongs to this recording: its segment exists, and everything before it is unchanged.
    public boolean has(Mark mark) {
        stopReadingAhead();
        if (mark.segment() < 0) {
            return mark.digest() == 0 && mark.records() == 0;
        }
        if (mark.segment() >= reader.segmentCount()) {
            return false;
        }
        try {
            Segment there = reader.segment(mark.segment());
            return there.digest() == mark.digest() && mark.records() <= there.records();
        } catch (RecordingDamagedException e) {
            // A replay that reaches that position reports it.
            return false;
        }
    }

    /// Moves to a position, forwards or backwards. Reads one segment.
    public void goTo(Mark mark) {
        stopReadingAhead();
        segment = null;
        bytes = new byte[0];
        at = 0;
        records = 0;
        nextSlice = 0;
        nextSegment = mark.segment();
        encoder.reset();
        if (mark.segment() < 0) {
            nextSegment = 0;
            return;
        }
        advance();
        Segment entered = segment;
        if (entered == null) {
            throw new IllegalArgumentException("the recording has no segment " + mark.segment());
        }
        nextSlice = entered.firstSlice();
        skip(entered, mark.records());
    }

    /// The reader is for one at a time. What was read ahead is read again when it is needed.
    private void stopReadingAhead() {
        if (ahead != null) {
            ahead.handle((_, _) -> Boolean.TRUE).join();
            ahead = null;
        }
    }

    /// What the encoder would have seen it has to see: bytes are compared.
    private void skip(Segment entered, int count) {
        try {
            SegmentCursor cursor = new SegmentCursor(entered);
            while (records < count) {
                JournalRecord record = cursor.next().record();
                scratch.length(0);
                encoder.encode(record);
                records++;
                nextSlice += record instanceof JournalRecord.Slice ? 1 : 0;
            }
            at = cursor.at();
        } catch (CodecException e) {
            throw damaged(String.valueOf(e.getMessage()));
        }
    }

    /// Whether the recording says that nothing comes after what has been read.
    private boolean endsHere() {
        return segment != null && segment.isLast();
    }

    /// Makes sure that there is a recorded record at the cursor.
    private boolean advance() {
        while (at >= bytes.length) {
            checkCounts();
            if (nextSegment >= reader.segmentCount()) {
                return false;
            }
            segment = take(nextSegment++);
            bytes = segment.bytes();
            at = Segment.HEADER_BYTES;
            records = 0;
            encoder.reset();
        }
        return true;
    }

    /// The segment asked for, read ahead while the one before it was replayed; the one after it is then read ahead.
    private Segment take(long ordinal) {
        Segment taken;
        try {
            taken = ahead == null ? reader.segment(ordinal) : ahead.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RecordingException damaged ? damaged : e;
        }
        long next = ordinal + 1;
        ahead = next < reader.segmentCount()
                ? CompletableFuture.supplyAsync(
                        () -> reader.segment(next), task -> Thread.ofVirtual().start(task))
                : null;
        return taken;
    }

    private void checkCounts() {
        if (segment != null && (records != segment.records() || nextSlice != segment.firstSlice() + segment.slices())) {
            throw damaged("its record and slice counts do not match its header");
        }
    }

    /// The record at the cursor, found by decoding its segment from the beginning.
    private HistoryEntry recorded() {
        if (segment == null) {
            throw new IllegalStateException("no segment has been read");
        }
        try {
            SegmentCursor cursor = new SegmentCursor(segment);
            while (cursor.at() < at && cursor.hasNext()) {
                cursor.next();
            }
            HistoryEntry entry = cursor.next();
            entryEnd = cursor.at();
            return entry;
        } catch (CodecException e) {
            throw new RecordingDamagedException(
                    nextSegment - 1, Position.ofSlice(nextSlice), String.valueOf(e.getMessage()), e);
        }
    }

    private void compareDecoded(JournalRecord actual) {
        HistoryEntry expected = recorded();
        if (!expected.record().equals(actual)) {
            throw new DivergenceException(
                    expected.position(),
                    RecordDifference.report(expected, actual, reader.location()),
                    expected.record(),
                    actual);
        }
        // The same record in other bytes: another encoder may choose so.
        at = entryEnd;
    }

    private RecordingDamagedException damaged(String detail) {
        return new RecordingDamagedException(nextSegment - 1, Position.ofSlice(nextSlice), detail);
    }

    @Override
    public CompletionStage<Void> close() {
        // The thread that reads ahead must end before the reader is closed; its result is not needed any more.
        CompletionStage<Void> idle =
                ahead == null ? CompletableFuture.completedFuture(null) : ahead.handle((_, _) -> null);
        return idle.thenRun(reader::close);
    }
}
