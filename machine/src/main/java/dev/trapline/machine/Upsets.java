package dev.trapline.machine;

import dev.trapline.abi.Width;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;

/// Which faults a machine can have, whatever its devices are.
final class Upsets {

    private Upsets() {}

    /// Why an injection is not possible, whatever board the machine has; empty if it is. A machine whose header
    /// does not say that there are faults, or defects, has none.
    static String whyNot(Injection what, MachineSpec machine) {
        if (what instanceof Injection.Defect && !machine.run().defects()) {
            return "a defect of a device of the machine, which is described without defects";
        }
        return what instanceof Injection.Upset && !machine.run().faults()
                ? "a fault of the machine, which is described without faults"
                : whyNever(what, machine);
    }

    /// The same for a machine that may have faults.
    static String whyNever(Injection what, MachineSpec machine) {
        return switch (what) {
            case Injection.MemoryFlip(long address, int _) -> whyNot(address, machine);
            case Injection.RegisterFlip flip ->
                whyNot(flip.register(), flip.bits(), machine.cpus().width());
            case Injection.WakeUp _,
                    Injection.Interrupt _,
                    Injection.Event _,
                    Injection.SError _,
                    Injection.ConsoleSize _,
                    Injection.PowerButton _,
                    Injection.Hold _,
                    Injection.LostInterrupt _,
                    Injection.Defect _ -> "";
        };
    }

    /// Why the byte at an address cannot change; empty if it can.
    static String whyNot(long address, MachineSpec machine) {
        long offset = address - BoardSpec.RAM_BASE;
        return offset >= 0 && offset < machine.board().ramBytes()
                ? ""
                : "a changed bit at 0x" + Long.toHexString(address) + ", and this machine's RAM is at 0x"
                        + Long.toHexString(BoardSpec.RAM_BASE) + " to 0x"
                        + Long.toHexString(BoardSpec.RAM_BASE + machine.board().ramBytes() - 1);
    }

    /// Why bits of a register cannot change; empty if they can.
    static String whyNot(int register, long bits, Width width) {
        if (width == Width.AARCH64) {
            return "";
        }
        if (register > Injection.RegisterFlip.LAST_R) {
            return "a changed bit in x" + register + ", and a vCPU of this AArch32 machine has r0 to r"
                    + Injection.RegisterFlip.LAST_R;
        }
        return bits >>> Integer.SIZE == 0
                ? ""
                : "the changed bits 0x" + Long.toHexString(bits) + ", and a register of this AArch32 machine has 32";
    }
}
