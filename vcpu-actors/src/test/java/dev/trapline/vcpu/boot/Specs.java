package dev.trapline.vcpu.boot;

import dev.trapline.abi.CpuModel;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.abi.machine.Width;
import dev.trapline.abi.policy.Policy;
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
}
