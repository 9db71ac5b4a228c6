package dev.trapline.launcher.recording;

import dev.trapline.abi.Position;
import dev.trapline.abi.history.RecordingHeader;
import dev.trapline.abi.machine.Image;
import dev.trapline.journal.HistoryEntry;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.codec.Segment;
import dev.trapline.launcher.output.Watch;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A reader that shows its progress. It passes everything on to another reader, and watches the entries.
abstract class ReaderUnderWatch implements RecordingReader {

    final RecordingReader reader;
    final Watch watch;

    ReaderUnderWatch(RecordingReader reader, Watch watch) {
        this.reader = reader;
        this.watch = watch;
    }

    /// Who watches.
    public final Watch watch() {
        return watch;
    }

    /// The other reader's entries, passed on under watch.
    abstract Iterator<HistoryEntry> handedOn(Iterator<HistoryEntry> entries);

    @Override
    public Iterator<HistoryEntry> entries() {
        return handedOn(reader.entries());
    }

    @Override
    public Iterator<HistoryEntry> entriesFrom(Position position) {
        return handedOn(reader.entriesFrom(position));
    }

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
        return reader.segment(ordinal);
    }

    @Override
    public boolean refresh() {
        return reader.refresh();
    }

    @Override
    public void close() {
        watch.pause();
        reader.close();
    }
}
