package dev.trapline.machine.firmware.state;

import java.util.Arrays;

/// Reads what [StateOutput] wrote, and trusts none of it: every read is checked against the end, and every count
/// against what is left.
final class StateInput {

    private final byte[] source;
    private int at;

    StateInput(byte[] source) {
        this.source = source;
    }

    int u8() {
        need(1);
        return source[at++] & 0xff;
    }

    boolean flag() {
        int value = u8();
        if (value > 1) {
            throw new StateDamagedException("a flag at byte " + at + " is " + value);
        }
        return value == 1;
    }

    long number(int bytes) {
        need(bytes);
        long value = 0;
        for (int k = 0; k < bytes; k++) {
            value |= (source[at++] & 0xffL) << (8 * k);
        }
        return value;
    }

    /// A number of things that take a byte each at least, unless they take none at all.
    ///
    /// @param least bytes that each of them takes
    int count(int least) {
        long value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            int next = u8();
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                if (value * least > source.length - at) {
                    throw new StateDamagedException(
                            "a count at byte " + at + " is " + value + ", more than the bytes that are left");
                }
                return (int) value;
            }
        }
        throw new StateDamagedException("a count at byte " + at + " does not end");
    }

    byte[] bytes() {
        int length = count(1);
        need(length);
        byte[] value = Arrays.copyOfRange(source, at, at + length);
        at += length;
        return value;
    }

    String text() {
        char[] units = new char[count(2)];
        for (int k = 0; k < units.length; k++) {
            units[k] = (char) number(2);
        }
        return new String(units);
    }

    void end() {
        if (at != source.length) {
            throw new StateDamagedException("there are " + (source.length - at) + " bytes too many");
        }
    }

    private void need(int bytes) {
        if (source.length - at < bytes) {
            throw new StateDamagedException("the bytes end at " + source.length + ", in the middle of something");
        }
    }
}
