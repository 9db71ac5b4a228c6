package dev.trapline.journal.codec;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.history.JournalRecord;
import java.util.ArrayList;
import java.util.List;

/// Effects as bytes.
///
/// ```text
/// varint count, then each:
///   0 power on      u8 target, varint entry, varint contextId, varint readyAt, u8 order
///   1 power off     u8 target
///   2 wake          u8 target
///   3 write memory  varint address, varint length, bytes
///   4 system off    u8 kind
///   5 system reset  u8 kind, u8 0 SYSTEM_RESET, or 1 SYSTEM_RESET2, varint type, varint cookie
///   6 exit          zigzag status
///   7 standby       u8 target
///   8 power down    u8 target, varint entry, varint contextId, u8 order
///   9 draw entropy  varint bytes
///  10 stolen time   u8 vcpu, varint address
///  11 deliver       u8 target, varint entry, varint event, varint argument
///  12 complete      u8 target
///  13 and resume    u8 target, varint address
///  14 stay awake    u8 target
///  15 route         u8 target, varint intid, u8 receiver
/// ```
final class EffectCodec {

    /// The most that an answer has: a machine counts 64 bytes for each, and refuses what is too much for a record.
    private static final int MOST_EFFECTS = JournalRecord.MAX_BYTES / 64;

    private EffectCodec() {}

    static void write(PackedWriter out, List<Effect> effects) {
        out.ensure(PackedWriter.MAX_VARINT);
        out.varint(effects.size());
        for (Effect effect : effects) {
            out.ensure(RecordLayout.MAX_FIXED_BYTES);
            writeOne(out, effect);
        }
    }

    private static void writeOne(PackedWriter out, Effect effect) {
        switch (effect) {
            case Effect.PowerOn on -> {
                target(out, 0, on.target());
                out.varint(on.entry());
                out.varint(on.contextId());
                out.varint(on.readyAt());
                Codes.DATA_ORDER.write(out, on.order());
            }
            case Effect.PowerOff off -> target(out, 1, off.target());
            case Effect.Wake wake -> target(out, 2, wake.target());
            case Effect.WriteMemory memory -> {
                OutcomeCodec.checkSize("a write to memory", memory.bytes().size());
                out.u8(3);
                out.varint(memory.address());
                out.bytes(memory.bytes().toArray());
            }
            case Effect.SystemOff off -> {
                out.u8(4);
                Codes.OFF.write(out, off.kind());
            }
            case Effect.SystemReset reset -> {
                out.u8(5);
                ResetCodec.write(out, reset.kind(), reset.request());
            }
            case Effect.ExitRun exit -> {
                out.u8(6);
                out.zigzag(exit.status());
            }
            case Effect.Standby standby -> target(out, 7, standby.target());
            case Effect.PowerDown down -> {
                target(out, 8, down.target());
                out.varint(down.entry());
                out.varint(down.contextId());
                Codes.DATA_ORDER.write(out, down.order());
            }
            case Effect.StayAwake stay -> target(out, 14, stay.target());
            case Effect.DrawEntropy draw -> {
                out.u8(9);
                out.varint(draw.bytes());
            }
            case Effect.ShareStolenTime share -> {
                target(out, 10, share.of());
                out.varint(share.address());
            }
            case Effect.RouteInterrupt route -> routing(out, route);
            case Effect.EventHandling handling -> handling(out, handling);
        }
    }

    private static void routing(PackedWriter out, Effect.RouteInterrupt route) {
        target(out, 15, route.target());
        out.varint(route.intid());
        Codes.RECEIVER.write(out, route.receiver());
    }

    private static void handling(PackedWriter out, Effect.EventHandling effect) {
        switch (effect) {
            case Effect.DeliverEvent deliver -> {
                target(out, 11, deliver.target());
                out.varint(deliver.entry());
                out.varint(deliver.event());
                out.varint(deliver.argument());
            }
            case Effect.CompleteEvent complete -> target(out, 12, complete.target());
            case Effect.CompleteEventAndResume complete -> {
                target(out, 13, complete.target());
                out.varint(complete.address());
            }
        }
    }

    private static void target(PackedWriter out, int code, VcpuId vcpu) {
        out.u8(code);
        out.u8(vcpu.index());
    }

    static List<Effect> read(PackedReader in) {
        int count = in.items("the number of effects", MOST_EFFECTS);
        List<Effect> effects = new ArrayList<>(Math.min(count, 16));
        for (int i = 0; i < count; i++) {
            effects.add(readOne(in));
        }
        return effects;
    }

    private static Effect readOne(PackedReader in) {
        int code = in.u8();
        return switch (code) {
            case 0 -> new Effect.PowerOn(in.vcpu(), in.varint(), in.varint(), in.varint(), Codes.DATA_ORDER.read(in));
            case 1 -> new Effect.PowerOff(in.vcpu());
            case 2 -> new Effect.Wake(in.vcpu());
            case 3 -> new Effect.WriteMemory(in.varint(), Bytes.copyOf(in.bytes()));
            case 4 -> new Effect.SystemOff(Codes.OFF.read(in));
            case 5 -> new Effect.SystemReset(Codes.RESET.read(in), ResetCodec.readRequest(in));
            case 6 -> new Effect.ExitRun(in.zigzag());
            case 7 -> new Effect.Standby(in.vcpu());
            case 8 -> new Effect.PowerDown(in.vcpu(), in.varint(), in.varint(), Codes.DATA_ORDER.read(in));
            case 9 -> drawEntropy(in);
            case 10 -> new Effect.ShareStolenTime(in.vcpu(), in.varint());
            case 11 -> new Effect.DeliverEvent(in.vcpu(), in.varint(), in.varint(), in.varint());
            case 12 -> new Effect.CompleteEvent(in.vcpu());
            case 13 -> new Effect.CompleteEventAndResume(in.vcpu(), in.varint());
            case 14 -> new Effect.StayAwake(in.vcpu());
            case 15 -> routeInterrupt(in);
            default -> throw new CodecException("there is no effect of number " + code);
        };
    }

    private static Effect routeInterrupt(PackedReader in) {
        VcpuId target = in.vcpu();
        int intid = in.count("an INTID", Effect.RouteInterrupt.MAX_INTID);
        if (intid < Effect.RouteInterrupt.MIN_INTID) {
            throw new CodecException("the INTID " + intid + " cannot be routed");
        }
        return new Effect.RouteInterrupt(target, intid, Codes.RECEIVER.read(in));
    }

    private static Effect drawEntropy(PackedReader in) {
        int bytes = in.count("the bytes of entropy", Effect.DrawEntropy.MAX_ENTROPY);
        if (bytes == 0) {
            throw new CodecException("no bytes of entropy are drawn");
        }
        return new Effect.DrawEntropy(bytes);
    }
}
