package dev.trapline.abi;

import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/// The address of one network interface (IEEE 802, EUI-48).
///
/// @param bits the six octets as a number, the first octet in bits 47 to 40: not 0, and without the bit of a group
///     (bit 40)
public record MacAddress(long bits) {

    /// Its length, in bytes.
    public static final int SIZE = 6;

    /// What texts [#parse] takes, for messages.
    public static final String TEXT = "six octets of one interface, as in 02:00:00:00:00:01";

    private static final long GROUP = 1L << 40;
    private static final long LOCAL = 1L << 41;
    private static final long TAIL = GROUP - 1;

    /// Keeps the addresses apart from what else follows from the same seed: the letters `macaddr`.
    private static final long STREAM = 0x006d_6163_6164_6472L;

    private static final Pattern OCTETS = Pattern.compile("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}");

    /// @throws IllegalArgumentException if it is not the address of one interface
    public MacAddress {
        if (!isValid(bits)) {
            throw new IllegalArgumentException("0x%x is not the address of a network interface".formatted(bits));
        }
    }

    private static boolean isValid(long bits) {
        return bits > 0 && bits >>> (Byte.SIZE * SIZE) == 0 && (bits & GROUP) == 0;
    }

    /// A locally administered address that follows from a machine's seed.
    public static MacAddress ofSeed(long seed) {
        return new MacAddress(LOCAL | (SplitMix64.of(seed ^ STREAM).next() & TAIL));
    }

    /// The address of a text such as `02:00:00:00:00:01`; empty if it is none.
    public static Optional<MacAddress> parse(String text) {
        if (!OCTETS.matcher(text).matches()) {
            return Optional.empty();
        }
        long bits = HexFormat.fromHexDigitsToLong(text.replace(":", ""));
        return isValid(bits) ? Optional.of(new MacAddress(bits)) : Optional.empty();
    }

    /// The octets, in the order in which a frame has them.
    public byte[] octets() {
        byte[] octets = new byte[SIZE];
        for (int k = 0; k < SIZE; k++) {
            octets[k] = (byte) (bits >>> (Byte.SIZE * (SIZE - 1 - k)));
        }
        return octets;
    }

    /// The octets in hexadecimal, with colons between them.
    @Override
    public String toString() {
        return HexFormat.ofDelimiter(":").formatHex(octets());
    }
}
