package dev.trapline.journal.codec;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.WrongBits;

/// Faults of a machine that are injected between slices, as bytes.
///
/// ```text
///   0 memory          varint address, u8 bits
///   1 register        u8 vcpu, u8 register, varint bits
///   2 hold            u8 vcpu, varint ticks, 0 for ever
///   3 lost interrupt  u8 vcpu, varint intid
///   4 misread         varint address, varint flipped, varint set, varint cleared, varint count, 0 for each read
///   5 stuck line      varint intid, u8 level, varint ticks, 0 for ever
///   6 bad disk        u8 disk, u8 failure, varint count, 0 for each request
/// ```
public final class UpsetCodec {

    private static final int MEMORY = 0;
    private static final int REGISTER = 1;
    private static final int HOLD = 2;
    private static final int LOST_INTERRUPT = 3;
    private static final int MISREAD = 4;
    private static final int STUCK_LINE = 5;
    private static final int BAD_DISK = 6;

    private static final int MOST_BYTES = 1 + 5 * PackedWriter.MAX_VARINT;

    private UpsetCodec() {}

    /// Writes one.
    public static void write(PackedWriter out, Injection.Upset upset) {
        out.ensure(MOST_BYTES);
        switch (upset) {
            case Injection.MemoryFlip(long address, int bits) -> {
                out.u8(MEMORY);
                out.varint(address);
                out.u8(bits);
            }
            case Injection.RegisterFlip(VcpuId vcpu, int register, long bits) -> {
                out.u8(REGISTER);
                out.u8(vcpu.index());
                out.u8(register);
                out.varint(bits);
            }
            case Injection.Hold(VcpuId vcpu, long ticks) -> {
                out.u8(HOLD);
                out.u8(vcpu.index());
                out.varint(ticks == Injection.Hold.FOREVER ? 0 : ticks);
            }
            case Injection.LostInterrupt(VcpuId vcpu, int intid) -> {
                out.u8(LOST_INTERRUPT);
                out.u8(vcpu.index());
                out.varint(intid);
            }
            case Injection.Misread(long address, WrongBits(long flipped, long set, long cleared), long count) -> {
                out.u8(MISREAD);
                out.varint(address);
                out.varint(flipped);
                out.varint(set);
                out.varint(cleared);
                count(out, count);
            }
            case Injection.StuckLine(int intid, boolean high, long ticks) -> {
                out.u8(STUCK_LINE);
                out.varint(intid);
                out.u8(high ? 1 : 0);
                out.varint(ticks == Injection.Hold.FOREVER ? 0 : ticks);
            }
            case Injection.BadDisk(int disk, Injection.BadDisk.Failure failure, long count) -> {
                out.u8(BAD_DISK);
                out.u8(disk);
                Codes.DISK_FAILURE.write(out, failure);
                count(out, count);
            }
        }
    }

    private static void count(PackedWriter out, long count) {
        out.varint(count == Injection.Defect.EVERY_TIME ? 0 : count);
    }

    /// Reads one.
    ///
    /// @throws CodecException if there is no such fault
    public static Injection.Upset read(PackedReader in) {
        int kind = in.u8();
        try {
            return switch (kind) {
                case MEMORY -> new Injection.MemoryFlip(in.varint(), in.u8());
                case REGISTER -> new Injection.RegisterFlip(in.vcpu(), in.u8(), in.varint());
                case HOLD -> new Injection.Hold(in.vcpu(), ticks(in));
                case LOST_INTERRUPT ->
                    new Injection.LostInterrupt(in.vcpu(), in.count("an INTID", Injection.MAX_INTID));
                case MISREAD ->
                    new Injection.Misread(in.varint(), new WrongBits(in.varint(), in.varint(), in.varint()), count(in));
                case STUCK_LINE ->
                    new Injection.StuckLine(in.count("an INTID", Injection.MAX_INTID), in.flag(), ticks(in));
                case BAD_DISK -> new Injection.BadDisk(in.u8(), Codes.DISK_FAILURE.read(in), count(in));
                default -> throw new CodecException("there is no fault of a machine of number " + kind);
            };
        } catch (IllegalArgumentException e) {
            throw new CodecException("there is no such fault: " + e.getMessage() + " (byte " + in.at() + ")");
        }
    }

    private static long ticks(PackedReader in) {
        long ticks = in.varint();
        if (ticks == Injection.Hold.FOREVER) {
            throw new CodecException("a time that never ends has another form (byte " + in.at() + ")");
        }
        return ticks == 0 ? Injection.Hold.FOREVER : ticks;
    }

    private static long count(PackedReader in) {
        long count = in.varint();
        if (count == Injection.Defect.EVERY_TIME) {
            throw new CodecException("a count without an end has another form (byte " + in.at() + ")");
        }
        return count == 0 ? Injection.Defect.EVERY_TIME : count;
    }
}
