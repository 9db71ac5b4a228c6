package dev.trapline.firmware.smccc;

import dev.trapline.abi.firmware.RegisterWrites;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/// The identity that an owner of calls tells, in the registers that it is returned in (DEN0028 §6.2): sixteen bytes in
/// w0 to w3, the first in the lowest bits of w0.
public final class Uid {

    private static final String FORM = "\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}";
    private static final int REGISTERS = 4;
    private static final long MASK = 0xffff_ffffL;

    private Uid() {}

    /// The registers of an identity.
    ///
    /// @param key the setting that it is the value of
    /// @param text a UUID, in the order of its bytes
    /// @throws IllegalArgumentException if it is none, or could not be told from NOT_SUPPORTED
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
