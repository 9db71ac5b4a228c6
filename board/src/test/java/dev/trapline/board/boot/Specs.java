package dev.trapline.board.boot;

import dev.trapline.abi.AddressRange;
import dev.trapline.abi.CpuModel;
import dev.trapline.abi.Width;
import dev.trapline.abi.firmware.SharedMemory;
import dev.trapline.abi.machine.ExitCosts;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.abi.policy.Policy;
import java.util.List;
import java.util.TreeMap;

/// Machines for tests.
final class Specs {

    private static final long PAGE = 4096;
    private static final long STRUCTURE_BYTES = 64;

    private Specs() {}

    /// @param megabytes of RAM
    static MachineSpec machine(int vcpus, long megabytes) {
        return machine(vcpus, megabytes, true);
    }

    static MachineSpec machine(int vcpus, long megabytes, boolean deviceTree) {
        return machine(vcpus, megabytes, deviceTree, Width.AARCH64);
    }

    static MachineSpec machine(int vcpus, long megabytes, boolean deviceTree, Width width) {
        return new MachineSpec(
                vcpus,
                16,
                CpuModel.CORTEX_A57,
                width,
                megabytes << 20,
                Schedule.ROUND_ROBIN,
                0,
                20_000,
                new ExitCosts(256, 0, 0),
                0,
                true,
                deviceTree,
                0,
                1,
                Policy.DEFAULT,
                new TreeMap<>());
    }

    /// What PV time shares on a machine, by its setting (docs of `firmware.services.pv-time.base`).
    static List<Shared> shared(MachineSpec spec) {
        if (spec.width() == Width.AARCH32) {
            return List.of();
        }
        long end = MachineSpec.RAM_BASE + spec.ramBytes();
        String base = spec.serviceSettings().getOrDefault("pv-time.base", "auto");
        long first = base.equals("auto") ? end - PAGE : Long.decode(base.replace("_", ""));
        long last = first + spec.vcpus() * STRUCTURE_BYTES - 1;
        if (first < MachineSpec.RAM_BASE || last >= end) {
            return List.of();
        }
        AddressRange pages = new AddressRange(first & -PAGE, (last & -PAGE) + PAGE);
        return List.of(new Shared("pv-time", new SharedMemory(pages, "PV_TIME_ST keeps the stolen time", "base")));
    }
}
