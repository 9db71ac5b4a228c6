package dev.trapline.firmware.smccc;

import dev.trapline.abi.firmware.RegisterWrites;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/// Converts an owner's UID to the registers that return it (DEN0028 §6.2): sixteen bytes in w0 to w3, the first in the
/// lowest bits of w0.
public final class Uid {

    private static final String FORM = "\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}";
    private static final int REGISTERS = 4;
    private static final long MASK = 0xffff_ffffL;

    private Uid() {}

    /// The registers of a UID.
    ///
    /// @param key the setting that has the UID as its value
    /// @param text a UUID, in byte order
    /// @throws IllegalArgumentException if it is not a UUID, or a caller could not distinguish it from
    ///     NOT_SUPPORTED
    public static RegisterWrites of(String key, String text) {
        if (!text.matches(FORM)) {
            throw new IllegalArgumentException(
                    "'" + key + "' takes a UUID as in 7a3c9e52-41d8-4b0f-9a6e-5d1f8c2b7e34, not '" + text + "'");
        }
        ByteBuffer bytes =
                ByteBuffer.wrap(HexFormat.of().parseHex(text.replace("-", ""))).order(ByteOrder.LITTLE_ENDIAN);
        long[] words = new long[REGISTERS];
        for (int n = 0; n < REGISTERS; n++) {
            words[n] = bytes.getInt() & MASK;
        }
        if (words[0] == MASK) {
            throw new IllegalArgumentException("'" + key + "' takes a UUID that does not begin with ffffffff, which"
                    + " a caller would take for NOT_SUPPORTED, not '" + text + "'");
        }
        return RegisterWrites.fromX0(words);
    }
}
