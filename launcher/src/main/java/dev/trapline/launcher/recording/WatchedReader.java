package dev.trapline.launcher.recording;

import dev.trapline.abi.Position;
import dev.trapline.abi.history.RecordingHeader;
import dev.trapline.abi.machine.Image;
import dev.trapline.journal.HistoryEntry;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.codec.Segment;
import dev.trapline.launcher.output.Watch;
import dev.trapline.timeline.PositionQuery;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A recording under the eyes of somebody who waits: reading it shows how far it is, and ends at Ctrl-C.
public record WatchedReader(RecordingReader reader, Watch watch) implements RecordingReader {

    @Override
    public String location() {
        return reader.location();
    }

    @Override
    public RecordingHeader header() {
        return reader.header();
    }

    @Override
    public List<Image> images() {
        return reader.images();
    }

    @Override
    public boolean isComplete() {
        return reader.isComplete();
    }

    @Override
    public @Nullable String notice() {
        return reader.notice();
    }

    @Override
    public String durability() {
        return reader.durability();
    }

    @Override
    public long segmentCount() {
        return reader.segmentCount();
    }

    @Override
    public Segment segment(long ordinal) {
        watch.at("segment", ordinal + 1, segmentCount());
        return reader.segment(ordinal);
    }

    @Override
    public Iterator<HistoryEntry> entries() {
        return watched(reader.entries());
    }

    @Override
    public Iterator<HistoryEntry> entriesFrom(Position position) {
        return watched(reader.entriesFrom(position));
    }

    @Override
    public boolean refresh() {
        return reader.refresh();
    }

    private Iterator<HistoryEntry> watched(Iterator<HistoryEntry> entries) {
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

    @Override
    public void close() {
        watch.pause();
        reader.close();
    }
}
