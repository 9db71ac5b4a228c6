package dev.trapline.journal.codec;

import dev.trapline.abi.VcpuId;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads the output of [PackedWriter], without trusting it: every read is checked against the end, every length against
/// the remaining bytes before anything is allocated, and a number has exactly one encoding.
public final class PackedReader {

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] source;
    private final int limit;
    private int at;

    /// @param from first index, inclusive
    /// @param to last index, exclusive
    public PackedReader(byte[] source, int from, int to) {
        this.source = source;
        this.at = from;
        this.limit = to;
    }

    /// Where the next byte is read.
    public int at() {
        return at;
    }

    /// Whether everything is read.
    public boolean isAtEnd() {
        return at >= limit;
    }

    public int remaining() {
        return limit - at;
    }

    public int u8() {
        need(1);
        return source[at++] & 0xff;
    }

    int i32() {
        need(4);
        int value = (int) INT.get(source, at);
        at += 4;
        return value;
    }

    public long i64() {
        need(8);
        long value = (long) LONG.get(source, at);
        at += 8;
        return value;
    }

    public long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int next = u8();
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                if ((next == 0 && shift > 0) || (shift == 63 && next > 1)) {
                    throw new CodecException("a number at byte " + at + " is not in its one encoding");
                }
                return value;
            }
        }
        throw new CodecException("a number at byte " + at + " does not end");
    }

    long zigzag() {
        long value = varint();
        return value >>> 1 ^ -(value & 1);
    }

    /// A varint that must lie within 0 and `max`.
    public int count(String what, int max) {
        long value = varint();
        if (value < 0 || value > max) {
            throw new CodecException(
                    what + " at byte " + at + " is " + Long.toUnsignedString(value) + ", and may be at most " + max);
        }
        return (int) value;
    }

    /// The number of following items, each of at least one byte. The decoded items use many times as much memory,
    /// so there is a limit in addition to the remaining bytes.
    int items(String what, int most) {
        return count(what, Math.min(most, remaining()));
    }

    public byte[] bytes() {
        int length = count("a length", remaining());
        need(length);
        byte[] value = Arrays.copyOfRange(source, at, at + length);
        at += length;
        return value;
    }

    String string() {
        byte[] value = bytes();
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(value))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new CodecException("a text before byte " + at + " is not UTF-8", e);
        }
    }

    VcpuId vcpu() {
        int index = u8();
        if (index >= VcpuId.MAX_COUNT) {
            throw new CodecException("there is no vCPU " + index + " (byte " + at + ")");
        }
        return new VcpuId(index);
    }

    boolean flag() {
        int value = u8();
        if (value > 1) {
            throw new CodecException("a flag at byte " + at + " is " + value);
        }
        return value == 1;
    }

    private void need(int bytes) {
        if (limit - at < bytes) {
            throw new CodecException("the bytes end at " + limit + ", in the middle of a value");
        }
    }
}
