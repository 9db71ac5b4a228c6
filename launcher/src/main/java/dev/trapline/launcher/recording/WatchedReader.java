package dev.trapline.launcher.recording;

import dev.trapline.journal.HistoryEntry;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.codec.Segment;
import dev.trapline.launcher.output.Watch;
import dev.trapline.timeline.PositionQuery;
import java.util.Iterator;

/// A recording under the eyes of somebody who waits: reading it shows how far it is, and ends at Ctrl-C.
public final class WatchedReader extends ReaderUnderWatch {

    /// Shows how a reader's work goes.
    public WatchedReader(RecordingReader reader, Watch watch) {
        super(reader, watch);
    }

    /// The reader whose work is shown.
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
