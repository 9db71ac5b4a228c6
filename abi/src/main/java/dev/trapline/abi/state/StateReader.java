package dev.trapline.abi.state;

import dev.trapline.abi.Bytes;
import java.util.Arrays;

/// Reads what a [StateWriter] wrote, in the same order, and trusts none of it: every read is checked against the end,
/// and every count against what is left. Where the bytes are not what was written, or another part of the machine wrote
/// them, each method throws [StateDamagedException].
public final class StateReader {

    private static final int COUNT_BITS = 35;

    private final byte[] source;
    private int at;

    public StateReader(Bytes state) {
        this.source = state.toArray();
    }

    /// A word of 8 bytes.
    public long take() {
        return take(Long.BYTES);
    }

    /// A word that is an `int`.
    public int takeInt() {
        long value = take();
        if (value != (int) value) {
            throw new StateDamagedException("a number at byte " + at + " is " + value + ", which is no int");
        }
        return (int) value;
    }

    public boolean takeFlag() {
        long value = take(1);
        if (value > 1) {
            throw new StateDamagedException("a flag at byte " + at + " is " + value);
        }
        return value == 1;
    }

    /// A number of some bytes, with zeros above them.
    ///
    /// @param bytes how many, 1 to 8
    public long take(int bytes) {
        need(bytes);
        long value = 0;
        for (int k = 0; k < bytes; k++) {
            value |= (source[at++] & 0xffL) << (8 * k);
        }
        return value;
    }

    /// As many words as an array has.
    public void take(long[] into) {
        for (int k = 0; k < into.length; k++) {
            into[k] = take();
        }
    }

    /// As many flags as an array has.
    public void take(boolean[] into) {
        for (int k = 0; k < into.length; k++) {
            into[k] = takeFlag();
        }
    }

    /// As many bytes as an array has.
    public void take(byte[] into) {
        need(into.length);
        System.arraycopy(source, at, into, 0, into.length);
        at += into.length;
    }

    /// How many things follow.
    ///
    /// @param least bytes that each of them takes; there are no more of them than fit into what is left
    public int takeCount(int least) {
        long value = 0;
        for (int shift = 0; shift < COUNT_BITS; shift += 7) {
            long next = take(1);
            value |= (next & 0x7f) << shift;
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

    /// The bytes of an array behind their number.
    public byte[] takeBytes() {
        int length = takeCount(1);
        byte[] value = Arrays.copyOfRange(source, at, at + length);
        at += length;
        return value;
    }

    public String takeText() {
        char[] units = new char[takeCount(2)];
        for (int k = 0; k < units.length; k++) {
            units[k] = (char) take(2);
        }
        return new String(units);
    }

    /// Nothing may be left.
    public void end() {
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
