package dev.trapline.firmware.trng;

import dev.trapline.abi.firmware.RegisterWrites;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;

/// The identity of an entropy back end, as TRNG_GET_UUID returns it (DEN0098 §1.1.1, §2.3).
///
/// @param value its first four bytes must not be ff: w0 would have the value of an error
public record TrngUuid(UUID value) {

    private static final String FORM = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";
    private static final int FIRST_WORD_SHIFT = 32;

    public TrngUuid {
        if ((int) (value.getMostSignificantBits() >>> FIRST_WORD_SHIFT) == -1) {
            throw new IllegalArgumentException("'uuid' must not begin with ffffffff, which TRNG_GET_UUID would return"
                    + " as NOT_SUPPORTED: choose another than " + value);
        }
    }

    /// Reads the value of the setting `uuid`.
    ///
    /// @throws IllegalArgumentException if it is not a UUID, or the guest could not distinguish it from an error
    static TrngUuid of(String setting) {
        if (!setting.matches(FORM)) {
            throw new IllegalArgumentException(
                    "'uuid' takes 32 hexadecimal digits as in " + TrngService.DEFAULT_UUID + ", not '" + setting + "'");
        }
        return new TrngUuid(UUID.fromString(setting));
    }

    /// The sixteen bytes in w0 to w3, four each, the first in the lowest bits of w0.
    RegisterWrites registers() {
        ByteBuffer bytes = ByteBuffer.allocate(16)
                .putLong(value.getMostSignificantBits())
                .putLong(value.getLeastSignificantBits())
                .flip()
                .order(ByteOrder.LITTLE_ENDIAN);
        return RegisterWrites.fromX0(word(bytes), word(bytes), word(bytes), word(bytes));
    }

    private static long word(ByteBuffer bytes) {
        return Integer.toUnsignedLong(bytes.getInt());
    }
}
