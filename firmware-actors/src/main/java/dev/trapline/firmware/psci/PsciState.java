package dev.trapline.firmware.psci;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.MachineTopology;

/// PSCI's state: the power of the machine.
///
/// @param topology the machine's CPUs
/// @param settings the settings of the machine's PSCI
/// @param cpus the state of each CPU
/// @param tree what each CPU lets the domains above it do
/// @param statistics of the idle states
/// @param rest what changes seldom
public record PsciState(
        MachineTopology topology,
        PsciSettings settings,
        CpuStates cpus,
        PowerTree tree,
        Statistics statistics,
        Rest rest) {

    /// What changes seldom.
    ///
    /// @param osInitiated whether the operating system coordinates idle states, not the platform
    /// @param memoryProtected what MEM_PROTECT was last given
    /// @param trustedOsCpu the vCPU that the Trusted OS sits on, by index
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

    /// The state after a CPU went down or came up.
    ///
    /// @param time virtual time of it, in ticks
    PsciState moved(CpuStates newCpus, PowerTree newTree, VcpuId vcpu, long time) {
        return new PsciState(
                topology,
                settings,
                newCpus,
                newTree,
                statistics.after(tree, newTree, topology, vcpu.index(), time),
                rest);
    }

    /// The state after a CPU, and what is above it, went down and came up at once, which counts as no stay.
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
