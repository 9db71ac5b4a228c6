package dev.trapline.journal.codec;

import dev.trapline.abi.Digest64;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/// A sealed part of a history: the store keeps it as one event.
///
/// ```text
///   0  u32  magic "TLSG"
///   4  u16  format version
///   6  u16  flags: bit 0 the run ends in it
///   8  u64  ordinal, from 0
///  16  u64  ordinal of its first slice
///  24  u32  slices in it
///  28  u32  records in it
///  32  u64  digest of the segment before; of the header for segment 0
///  40  u32  length of the payload
///  44  u32  CRC32C of bytes 0 to 43 and of the payload
///  48       payload: records, see RecordLayout
/// ```
/// All numbers are little-endian. The digests form a chain: a segment that was lost, duplicated, swapped or taken from
/// another recording does not fit, even if its own checksum is correct.
public final class Segment {

    /// Bytes before the payload.
    public static final int HEADER_BYTES = 48;

    static final int MAGIC = 0x4753_4c54; // "TLSG"
    static final int FLAG_LAST = 1;

    private static final int CRC_AT = 44;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] bytes;

    private Segment(byte[] bytes) {
        this.bytes = bytes;
    }

    /// Seals a payload.
    ///
    /// @param bytes room for the header, then the payload; belongs to the segment from now on
    static Segment seal(
            byte[] bytes, boolean last, long ordinal, long firstSlice, int slices, int records, long predecessor) {
        INT.set(bytes, 0, MAGIC);
        SHORT.set(bytes, 4, (short) JournalFormat.VERSION);
        SHORT.set(bytes, 6, (short) (last ? FLAG_LAST : 0));
        LONG.set(bytes, 8, ordinal);
        LONG.set(bytes, 16, firstSlice);
        INT.set(bytes, 24, slices);
        INT.set(bytes, 28, records);
        LONG.set(bytes, 32, predecessor);
        INT.set(bytes, 40, bytes.length - HEADER_BYTES);
        INT.set(bytes, CRC_AT, crc(bytes));
        return new Segment(bytes);
    }

    /// The segment that these bytes are.
    ///
    /// @param bytes belong to the segment from now on
    /// @throws CodecException if they are not one whole segment of this format version with the right checksum
    public static Segment parse(byte[] bytes) {
        if (bytes.length < HEADER_BYTES || (int) INT.get(bytes, 0) != MAGIC) {
            throw new CodecException("the segment is missing");
        }
        int version = (short) SHORT.get(bytes, 4) & 0xffff;
        if (!JournalFormat.isRead(version)) {
            throw new CodecException(
                    "the segment is of format version " + version + ", and this is a reader of " + JournalFormat.READ);
        }
        Segment segment = new Segment(bytes);
        if ((int) INT.get(bytes, 40) != bytes.length - HEADER_BYTES) {
            throw new CodecException("the segment should have " + ((int) INT.get(bytes, 40) & 0xffff_ffffL)
                    + " bytes of records and has " + (bytes.length - HEADER_BYTES));
        }
        if ((int) INT.get(bytes, CRC_AT) != crc(bytes)) {
            throw new CodecException("the segment's checksum is wrong");
        }
        if (segment.ordinal() < 0 || segment.firstSlice() < 0 || segment.slices() < 0 || segment.records() < 0) {
            throw new CodecException("the segment counts negative numbers");
        }
        return segment;
    }

    /// How long the segment is that begins at an index.
    ///
    /// @throws CodecException if it goes beyond the end
    public static int lengthAt(byte[] bytes, int at) {
        int left = bytes.length - at;
        int payload = left < HEADER_BYTES ? -1 : (int) INT.get(bytes, at + 40);
        if (payload < 0 || payload > left - HEADER_BYTES) {
            throw new CodecException("the bytes end in the middle of a segment");
        }
        return HEADER_BYTES + payload;
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, CRC_AT);
        crc.update(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES);
        return (int) crc.getValue();
    }

    /// Its ordinal among the segments, from 0.
    public long ordinal() {
        return (long) LONG.get(bytes, 8);
    }

    /// Ordinal of its first slice; of the next slice to come if it has none.
    public long firstSlice() {
        return (long) LONG.get(bytes, 16);
    }

    /// How many slices it has.
    public int slices() {
        return (int) INT.get(bytes, 24);
    }

    /// How many records it has.
    public int records() {
        return (int) INT.get(bytes, 28);
    }

    /// Digest of the segment before it, or of the recording's header.
    public long predecessor() {
        return (long) LONG.get(bytes, 32);
    }

    /// Whether the run ends in it: no segment follows.
    public boolean isLast() {
        return ((short) SHORT.get(bytes, 6) & FLAG_LAST) != 0;
    }

    /// The digest that the next segment must name as its predecessor. Takes some microseconds.
    public long digest() {
        return digestOf(bytes);
    }

    /// The whole segment as stored. Must not be changed: it is shared, so that the 64 KiB are not copied on the way
    /// to the store.
    public byte[] bytes() {
        return bytes;
    }

    /// A digest of bytes of any length: whole words by [Digest64], then what is left over, then the length.
    public static long digestOf(byte[] content) {
        int whole = content.length & ~7;
        long digest = Digest64.of(content, whole);
        long rest = 0;
        for (int i = whole; i < content.length; i++) {
            rest |= (content[i] & 0xffL) << (8 * (i - whole));
        }
        return Digest64.fold(Digest64.fold(digest, rest), content.length);
    }
}
