package dev.trapline.vcpu;

import dev.trapline.abi.machine.ExitCosts;
import dev.trapline.abi.CpuModel;
import dev.trapline.abi.Width;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.abi.policy.Policy;
import dev.trapline.board.boot.Shared;
import dev.trapline.firmware.pvtime.PvTimeService;
import dev.trapline.machine.ServiceContexts;
import dev.trapline.machine.firmware.LoadedService;
import java.util.List;
import java.util.TreeMap;

/// Machines for tests: the default one, with what a test wants otherwise.
public record Specs(
        int vcpus, long ramBytes, Schedule schedule, long seed, long slice, long maxInstructions, boolean reboot) {

    public static Specs withVcpus(int vcpus) {
        return new Specs(vcpus, 1 << 20, Schedule.ROUND_ROBIN, 0, 20_000, 0, true);
    }

    public Specs random(long newSeed) {
        return new Specs(vcpus, ramBytes, Schedule.RANDOM, newSeed, slice, maxInstructions, reboot);
    }

    public Specs slice(long newSlice) {
        return new Specs(vcpus, ramBytes, schedule, seed, newSlice, maxInstructions, reboot);
    }

    public Specs ram(long bytes) {
        return new Specs(vcpus, bytes, schedule, seed, slice, maxInstructions, reboot);
    }

    public Specs limit(long instructions) {
        return new Specs(vcpus, ramBytes, schedule, seed, slice, instructions, reboot);
    }

    public Specs withoutReboot() {
        return new Specs(vcpus, ramBytes, schedule, seed, slice, maxInstructions, false);
    }

    public MachineSpec spec() {
        return new MachineSpec(
                vcpus,
                16,
                CpuModel.CORTEX_A57,
                Width.AARCH64,
                ramBytes,
                schedule,
                seed,
                slice,
                new ExitCosts(256, 0, 0),
                maxInstructions,
                reboot,
                false,
                1000,
                1L << 31,
                Policy.DEFAULT.withResident("smccc"),
                new TreeMap<>());
    }

    /// What PV time shares on a machine.
    static List<Shared> shared(MachineSpec spec) {
        return ServiceContexts.shared(spec, List.of(LoadedService.of(new PvTimeService())));
    }
}
