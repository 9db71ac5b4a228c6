package dev.trapline.launcher.recording;

import dev.trapline.journal.HistoryEntry;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.codec.Segment;
import dev.trapline.launcher.output.Watch;
import dev.trapline.timeline.PositionQuery;
import java.util.Iterator;

/// A reader that shows its progress to a waiting user, and ends at Ctrl-C.
public final class WatchedReader extends ReaderUnderWatch {

    /// Shows the progress of a reader.
    public WatchedReader(RecordingReader reader, Watch watch) {
        super(reader, watch);
    }

    /// The reader whose progress is shown.
    public RecordingReader reader() {
        return reader;
    }

    @Override
    public Segment segment(long ordinal) {
        watch.at("segment", ordinal + 1, segmentCount());
        return super.segment(ordinal);
    }

    @Override
    Iterator<HistoryEntry> handedOn(Iterator<HistoryEntry> entries) {
        long slices = PositionQuery.slices(reader);
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return entries.hasNext();
            }

            @Override
            public HistoryEntry next() {
                HistoryEntry entry = entries.next();
                watch.at("slice", entry.position().slice(), slices);
                return entry;
            }
        };
    }
}
