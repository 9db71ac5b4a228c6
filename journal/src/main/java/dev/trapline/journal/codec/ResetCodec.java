package dev.trapline.journal.codec;

import dev.trapline.abi.firmware.Effect.SystemReset.Reset;
import dev.trapline.abi.firmware.ResetRequest;

/// A reset that a guest asked for, as bytes: the same in an effect and in an outcome.
///
/// ```text
/// u8 kind, then u8 0: SYSTEM_RESET
///            or u8 1: SYSTEM_RESET2, varint type (32 bits), varint cookie
/// ```
final class ResetCodec {

    private static final int PLAIN = 0;
    private static final int TYPED = 1;
    private static final long TYPE_BITS = 0xffff_ffffL;

    private ResetCodec() {}

    static void write(PackedWriter out, Reset kind, ResetRequest request) {
        Codes.RESET.write(out, kind);
        switch (request) {
            case ResetRequest.Plain _ -> out.u8(PLAIN);
            case ResetRequest.Typed(int type, long cookie) -> {
                out.u8(TYPED);
                out.varint(type & TYPE_BITS);
                out.varint(cookie);
            }
        }
    }

    static ResetRequest readRequest(PackedReader in) {
        int code = in.u8();
        return switch (code) {
            case PLAIN -> new ResetRequest.Plain();
            case TYPED -> typed(in.varint(), in.varint());
            default -> throw new CodecException("there is no request for a reset of number " + code);
        };
    }

    private static ResetRequest typed(long type, long cookie) {
        if (Long.compareUnsigned(type, TYPE_BITS) > 0) {
            throw new CodecException("the type of a reset has 32 bits, not 0x" + Long.toHexString(type));
        }
        return new ResetRequest.Typed((int) type, cookie);
    }
}
