package dev.trapline.machine.choice;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.SplitMix64;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.Width;
import dev.trapline.abi.fault.MachineFault;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a fault of the machine or of an input is this time: what a plan leaves open is drawn.
public final class DrawnFaults {

    private DrawnFaults() {}

    /// What a fault may be: the first and the last that can be drawn, to check whether a machine can have it.
    public static List<Injection> some(MachineFault fault, MachineSpec machine) {
        VcpuId last = new VcpuId(machine.cpus().count() - 1);
        if (fault instanceof MachineFault.FlippedMemory(long first, long end, int _)) {
            return List.of(new Injection.MemoryFlip(first, 1), new Injection.MemoryFlip(end, 1));
        }
        return injections(fault, last, machine, SplitMix64.of(0, 0));
    }

    /// What happens.
    ///
    /// @param caller of the call behind which it happens; null at a moment
    /// @param draws decides what is open
    static List<Injection> injections(
            MachineFault fault, @Nullable VcpuId caller, MachineSpec machine, SplitMix64 draws) {
        List<Injection> injections = new ArrayList<>();
        // Memory and devices belong to no vCPU, so none is drawn for them.
        List<VcpuId> targets = fault instanceof MachineFault.FlippedMemory || fault instanceof MachineFault.Defective
                ? List.of(VcpuId.BOOT)
                : targets(fault.targets(), caller, machine.cpus().count(), draws);
        for (VcpuId vcpu : targets) {
            injections.add(injection(fault, vcpu, machine.cpus().width(), draws));
        }
        return injections;
    }

    private static List<VcpuId> targets(
            MachineFault.Targets targets, @Nullable VcpuId caller, int count, SplitMix64 draws) {
        if (targets.all()) {
            List<VcpuId> all = new ArrayList<>();
            for (int index = 0; index < count; index++) {
                all.add(new VcpuId(index));
            }
            return all;
        }
        if (!targets.vcpus().isEmpty()) {
            return List.copyOf(targets.vcpus());
        }
        return List.of(caller == null ? new VcpuId((int) draws.below(count)) : caller);
    }

    private static Injection injection(MachineFault fault, VcpuId vcpu, Width width, SplitMix64 draws) {
        return switch (fault) {
            case MachineFault.FlippedMemory(long first, long last, int bits) -> flip(first, last, bits, draws);
            case MachineFault.FlippedRegister(var _, int register, long bits) ->
                flip(vcpu, register, bits, width, draws);
            case MachineFault.Held(var _, long ticks) -> new Injection.Hold(vcpu, ticks);
            case MachineFault.SpuriousInterrupt(var _, int intid) -> new Injection.Interrupt(vcpu, intid);
            case MachineFault.SpuriousWakeUp _ -> new Injection.WakeUp(vcpu);
            case MachineFault.DroppedInterrupt(var _, int intid) -> new Injection.LostInterrupt(vcpu, intid);
            case MachineFault.SpuriousEvent(var _, long number) -> new Injection.Event(vcpu, number);
            case MachineFault.RaisedError(var _, int syndrome) -> new Injection.SError(vcpu, syndrome);
            case MachineFault.Defective(Injection.Defect what) -> what;
        };
    }

    private static Injection flip(long first, long last, int bits, SplitMix64 draws) {
        long address = first + (first == last ? 0 : draws.below(last - first + 1));
        return new Injection.MemoryFlip(address, bits == 0 ? 1 << draws.below(Byte.SIZE) : bits);
    }

    private static Injection flip(VcpuId vcpu, int register, long bits, Width width, SplitMix64 draws) {
        boolean wide = width == Width.AARCH64;
        int last = wide ? Injection.RegisterFlip.LAST : Injection.RegisterFlip.LAST_R;
        int chosen = register == MachineFault.FlippedRegister.ANY_REGISTER ? (int) draws.below(last + 1L) : register;
        long changed = bits == 0 ? 1L << draws.below(wide ? Long.SIZE : Integer.SIZE) : bits;
        return new Injection.RegisterFlip(vcpu, chosen, changed);
    }

    /// An input with one wrong bit; the same if it has none.
    static JournalRecord.Arrival corrupted(JournalRecord.Arrival input, SplitMix64 draws) {
        return switch (input) {
            case JournalRecord.ConsoleInput(Bytes bytes) -> new JournalRecord.ConsoleInput(corrupted(bytes, draws));
            case JournalRecord.Frame(Bytes bytes) -> new JournalRecord.Frame(corrupted(bytes, draws));
            case JournalRecord.Injected _, JournalRecord.Reconfigured _, JournalRecord.Stop _ -> input;
        };
    }

    private static Bytes corrupted(Bytes bytes, SplitMix64 draws) {
        byte[] changed = bytes.toArray();
        if (changed.length > 0) {
            long bit = draws.below(8L * changed.length);
            changed[(int) (bit >>> 3)] ^= (byte) (1 << (bit & 7));
        }
        return Bytes.copyOf(changed);
    }
}
