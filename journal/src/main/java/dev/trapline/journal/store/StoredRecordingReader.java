package dev.trapline.journal.store;

import dev.trapline.abi.Position;
import dev.trapline.abi.history.RecordingDamagedException;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.history.RecordingException.Kind;
import dev.trapline.abi.history.RecordingHeader;
import dev.trapline.abi.machine.Image;
import dev.trapline.journal.HistoryEntry;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.codec.CodecException;
import dev.trapline.journal.codec.HeaderCodec;
import dev.trapline.journal.codec.Segment;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads a recording from its directory.
///
/// The header is event 1 of the journal, and segment n is event n + 2.
public final class StoredRecordingReader implements RecordingReader {

    private static final long HEADER_EVENT = 1;
    private static final long FIRST_SEGMENT_EVENT = 2;
    /// How many damaged segments in a row are passed to find where the sound part ends.
    private static final int MOST_LOOKS = 10_000;

    private final RecordingDirectory directory;
    private final OpenOptions options;
    private final RecordingHeader header;
    private final long headerDigest;
    private final StoredImages images;
    private final Manifest manifest;
    private @Nullable String cut;
    private EventLog log;
    private long segments;
    /// What the segment after the one read last must be: reading in order then reads each segment once.
    private SegmentChain chain;

    private StoredRecordingReader(
            RecordingDirectory directory, OpenOptions options, Manifest manifest, EventLog log, long segments) {
        this.directory = directory;
        this.options = options;
        this.log = log;
        this.manifest = manifest;
        byte[] headerBytes = headerBytes(directory.path(), log);
        try {
            this.header = HeaderCodec.decode(headerBytes);
        } catch (CodecException e) {
            throw new RecordingException(
                    Kind.DAMAGED, "the recording " + directory.path() + " is damaged: " + e.getMessage(), e);
        }
        this.headerDigest = Segment.digestOf(headerBytes);
        if (!header.recordingId().equals(manifest.id())) {
            throw new RecordingException(
                    Kind.DAMAGED,
                    "the recording " + directory.path() + " is damaged: its manifest is of recording " + manifest.id()
                            + ", its journal of " + header.recordingId());
        }
        this.chain = SegmentChain.beginning(headerDigest);
        this.segments = segments;
        if (manifest.closed()) {
            checkWhole(manifest);
        }
        this.images = StoredImages.of(directory, header, options);
    }

    /// Opens a recording.
    ///
    /// @throws RecordingException if there is none, or it cannot be read
    public static StoredRecordingReader open(Path path, OpenOptions options) {
        RecordingDirectory directory = RecordingDirectory.at(path);
        Manifest manifest = directory.manifest();
        // A database takes back nothing that it has said to be written: only a file may have to be cut.
        return manifest.closed() || !manifest.store().equals(Manifest.MVSTORE)
                ? openWhole(directory, options, manifest)
                : openOpen(directory, options, manifest);
    }

    private static StoredRecordingReader openWhole(
            RecordingDirectory directory, OpenOptions options, Manifest manifest) {
        EventLog log = EventLog.open(directory, manifest, options);
        try {
            return new StoredRecordingReader(directory, options, manifest, log, countSegments(directory, log));
        } catch (RecordingException e) {
            log.close();
            throw e;
        }
    }

    private static StoredRecordingReader openOpen(
            RecordingDirectory directory, OpenOptions options, Manifest manifest) {
        EventLog.requireFile(directory);
        LastWhole last = LastWhole.find(directory.eventFile());
        try {
            StoredRecordingReader reader =
                    new StoredRecordingReader(directory, options, manifest, last.log(), last.segments());
            reader.cut = last.cut();
            return reader;
        } catch (RecordingException e) {
            last.log().close();
            throw e;
        }
    }

    private static byte[] headerBytes(Path path, EventLog log) {
        EventRow row;
        try {
            row = log.row(HEADER_EVENT);
        } catch (CodecException e) {
            throw new RecordingException(
                    Kind.DAMAGED, "the recording " + path + " is damaged in its header: " + e.getMessage(), e);
        }
        if (row == null) {
            throw new RecordingException(
                    Kind.DAMAGED,
                    "the recording " + path + " has no header: its recorder ended before it had written anything, or"
                            + " its journal is damaged");
        }
        return row.payload();
    }

    private static long countSegments(RecordingDirectory directory, EventLog from) {
        try {
            return Math.max(0, from.highestSequenceNr() - FIRST_SEGMENT_EVENT + 1);
        } catch (CodecException e) {
            throw new RecordingException(
                    Kind.DAMAGED, "the recording " + directory.path() + " is damaged: " + e.getMessage(), e);
        }
    }

    /// A closed recording has all that its manifest says: a store that fell back to an earlier state is noticed.
    private void checkWhole(Manifest manifest) {
        if (segments != manifest.segments()) {
            throw new RecordingDamagedException(
                    Math.min(segments, manifest.segments()),
                    endOf(Math.min(segments, manifest.segments())),
                    "the recording was closed with " + manifest.segments() + " segments and has " + segments);
        }
        long digest = segments == 0 ? headerDigest : readChecked(segments - 1).digest();
        if (digest != manifest.digest()) {
            throw new RecordingDamagedException(
                    Math.max(0, segments - 1),
                    endOf(Math.max(0, segments - 1)),
                    "it is not the segment that the recording was closed with");
        }
    }

    @Override
    public String location() {
        return directory.path().toString();
    }

    @Override
    public @Nullable String notice() {
        if (manifest.closed()) {
            return null;
        }
        String whole = segments == 0
                ? "it has no whole segment"
                : "it reaches to its last whole segment, number " + (segments - 1) + ", and " + endOf(segments);
        String why = cut == null ? "" : "; what follows cannot be read (" + cut + ")";
        return location() + " was not closed: its recorder was killed, or is still running; " + whole + why;
    }

    @Override
    public String durability() {
        return manifest.durability();
    }

    /// An event as it is kept.
    ///
    /// @throws RecordingDamagedException if it is missing
    EventRow event(long sequenceNr) {
        EventRow row = log.row(sequenceNr);
        if (row == null) {
            throw new RecordingDamagedException(
                    sequenceNr - FIRST_SEGMENT_EVENT, endOf(sequenceNr - FIRST_SEGMENT_EVENT), "it is missing");
        }
        return row;
    }

    @Override
    public RecordingHeader header() {
        return header;
    }

    @Override
    public List<Image> images() {
        return images.all();
    }

    @Override
    public boolean isComplete() {
        return segments > 0 && readChecked(segments - 1).isLast();
    }

    @Override
    public long segmentCount() {
        return segments;
    }

    @Override
    public Segment segment(long ordinal) {
        if (ordinal < 0 || ordinal >= segments) {
            throw new IllegalArgumentException("there are " + segments + " segments, and no number " + ordinal);
        }
        Segment segment = readChecked(ordinal);
        SegmentChain before = chain.ordinal() == ordinal ? chain : chainAt(ordinal);
        before.check(segment);
        chain = SegmentChain.behind(segment);
        return segment;
    }

    private SegmentChain chainAt(long ordinal) {
        return ordinal == 0 ? SegmentChain.beginning(headerDigest) : SegmentChain.behind(readChecked(ordinal - 1));
    }

    /// A segment with the right checksum and the right ordinal; whether it follows the one before it is not known
    /// yet.
    private Segment readChecked(long ordinal) {
        try {
            EventRow row = log.row(ordinal + FIRST_SEGMENT_EVENT);
            if (row == null) {
                throw new CodecException("it is missing");
            }
            Segment segment = Segment.parse(row.payload());
            if (segment.ordinal() != ordinal) {
                throw new CodecException("segment " + segment.ordinal() + " stands in its place");
            }
            return segment;
        } catch (CodecException e) {
            throw new RecordingDamagedException(ordinal, endOf(ordinal), String.valueOf(e.getMessage()), e);
        }
    }

    /// Where the segment before this one ends, as far as that can be read. Goes from event to event: a store may
    /// claim to have any number of segments, and have none of them.
    private Position endOf(long ordinal) {
        long event = before(ordinal + FIRST_SEGMENT_EVENT);
        for (int left = MOST_LOOKS; left > 0 && event >= FIRST_SEGMENT_EVENT; left--) {
            try {
                EventRow row = log.row(event);
                if (row != null) {
                    Segment segment = Segment.parse(row.payload());
                    return Position.ofSlice(segment.firstSlice() + segment.slices());
                }
            } catch (CodecException e) {
                // Damaged as well: the one before it may tell.
            }
            event = before(event);
        }
        return Position.ofSlice(0);
    }

    private long before(long event) {
        try {
            return log.before(event);
        } catch (CodecException e) {
            return event - 1;
        }
    }

    @Override
    public Iterator<HistoryEntry> entries() {
        return new EntryIterator(this, 0);
    }

    @Override
    public Iterator<HistoryEntry> entriesFrom(Position position) {
        long low = 0;
        long high = segments - 1;
        // The last segment that begins before the position: an entry at the position may be at that segment's end.
        while (low < high) {
            long middle = (low + high + 1) >>> 1;
            if (readChecked(middle).firstSlice() < position.slice()) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        EntryIterator iterator = new EntryIterator(this, low);
        iterator.skipTo(position);
        return iterator;
    }

    @Override
    public boolean refresh() {
        if (log.seesLaterEvents()) {
            return haveMore(countSegments(directory, log));
        }
        EventLog fresh = EventLog.open(directory, manifest, options);
        boolean more = haveMore(countSegments(directory, fresh));
        (more ? log : fresh).close();
        log = more ? fresh : log;
        return more;
    }

    private boolean haveMore(long found) {
        boolean more = found > segments;
        segments = Math.max(segments, found);
        return more;
    }

    @Override
    public void close() {
        log.close();
    }
}
