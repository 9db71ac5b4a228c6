package dev.trapline.journal.codec;

import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.firmware.RegisterWrites;

/// Faults as bytes.
///
/// ```text
///   0 refused         writes           4 lost       varint ticks, 0 for ever
///   1 wrong argument  writes           5 repeated
///   2 wrong result    writes           6 forgotten
///   3 late            varint ticks     7 crashed    u8 when, writes
///
/// writes   varint mask, bit n for x(n), not 0; for each set bit, from bit 0 up: zigzag of the value
/// ```
final class FaultCodec {

    private FaultCodec() {}

    static void write(PackedWriter out, CallFault fault) {
        switch (fault) {
            case CallFault.Refused(RegisterWrites result) -> write(out, 0, result);
            case CallFault.WrongArgument(RegisterWrites arguments) -> write(out, 1, arguments);
            case CallFault.WrongResult(RegisterWrites registers) -> write(out, 2, registers);
            case CallFault.Late(long ticks) -> {
                out.u8(3);
                out.varint(ticks);
            }
            case CallFault.Lost(long ticks) -> {
                out.u8(4);
                out.varint(ticks == CallFault.FOREVER ? 0 : ticks);
            }
            case CallFault.Repeated _ -> out.u8(5);
            case CallFault.Forgotten _ -> out.u8(6);
            case CallFault.Crashed(CallFault.Crashed.When when, RegisterWrites error) -> {
                out.u8(7);
                Codes.CRASH.write(out, when);
                writes(out, error);
            }
        }
    }

    private static void write(PackedWriter out, int kind, RegisterWrites writes) {
        out.u8(kind);
        writes(out, writes);
    }

    private static void writes(PackedWriter out, RegisterWrites writes) {
        out.varint(Integer.toUnsignedLong(writes.mask()));
        for (int k = 0; k < writes.count(); k++) {
            out.zigzag(writes.value(k));
        }
    }

    static CallFault read(PackedReader in) {
        int kind = in.u8();
        try {
            return switch (kind) {
                case 0 -> new CallFault.Refused(writes(in));
                case 1 -> new CallFault.WrongArgument(writes(in));
                case 2 -> new CallFault.WrongResult(writes(in));
                case 3 -> new CallFault.Late(in.varint());
                case 4 -> {
                    long ticks = in.varint();
                    if (ticks == CallFault.FOREVER) {
                        throw new CodecException("a call is lost for ever in another form (byte " + in.at() + ")");
                    }
                    yield new CallFault.Lost(ticks == 0 ? CallFault.FOREVER : ticks);
                }
                case 5 -> new CallFault.Repeated();
                case 6 -> new CallFault.Forgotten();
                case 7 -> new CallFault.Crashed(Codes.CRASH.read(in), writes(in));
                default -> throw new CodecException("there is no fault of number " + kind);
            };
        } catch (IllegalArgumentException e) {
            throw new CodecException("there is no such fault: " + e.getMessage() + " (byte " + in.at() + ")");
        }
    }

    private static RegisterWrites writes(PackedReader in) {
        return RecordDecoder.writes(in, in.varint());
    }
}
