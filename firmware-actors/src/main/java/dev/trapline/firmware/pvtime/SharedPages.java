package dev.trapline.firmware.pvtime;

import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Width;

/// The pages of RAM that PV time may share with a guest. Whoever tells the guest which memory it may use has to leave
/// them out, whether or not the service is switched on: a machine's policy can change while it runs.
///
/// @param start guest physical address of the first page
/// @param end the address behind the last; `start` if there are none
public record SharedPages(long start, long end) {

    private static final String SETTING = "pv-time.base";

    /// Those of a machine. An AArch32 guest has none: PV time is for AArch64 callers.
    public static SharedPages of(MachineSpec spec) {
        long ramEnd = MachineSpec.RAM_BASE + spec.ramBytes();
        if (spec.width() == Width.AARCH32) {
            return new SharedPages(ramEnd, ramEnd);
        }
        return switch (base(spec)) {
            case PvTimeState.Base.TopOfRam() -> new SharedPages(ramEnd - PvTimeLogic.PAGE, ramEnd);
            case PvTimeState.Base.At(long address) -> around(address, spec.vcpus(), ramEnd);
        };
    }

    private static PvTimeState.Base base(MachineSpec spec) {
        try {
            return PvTimeState.Base.of(spec.serviceSettings().getOrDefault(SETTING, PvTimeService.AUTO));
        } catch (IllegalArgumentException _) {
            // The service says what is wrong with it when it starts.
            return new PvTimeState.Base.TopOfRam();
        }
    }

    /// Structures that are not wholly in RAM are not shared.
    private static SharedPages around(long address, int vcpus, long ramEnd) {
        long bytes = (long) vcpus * PvTimeLogic.STRUCTURE_BYTES;
        if (address < MachineSpec.RAM_BASE || address > ramEnd - bytes) {
            return new SharedPages(ramEnd, ramEnd);
        }
        return new SharedPages(
                address & -PvTimeLogic.PAGE, (address + bytes + PvTimeLogic.PAGE - 1) & -PvTimeLogic.PAGE);
    }
}
