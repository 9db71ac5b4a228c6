package dev.trapline.firmware.psci;

import dev.trapline.abi.firmware.MachineTopology;
import java.util.Arrays;

/// How often and how long each power domain has been in each idle state (DEN0022 §5.21, §5.22). Immutable.
///
/// A stay is counted when it ends. A domain that has been off since the machine started has no stay to count.
///
/// @param since when the current stay began, by node (cores, then clusters, then the system); [#NEVER] if the node runs
/// @param counts completed stays, by node and state
/// @param ticks total length of the stays, by node and state
@SuppressWarnings("ArrayRecordComponent")
record Statistics(long[] since, long[] counts, long[] ticks) {

    private static final int STATES = 2;
    private static final long NEVER = -1;

    static Statistics none(MachineTopology topology) {
        int nodes = topology.vcpus() + topology.clusters() + 1;
        long[] since = new long[nodes];
        Arrays.fill(since, NEVER);
        return new Statistics(since, new long[STATES * nodes], new long[STATES * nodes]);
    }

    /// The statistics after a core, and possibly domains above it, suspended or woke up.
    ///
    /// @param time virtual time of the change, in ticks
    Statistics after(PowerTree before, PowerTree now, MachineTopology topology, int core, long time) {
        Statistics changed = null;
        for (int level = PowerTree.CORE; level <= PowerTree.SYSTEM; level++) {
            long members = PowerTree.members(topology, core, level);
            int node = node(topology, core, level);
            LocalState from = before.state(level, members);
            LocalState to = now.state(level, members);
            if (from != to && (to != LocalState.RUN || since[node] != NEVER)) {
                changed = changed == null ? copy() : changed;
                changed.move(node, from, to, time);
            }
        }
        return changed == null ? this : changed;
    }

    /// The statistics without the stays that have just begun and ended immediately.
    Statistics without(PowerTree before, PowerTree now, MachineTopology topology, int core) {
        Statistics changed = copy();
        for (int level = PowerTree.CORE; level <= PowerTree.SYSTEM; level++) {
            long members = PowerTree.members(topology, core, level);
            if (before.state(level, members) != LocalState.RUN && now.state(level, members) == LocalState.RUN) {
                changed.since[node(topology, core, level)] = NEVER;
            }
        }
        return changed;
    }

    private Statistics copy() {
        return new Statistics(since.clone(), counts.clone(), ticks.clone());
    }

    private void move(int node, LocalState from, LocalState to, long time) {
        if (from != LocalState.RUN && since[node] != NEVER) {
            int entry = entry(node, from);
            counts[entry]++;
            // Clocks differ: the CPU that wakes a cluster may be behind the CPU that suspended last.
            ticks[entry] += Math.max(0, time - since[node]);
        }
        since[node] = to == LocalState.RUN ? NEVER : time;
    }

    /// How often a domain has left an idle state.
    ///
    /// @param core one of the cores in it
    long count(MachineTopology topology, int core, IdleState state) {
        return counts[entry(topology, core, state)];
    }

    /// The total time that a domain has been in an idle state, in microseconds.
    long residency(MachineTopology topology, int core, IdleState state) {
        return SettingText.microseconds(ticks[entry(topology, core, state)]);
    }

    private static int entry(MachineTopology topology, int core, IdleState state) {
        int level = state.deepestLevel();
        return entry(node(topology, core, level), state.at(level));
    }

    private static int entry(int node, LocalState state) {
        return node * STATES + (state == LocalState.POWER_DOWN ? 1 : 0);
    }

    private static int node(MachineTopology topology, int core, int level) {
        return switch (level) {
            case PowerTree.CORE -> core;
            case PowerTree.CLUSTER -> topology.vcpus() + core / topology.clusterSize();
            default -> topology.vcpus() + topology.clusters();
        };
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Statistics that
                && Arrays.equals(since, that.since)
                && Arrays.equals(counts, that.counts)
                && Arrays.equals(ticks, that.ticks);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(since) + Arrays.hashCode(counts);
    }

    @Override
    public String toString() {
        return "counts " + Arrays.toString(counts) + ", ticks " + Arrays.toString(ticks);
    }
}
