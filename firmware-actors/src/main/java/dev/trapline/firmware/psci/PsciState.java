package dev.trapline.firmware.psci;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.MachineTopology;

/// PSCI's state: the power of the machine.
///
/// @param topology the machine's CPUs
/// @param settings the settings of the machine's PSCI
/// @param cpus the state of each CPU
/// @param tree the power-domain tree
/// @param statistics of the idle states
/// @param rest the parts that change rarely
public record PsciState(
        MachineTopology topology,
        PsciSettings settings,
        CpuStates cpus,
        PowerTree tree,
        Statistics statistics,
        Rest rest) {

    /// The parts of the state that change rarely.
    ///
    /// @param osInitiated whether the operating system coordinates idle states, and not the platform
    /// @param memoryProtected the argument of the last MEM_PROTECT
    /// @param trustedOsCpu the vCPU on which the Trusted OS runs, by index
    record Rest(boolean osInitiated, boolean memoryProtected, int trustedOsCpu) {}

    /// A machine that has just started: only the boot CPU is on.
    static PsciState initial(MachineTopology topology, PsciSettings settings) {
        return new PsciState(
                topology,
                settings,
                CpuStates.only(VcpuId.BOOT.bit()),
                PowerTree.off(PowerTree.all(topology) & ~VcpuId.BOOT.bit()),
                Statistics.none(topology),
                new Rest(false, false, settings.trustedOsCpu()));
    }

    boolean osInitiated() {
        return rest.osInitiated();
    }

    boolean memoryProtected() {
        return rest.memoryProtected();
    }

    int trustedOsCpu() {
        return rest.trustedOsCpu();
    }

    /// The state after a CPU suspended, went off or woke up.
    ///
    /// @param time virtual time of the change, in ticks
    PsciState moved(CpuStates newCpus, PowerTree newTree, VcpuId vcpu, long time) {
        return new PsciState(
                topology,
                settings,
                newCpus,
                newTree,
                statistics.after(tree, newTree, topology, vcpu.index(), time),
                rest);
    }

    /// The state after a CPU should have suspended but did not: the statistics count no stay for it or the domains
    /// above it.
    PsciState notMoved(CpuStates newCpus, PowerTree newTree, VcpuId vcpu) {
        return new PsciState(
                topology, settings, newCpus, newTree, statistics.without(tree, newTree, topology, vcpu.index()), rest);
    }

    PsciState with(CpuStates newCpus) {
        return new PsciState(topology, settings, newCpus, tree, statistics, rest);
    }

    PsciState withMode(boolean osInitiated) {
        return new PsciState(
                topology,
                settings,
                cpus.withoutSuspenders(),
                tree,
                statistics,
                new Rest(osInitiated, rest.memoryProtected(), rest.trustedOsCpu()));
    }

    PsciState withMemoryProtected(boolean enabled) {
        return with(new Rest(rest.osInitiated(), enabled, rest.trustedOsCpu()));
    }

    PsciState withTrustedOsOn(int cpu) {
        return with(new Rest(rest.osInitiated(), rest.memoryProtected(), cpu));
    }

    private PsciState with(Rest newRest) {
        return new PsciState(topology, settings, cpus, tree, statistics, newRest);
    }
}
