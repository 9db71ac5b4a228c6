package dev.trapline.journal.store;

import dev.trapline.journal.codec.CodecException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// One event of Akka Persistence as the store keeps it.
///
/// ```text
///  u8 row version, i32 serializer id, i64 timestamp, u16 length and manifest, u16 length and writer id, payload
/// ```
/// Numbers are big-endian. The timestamp and the writer's id are Akka's, and no part of the history.
public final class EventRow {

    private static final int VERSION = 1;
    /// Of a row, its two texts and payload left out.
    private static final int FIXED_BYTES = 1 + 4 + 8 + 2 + 2;

    private final long sequenceNr;
    private final int serializerId;
    private final String manifest;
    private final String writer;
    private final long timestamp;
    private final byte[] payload;

    /// @param payload shared, not to be changed
    public EventRow(long sequenceNr, int serializerId, String manifest, String writer, long timestamp, byte[] payload) {
        this.sequenceNr = sequenceNr;
        this.serializerId = serializerId;
        this.manifest = manifest;
        this.writer = writer;
        this.timestamp = timestamp;
        this.payload = payload;
    }

    /// Its place, from 1.
    public long sequenceNr() {
        return sequenceNr;
    }

    /// Who can read the payload.
    public int serializerId() {
        return serializerId;
    }

    /// What the payload is, to its serializer.
    public String manifest() {
        return manifest;
    }

    /// Identity of the actor instance that wrote it.
    public String writer() {
        return writer;
    }

    /// When it was written, in milliseconds of host time; for nobody's decisions.
    public long timestamp() {
        return timestamp;
    }

    /// The event itself. Not to be changed.
    public byte[] payload() {
        return payload;
    }

    /// As it is stored.
    Encoded encode() {
        byte[] manifestText = text(manifest);
        byte[] writerText = text(writer);
        ByteBuffer out = ByteBuffer.allocate(FIXED_BYTES + manifestText.length + writerText.length + payload.length);
        out.put((byte) VERSION).putInt(serializerId).putLong(timestamp);
        out.putShort((short) manifestText.length).put(manifestText);
        out.putShort((short) writerText.length).put(writerText);
        out.put(payload);
        return new Encoded(sequenceNr, out.array());
    }

    private static byte[] text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (utf8.length > 0xffff) {
            throw new IllegalArgumentException("too long for a row of the store: " + text);
        }
        return utf8;
    }

    /// A row as it is stored.
    static final class Encoded {
        private final long sequenceNr;
        private final byte[] bytes;

        /// @param bytes shared, not to be changed
        Encoded(long sequenceNr, byte[] bytes) {
            this.sequenceNr = sequenceNr;
            this.bytes = bytes;
        }

        long sequenceNr() {
            return sequenceNr;
        }

        /// Not to be changed.
        byte[] bytes() {
            return bytes;
        }
    }

    /// @throws CodecException if the bytes are no row
    static EventRow decode(long sequenceNr, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            int version = in.get();
            if (version != VERSION) {
                throw new CodecException("a row of the store is of version " + version + ", not " + VERSION);
            }
            int serializerId = in.getInt();
            long timestamp = in.getLong();
            String manifest = text(in);
            String writer = text(in);
            byte[] payload = Arrays.copyOfRange(bytes, in.position(), bytes.length);
            return new EventRow(sequenceNr, serializerId, manifest, writer, timestamp, payload);
        } catch (BufferUnderflowException e) {
            throw new CodecException("a row of the store is cut off", e);
        }
    }

    private static String text(ByteBuffer in) {
        int length = in.getShort() & 0xffff;
        if (length > in.remaining()) {
            throw new CodecException("a row of the store is cut off");
        }
        byte[] utf8 = new byte[length];
        in.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
