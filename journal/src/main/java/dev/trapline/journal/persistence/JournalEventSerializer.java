package dev.trapline.journal.persistence;

import akka.serialization.SerializerWithStringManifest;
import dev.trapline.journal.codec.CodecException;
import dev.trapline.journal.codec.HeaderCodec;
import dev.trapline.journal.codec.Segment;
import java.io.NotSerializableException;

/// Journal events as bytes, by the journal's own codec. The manifest names the kind and the format version.
public final class JournalEventSerializer extends SerializerWithStringManifest {

    /// Stored beside every event: it can never change.
    public static final int IDENTIFIER = 28_274;

    /// Manifest of the header.
    public static final String HEADER = "header/1";

    /// Manifest of a segment.
    public static final String SEGMENT = "segment/1";

    @Override
    public int identifier() {
        return IDENTIFIER;
    }

    @Override
    public String manifest(Object event) {
        return switch (known(event)) {
            case JournalEvent.HeaderWritten _ -> HEADER;
            case JournalEvent.SegmentWritten _ -> SEGMENT;
        };
    }

    @Override
    public byte[] toBinary(Object event) {
        return switch (known(event)) {
            case JournalEvent.HeaderWritten(var header) -> HeaderCodec.encode(header);
            case JournalEvent.SegmentWritten(var segment) -> segment.bytes();
        };
    }

    private static JournalEvent known(Object event) {
        if (event instanceof JournalEvent known) {
            return known;
        }
        throw new IllegalArgumentException("not an event of a recording: " + event.getClass());
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
        try {
            return switch (manifest) {
                case HEADER -> new JournalEvent.HeaderWritten(HeaderCodec.decode(bytes));
                case SEGMENT -> new JournalEvent.SegmentWritten(Segment.parse(bytes));
                default ->
                    throw new NotSerializableException("this Trapline reads '" + HEADER + "' and '" + SEGMENT
                            + "', not '" + manifest + "': the recording is of another format version");
            };
        } catch (CodecException e) {
            throw new NotSerializableException("a damaged event ('" + manifest + "'): " + e.getMessage());
        }
    }
}
