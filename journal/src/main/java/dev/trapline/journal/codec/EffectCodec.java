package dev.trapline.journal.codec;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.firmware.Effect;
import java.util.ArrayList;
import java.util.List;

/// Effects as bytes.
///
/// ```text
/// varint count, then each:
///   0 power on      u8 target, varint entry, varint contextId
///   1 power off     u8 target
///   2 wake          u8 target
///   3 write memory  varint address, varint length, bytes
///   4 system off
///   5 system reset
///   6 exit          zigzag status
/// ```
final class EffectCodec {

    private EffectCodec() {}

    static void write(PackedWriter out, List<Effect> effects) {
        out.ensure(PackedWriter.MAX_VARINT);
        out.varint(effects.size());
        for (Effect effect : effects) {
            out.ensure(RecordLayout.MAX_FIXED_BYTES);
            switch (effect) {
                case Effect.PowerOn on -> {
                    out.u8(0);
                    out.u8(on.target().index());
                    out.varint(on.entry());
                    out.varint(on.contextId());
                }
                case Effect.PowerOff off -> {
                    out.u8(1);
                    out.u8(off.target().index());
                }
                case Effect.Wake wake -> {
                    out.u8(2);
                    out.u8(wake.target().index());
                }
                case Effect.WriteMemory memory -> {
                    OutcomeCodec.checkSize("a write to memory", memory.bytes().size());
                    out.u8(3);
                    out.varint(memory.address());
                    out.bytes(memory.bytes().toArray());
                }
                case Effect.SystemOff _ -> out.u8(4);
                case Effect.SystemReset _ -> out.u8(5);
                case Effect.ExitRun exit -> {
                    out.u8(6);
                    out.zigzag(exit.status());
                }
            }
        }
    }

    static List<Effect> read(PackedReader in) {
        // Every effect takes at least a byte, so the count can be held against what is left.
        int count = in.count("the number of effects", in.remaining());
        List<Effect> effects = new ArrayList<>(Math.min(count, 16));
        for (int i = 0; i < count; i++) {
            effects.add(readOne(in));
        }
        return effects;
    }

    private static Effect readOne(PackedReader in) {
        int code = in.u8();
        return switch (code) {
            case 0 -> new Effect.PowerOn(in.vcpu(), in.varint(), in.varint());
            case 1 -> new Effect.PowerOff(in.vcpu());
            case 2 -> new Effect.Wake(in.vcpu());
            case 3 -> new Effect.WriteMemory(in.varint(), Bytes.copyOf(in.bytes()));
            case 4 -> new Effect.SystemOff();
            case 5 -> new Effect.SystemReset();
            case 6 -> new Effect.ExitRun(in.zigzag());
            default -> throw new CodecException("there is no effect of number " + code);
        };
    }
}
