package dev.trapline.journal.store;

import dev.trapline.abi.Position;
import dev.trapline.abi.history.RecordingDamagedException;
import dev.trapline.journal.HistoryEntry;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.codec.CodecException;
import dev.trapline.journal.codec.Segment;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// Walks through a recording, one segment in memory at a time.
final class EntryIterator implements Iterator<HistoryEntry> {

    private final RecordingReader reader;
    private long nextSegment;
    private Position known = Position.ofSlice(0);
    private @Nullable SegmentCursor cursor;
    private @Nullable HistoryEntry pending;

    EntryIterator(RecordingReader reader, long firstSegment) {
        this.reader = reader;
        this.nextSegment = firstSegment;
    }

    void skipTo(Position position) {
        while (hasNext()) {
            HistoryEntry entry = next();
            if (entry.position().compareTo(position) >= 0) {
                pending = entry;
                return;
            }
        }
    }

    @Override
    public boolean hasNext() {
        return pending != null || more() != null;
    }

    @Override
    public HistoryEntry next() {
        HistoryEntry taken = pending;
        if (taken != null) {
            pending = null;
            return taken;
        }
        SegmentCursor from = more();
        if (from == null) {
            throw new NoSuchElementException("the recording has no more entries");
        }
        try {
            HistoryEntry entry = from.next();
            known = entry.position();
            return entry;
        } catch (CodecException e) {
            throw damaged(e);
        }
    }

    private @Nullable SegmentCursor more() {
        try {
            while (cursor == null || !cursor.hasNext()) {
                if (nextSegment >= reader.segmentCount()) {
                    return null;
                }
                Segment segment = reader.segment(nextSegment++);
                cursor = new SegmentCursor(segment);
            }
        } catch (CodecException e) {
            throw damaged(e);
        }
        return cursor;
    }

    private RecordingDamagedException damaged(CodecException e) {
        return new RecordingDamagedException(nextSegment - 1, known, String.valueOf(e.getMessage()), e);
    }
}
