package dev.trapline.machine.firmware.state;

import dev.trapline.abi.Bytes;
import java.util.Arrays;

/// Bytes that grow. Numbers are little-endian, counts are seven bits a byte with the top bit set on all but the last.
final class StateOutput {

    private byte[] buffer = new byte[256];
    private int length;

    void u8(int value) {
        need(1);
        buffer[length++] = (byte) value;
    }

    void flag(boolean value) {
        u8(value ? 1 : 0);
    }

    /// The lowest bytes of a number.
    void number(long value, int bytes) {
        need(bytes);
        for (int k = 0; k < bytes; k++) {
            buffer[length++] = (byte) (value >>> (8 * k));
        }
    }

    void count(int value) {
        int rest = value;
        for (; rest >= 0x80; rest >>>= 7) {
            u8(rest | 0x80);
        }
        u8(rest);
    }

    void bytes(byte[] value) {
        count(value.length);
        need(value.length);
        System.arraycopy(value, 0, buffer, length, value.length);
        length += value.length;
    }

    void text(String value) {
        // Unit by unit: half a surrogate pair, which no encoder takes, is a string as well.
        count(value.length());
        for (int k = 0; k < value.length(); k++) {
            number(value.charAt(k), 2);
        }
    }

    private void need(int more) {
        if (buffer.length - length < more) {
            buffer = Arrays.copyOf(buffer, Math.addExact(length, Math.max(more, length)));
        }
    }

    byte[] toArray() {
        return Arrays.copyOf(buffer, length);
    }

    Bytes toBytes() {
        return Bytes.copyOf(buffer, 0, length);
    }
}
