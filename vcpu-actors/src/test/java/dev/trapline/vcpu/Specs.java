package dev.trapline.vcpu;

import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunSpec;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.abi.policy.Policy;
import dev.trapline.board.Board;
import dev.trapline.board.boot.TreeContent;
import dev.trapline.firmware.FirmwareServices;
import dev.trapline.machine.ServiceContexts;
import dev.trapline.machine.firmware.LoadedService;
import java.util.ArrayList;
import java.util.List;

/// Small machines for tests, with a test's changes.
public record Specs(MachineSpec spec) {

    public static Specs withVcpus(int vcpus) {
        return new Specs(MachineSpec.DEFAULT
                .with(CpuSpec.DEFAULT.withCount(vcpus))
                .with(BoardSpec.DEFAULT.withRam(BoardSpec.MIN_RAM).withInputInterval(1000))
                .with(RunSpec.DEFAULT.withRamDigestInterval(1L << 31))
                .withPolicy(Policy.DEFAULT.withResident("smccc")));
    }

    public Specs random(long seed) {
        return new Specs(spec.with(spec.schedule().withKind(Schedule.RANDOM).withSeed(seed)));
    }

    public Specs slice(long instructions) {
        return new Specs(spec.with(spec.schedule().withQuantum(instructions)));
    }

    public Specs ram(long bytes) {
        return new Specs(spec.with(spec.board().withRam(bytes)));
    }

    public Specs limit(long instructions) {
        return new Specs(spec.with(spec.run().withMaxInstructions(instructions)));
    }

    public Specs withoutReboot() {
        return new Specs(spec.with(spec.run().withRebootOnReset(false)));
    }

    /// The services' and the board's parts of the device tree, for a machine with all services.
    static TreeContent content(MachineSpec spec) {
        List<LoadedService<?>> services = new ArrayList<>();
        FirmwareServices.onClassPath().forEach(service -> services.add(LoadedService.of(service)));
        return ServiceContexts.treeContent(spec, services, Board.of(spec.board(), spec.cpus()));
    }
}
