package dev.trapline.vcpu.boot;

import dev.trapline.abi.AddressRange;
import dev.trapline.abi.CpuModel;
import dev.trapline.abi.Width;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.abi.policy.Policy;
import dev.trapline.firmware.pvtime.PvTimeService;
import java.util.List;
import java.util.TreeMap;

/// Machines for tests.
final class Specs {

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
                256,
                0,
                true,
                deviceTree,
                0,
                1,
                Policy.DEFAULT,
                new TreeMap<>());
    }

    /// What PV time shares on a machine.
    static List<Shared> shared(MachineSpec spec) {
        TreeMap<String, String> settings = new TreeMap<>();
        settings.put("base", spec.serviceSettings().getOrDefault("pv-time.base", "auto"));
        return new PvTimeService()
                        .sharedMemory(
                                new ServiceContext(spec.topology(), false, settings),
                                spec.width(),
                                AddressRange.of(MachineSpec.RAM_BASE, spec.ramBytes()))
                        .map(memory -> new Shared("pv-time", memory))
                        .stream()
                        .toList();
    }
}
