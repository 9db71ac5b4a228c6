package dev.trapline.abi.machine;

/// What is wrong with a value that a guest reads from a register of 32 bits. Each bit is wrong in one way at most.
///
/// @param flipped one bit for each that is changed
/// @param set one bit for each that is 1, whatever it should be
/// @param cleared one bit for each that is 0, whatever it should be
public record WrongBits(long flipped, long set, long cleared) {

    /// All bits of a register.
    public static final long MAX = 0xffff_ffffL;

    /// @throws IllegalArgumentException if no bit is wrong, if one is wrong in two ways, or if there is no such bit
    public WrongBits {
        long all = flipped | set | cleared;
        if (all == 0 || (all & ~MAX) != 0) {
            throw new IllegalArgumentException(
                    "the wrong bits are 0x" + Long.toHexString(all) + ", and a register has the bits 0 to 31");
        }
        long twice = (flipped & set) | (flipped & cleared) | (set & cleared);
        if (twice != 0) {
            throw new IllegalArgumentException(
                    "the bits 0x" + Long.toHexString(twice) + " are wrong in two ways: a bit is changed, or 1, or 0");
        }
    }

    /// The value that is read.
    ///
    /// @param right what the device answers
    /// @param shift where bit 0 of the register is in the value
    public long of(long right, int shift) {
        return ((right ^ (flipped << shift)) | (set << shift)) & ~(cleared << shift);
    }

    /// In words: `bits 0x20 set, bits 0x10 clear`.
    @Override
    public String toString() {
        return (part(flipped, "changed") + part(set, "set") + part(cleared, "clear")).substring(2);
    }

    private static String part(long bits, String how) {
        return bits == 0 ? "" : ", bits 0x" + Long.toHexString(bits) + " " + how;
    }
}
