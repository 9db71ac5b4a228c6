package dev.trapline.abi.state;

import dev.trapline.abi.Bytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Turns the state of a part of a machine into bytes. To read it back, ask for the same things in the same order:
/// [StateReader].
///
/// Numbers are little-endian. Equal states give equal bytes, in every process.
public final class StateWriter {

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private byte[] buffer = new byte[512];
    private int length;

    /// A word of 8 bytes.
    public void put(long word) {
        need(Long.BYTES);
        LONG.set(buffer, length, word);
        length += Long.BYTES;
    }

    /// A byte, 0 or 1.
    public void put(boolean flag) {
        put(flag ? 1 : 0, 1);
    }

    /// The lowest bytes of a number.
    ///
    /// @param bytes how many, 1 to 8
    public void put(long number, int bytes) {
        need(bytes);
        for (int k = 0; k < bytes; k++) {
            buffer[length++] = (byte) (number >>> (8 * k));
        }
    }

    /// All of an array, without its length.
    public void put(long[] array) {
        for (long word : array) {
            put(word);
        }
    }

    /// All of an array, without its length.
    public void put(boolean[] array) {
        for (boolean flag : array) {
            put(flag);
        }
    }

    /// How many things follow: seven bits a byte, lowest first, the top bit set on all but the last byte.
    ///
    /// @param count 0 or more
    public void putCount(int count) {
        int rest = count;
        for (; rest >= 0x80; rest >>>= 7) {
            put(rest | 0x80, 1);
        }
        put(rest, 1);
    }

    /// All of an array, without its length.
    public void put(byte[] array) {
        need(array.length);
        System.arraycopy(array, 0, buffer, length, array.length);
        length += array.length;
    }

    /// The length of an array, and all of it.
    public void putBytes(byte[] array) {
        putCount(array.length);
        put(array);
    }

    /// A text: the number of its units of UTF-16, and each in 2 bytes. So half a surrogate pair, which no encoder
    /// takes, is a text as well.
    public void putText(String text) {
        putCount(text.length());
        for (int k = 0; k < text.length(); k++) {
            put(text.charAt(k), 2);
        }
    }

    private void need(int more) {
        if (buffer.length - length < more) {
            buffer = Arrays.copyOf(buffer, Math.addExact(length, Math.max(more, length)));
        }
    }

    /// What was put so far, as a copy.
    public byte[] toArray() {
        return Arrays.copyOf(buffer, length);
    }

    /// What was put so far.
    public Bytes toBytes() {
        return Bytes.copyOf(buffer, 0, length);
    }
}
