package dev.trapline.journal.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes numbers, strings and bytes into an array that it keeps and grows. The mirror of [PackedReader].
///
/// [#ensure] makes room once per record, so that the writes of numbers are plain stores.
public final class PackedWriter {

    /// The most bytes that a varint takes.
    public static final int MAX_VARINT = 10;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private byte[] buffer;
    private int length;

    /// @param capacity bytes to begin with
    public PackedWriter(int capacity) {
        buffer = new byte[capacity];
    }

    /// Bytes written.
    public int length() {
        return length;
    }

    /// Forgets what was written from an index on, or leaves room that is filled in later.
    ///
    /// @param length at most the capacity asked for
    public void length(int length) {
        this.length = length;
    }

    /// The array written to. Valid until the next call of [#ensure].
    public byte[] buffer() {
        return buffer;
    }

    /// A copy of what was written.
    public byte[] toArray() {
        return Arrays.copyOf(buffer, length);
    }

    /// Makes room.
    public void ensure(int more) {
        if (buffer.length - length < more) {
            buffer = Arrays.copyOf(buffer, Math.addExact(length, Math.max(more, buffer.length / 2)));
        }
    }

    public void u8(int value) {
        buffer[length++] = (byte) value;
    }

    void i32(int value) {
        INT.set(buffer, length, value);
        length += 4;
    }

    public void i64(long value) {
        LONG.set(buffer, length, value);
        length += 8;
    }

    /// How many things follow.
    ///
    /// @throws IllegalArgumentException if a reader would not take so many
    void items(String what, int count, int most) {
        if (count > most) {
            throw new IllegalArgumentException(count + " " + what + " cannot be recorded: at most " + most);
        }
        ensure(MAX_VARINT);
        varint(count);
    }

    /// Seven bits a byte, lowest first, the top bit set on all but the last byte.
    public void varint(long value) {
        byte[] into = buffer;
        int at = length;
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            into[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        into[at++] = (byte) rest;
        length = at;
    }

    /// A varint that is short for small negative numbers too.
    void zigzag(long value) {
        varint(value << 1 ^ value >> 63);
    }

    /// A length and that many bytes. Makes room itself.
    public void bytes(byte[] value) {
        ensure(value.length + MAX_VARINT);
        varint(value.length);
        System.arraycopy(value, 0, buffer, length, value.length);
        length += value.length;
    }

    /// A string in UTF-8, as [#bytes]. Makes room itself.
    void string(String value) {
        bytes(value.getBytes(StandardCharsets.UTF_8));
    }
}
