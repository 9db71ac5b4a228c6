package dev.trapline.firmware.psci;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.MachineTopology;

/// What PSCI knows of the machine's power. Immutable.
public final class PsciState {

    private final MachineTopology topology;
    private final PsciSettings settings;
    private final CpuStates cpus;
    private final PowerTree tree;
    private final Statistics statistics;
    private final Rest rest;

    /// What changes seldom.
    ///
    /// @param osInitiated whether the operating system coordinates idle states, not the platform
    /// @param memoryProtected what MEM_PROTECT was last given
    /// @param trustedOsCpu the vCPU that the Trusted OS sits on, by index
    private record Rest(boolean osInitiated, boolean memoryProtected, int trustedOsCpu) {}

    private PsciState(
            MachineTopology topology,
            PsciSettings settings,
            CpuStates cpus,
            PowerTree tree,
            Statistics statistics,
            Rest rest) {
        this.topology = topology;
        this.settings = settings;
        this.cpus = cpus;
        this.tree = tree;
        this.statistics = statistics;
        this.rest = rest;
    }

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

    MachineTopology topology() {
        return topology;
    }

    PsciSettings settings() {
        return settings;
    }

    CpuStates cpus() {
        return cpus;
    }

    PowerTree tree() {
        return tree;
    }

    Statistics statistics() {
        return statistics;
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

    @Override
    public boolean equals(Object other) {
        return other instanceof PsciState that
                && topology.equals(that.topology)
                && settings.equals(that.settings)
                && cpus.equals(that.cpus)
                && tree.equals(that.tree)
                && statistics.equals(that.statistics)
                && rest.equals(that.rest);
    }

    @Override
    public int hashCode() {
        return 31 * cpus.hashCode() + tree.hashCode();
    }

    @Override
    public String toString() {
        return cpus + " " + tree + " " + rest + " " + statistics;
    }
}
