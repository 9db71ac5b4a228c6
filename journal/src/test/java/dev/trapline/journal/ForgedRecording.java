package dev.trapline.journal;

import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.Durability;
import dev.trapline.journal.codec.HeaderCodec;
import dev.trapline.journal.codec.Segment;
import dev.trapline.journal.codec.SegmentBuilder;
import dev.trapline.journal.persistence.JournalEventSerializer;
import dev.trapline.journal.store.EventRow;
import dev.trapline.journal.store.MvEventStore;
import dev.trapline.journal.store.RecordingDirectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Makes recordings without an actor system: correct ones, and ones that were changed.
public final class ForgedRecording {

    private ForgedRecording() {}

    /// Packs records into sealed segments.
    ///
    /// @param segmentBytes payload at which a segment is closed: small, to have many of them
    public static List<Segment> segments(String id, List<JournalRecord> records, int segmentBytes) {
        long headerDigest = Segment.digestOf(HeaderCodec.encode(SampleRun.header(id)));
        SegmentBuilder builder = new SegmentBuilder(headerDigest, segmentBytes);
        List<Segment> segments = new ArrayList<>();
        for (JournalRecord record : records) {
            if (builder.isFullFor(record)) {
                segments.add(builder.seal());
            }
            builder.add(record);
        }
        segments.add(builder.seal());
        return segments;
    }

    /// A closed recording of these records.
    public static Path closed(Path path, String id, List<JournalRecord> records, int segmentBytes) {
        List<Segment> segments = segments(id, records, segmentBytes);
        RecordingDirectory directory = write(path, id, segments);
        directory.markClosed(segments.size(), segments.getLast().digest());
        return path;
    }

    /// A recording with these segments that was not closed.
    public static Path open(Path path, String id, List<Segment> segments) {
        write(path, id, segments);
        return path;
    }

    private static RecordingDirectory write(Path path, String id, List<Segment> segments) {
        RecordingDirectory directory =
                RecordingDirectory.create(path, SampleRun.header(id), "mvstore", Durability.NONE, SampleRun.images());
        MvEventStore store = new MvEventStore(directory.eventFile());
        List<EventRow> rows = new ArrayList<>();
        rows.add(header(id));
        rows.addAll(rows(segments, 2));
        store.append(rows);
        store.finish();
        return directory;
    }

    /// The event with a recording's header.
    public static EventRow header(String id) {
        return row(1, "header/1", HeaderCodec.encode(SampleRun.header(id)));
    }

    /// The events of these segments.
    ///
    /// @param from sequence number of the first
    public static List<EventRow> rows(List<Segment> segments, long from) {
        List<EventRow> rows = new ArrayList<>();
        for (Segment segment : segments) {
            rows.add(row(from + rows.size(), "segment/1", segment.bytes()));
        }
        return rows;
    }

    private static EventRow row(long sequenceNr, String manifest, byte[] payload) {
        return new EventRow(sequenceNr, JournalEventSerializer.IDENTIFIER, manifest, "forged", 0, payload);
    }
}
