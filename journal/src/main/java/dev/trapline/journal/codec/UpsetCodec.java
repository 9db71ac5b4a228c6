package dev.trapline.journal.codec;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.machine.Injection;

/// Faults of a machine that are injected between slices, as bytes.
///
/// ```text
///   0 memory          varint address, u8 bits
///   1 register        u8 vcpu, u8 register, varint bits
///   2 hold            u8 vcpu, varint ticks, 0 for ever
///   3 lost interrupt  u8 vcpu, varint intid
/// ```
public final class UpsetCodec {

    private static final int MEMORY = 0;
    private static final int REGISTER = 1;
    private static final int HOLD = 2;
    private static final int LOST_INTERRUPT = 3;

    private static final int MOST_BYTES = 16;

    private UpsetCodec() {}

    /// Whether it is one that this codec writes.
    public static boolean isUpset(Injection injection) {
        return switch (injection) {
            case Injection.MemoryFlip _, Injection.RegisterFlip _, Injection.Hold _, Injection.LostInterrupt _ -> true;
            case Injection.WakeUp _,
                    Injection.Interrupt _,
                    Injection.Event _,
                    Injection.SError _,
                    Injection.ConsoleSize _,
                    Injection.PowerButton _ -> false;
        };
    }

    /// Writes one.
    ///
    /// @throws IllegalArgumentException if it is none of those
    public static void write(PackedWriter out, Injection injection) {
        out.ensure(MOST_BYTES);
        switch (injection) {
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
            case Injection.WakeUp _,
                    Injection.Interrupt _,
                    Injection.Event _,
                    Injection.SError _,
                    Injection.ConsoleSize _,
                    Injection.PowerButton _ -> throw new IllegalArgumentException("not written here: " + injection);
        }
    }

    /// Reads one.
    ///
    /// @throws CodecException if there is no such fault
    public static Injection read(PackedReader in) {
        int kind = in.u8();
        try {
            return switch (kind) {
                case MEMORY -> new Injection.MemoryFlip(in.varint(), in.u8());
                case REGISTER -> new Injection.RegisterFlip(in.vcpu(), in.u8(), in.varint());
                case HOLD -> hold(in);
                case LOST_INTERRUPT ->
                    new Injection.LostInterrupt(in.vcpu(), in.count("an INTID", Injection.MAX_INTID));
                default -> throw new CodecException("there is no fault of a machine of number " + kind);
            };
        } catch (IllegalArgumentException e) {
            throw new CodecException("there is no such fault: " + e.getMessage() + " (byte " + in.at() + ")");
        }
    }

    private static Injection hold(PackedReader in) {
        VcpuId vcpu = in.vcpu();
        long ticks = in.varint();
        if (ticks == Injection.Hold.FOREVER) {
            throw new CodecException("a vCPU is held for ever in another form (byte " + in.at() + ")");
        }
        return new Injection.Hold(vcpu, ticks == 0 ? Injection.Hold.FOREVER : ticks);
    }
}
