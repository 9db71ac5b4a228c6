package dev.trapline.firmware.psci;

import dev.trapline.abi.Mpidr;
import dev.trapline.abi.firmware.MachineTopology;

/// The power-domain tree: cores (level 0), clusters (level 1), the system (level 2).
///
/// It contains, for each core, the deepest state that the core allows at each level: for each level, the set of cores
/// that allow standby, and the set of cores that allow power-down. A domain's state is the shallowest that any of its
/// cores allows, as platform-coordinated mode requires (DEN0022 §4.2.3.1). Cores are bits, by vCPU index.
///
/// @param standby0 cores that allow at least standby at level 0: those that do not run
/// @param down0 cores that allow power-down at level 0: those without power. The other parameters are the same for
///     levels 1 and 2
record PowerTree(long standby0, long down0, long standby1, long down1, long standby2, long down2) {

    static final int CORE = 0;
    static final int CLUSTER = 1;
    static final int SYSTEM = 2;
    static final int LEVELS = 3;

    /// The highest affinity level of MPIDR. The tree ends at [#SYSTEM]; AFFINITY_INFO may accept the level above
    /// it.
    static final int HIGHEST_AFFINITY_LEVEL = 3;

    private static final int AFF_BITS = 8;

    /// A tree in which these cores and the domains above them are off, and the other cores run.
    static PowerTree off(long cores) {
        return new PowerTree(cores, cores, cores, cores, cores, cores);
    }

    /// The tree after these cores allow a state, and shallower ones, at a level.
    PowerTree with(int level, long cores, LocalState most) {
        boolean standby = most != LocalState.RUN;
        boolean down = most == LocalState.POWER_DOWN;
        return switch (level) {
            case CORE ->
                new PowerTree(put(standby0, cores, standby), put(down0, cores, down), standby1, down1, standby2, down2);
            case CLUSTER ->
                new PowerTree(standby0, down0, put(standby1, cores, standby), put(down1, cores, down), standby2, down2);
            default ->
                new PowerTree(standby0, down0, standby1, down1, put(standby2, cores, standby), put(down2, cores, down));
        };
    }

    private static long put(long set, long cores, boolean in) {
        return in ? set | cores : set & ~cores;
    }

    /// The tree after these cores went off.
    PowerTree withOff(long cores) {
        return new PowerTree(
                standby0 | cores, down0 | cores, standby1 | cores, down1 | cores, standby2 | cores, down2 | cores);
    }

    /// The tree in which these cores and all domains above them run.
    PowerTree withRunning(long cores) {
        return new PowerTree(
                standby0 & ~cores,
                down0 & ~cores,
                standby1 & ~cores,
                down1 & ~cores,
                standby2 & ~cores,
                down2 & ~cores);
    }

    /// The state of a domain.
    ///
    /// @param members all cores in it
    LocalState state(int level, long members) {
        if ((members & ~standby(level)) != 0) {
            return LocalState.RUN;
        }
        return (members & ~down(level)) != 0 ? LocalState.STANDBY : LocalState.POWER_DOWN;
    }

    /// The cores that run.
    long running(long members) {
        return members & ~standby0;
    }

    private long standby(int level) {
        return switch (level) {
            case CORE -> standby0;
            case CLUSTER -> standby1;
            default -> standby2;
        };
    }

    private long down(int level) {
        return switch (level) {
            case CORE -> down0;
            case CLUSTER -> down1;
            default -> down2;
        };
    }

    /// All cores of the domain that a core belongs to.
    static long members(MachineTopology topology, int core, int level) {
        return switch (level) {
            case CORE -> 1L << core;
            case CLUSTER -> topology.membersOf(core / topology.clusterSize());
            default -> all(topology);
        };
    }

    /// All cores of the machine.
    static long all(MachineTopology topology) {
        return -1L >>> (Long.SIZE - topology.vcpus());
    }

    /// A set with the core that has these affinity fields; empty if there is none.
    static long core(MachineTopology topology, long affinity) {
        return instance(topology, affinity, CORE);
    }

    /// The cores of an affinity instance (DEN0022 §5.7); empty if there is none.
    ///
    /// @param affinity affinity fields, all other bits zero; fields below the level are ignored
    /// @param level 0 to [#HIGHEST_AFFINITY_LEVEL]
    static long instance(MachineTopology topology, long affinity, int level) {
        if ((affinity & ~Mpidr.AFFINITY_MASK) != 0) {
            return 0;
        }
        if (level == HIGHEST_AFFINITY_LEVEL) {
            return affinity >>> Integer.SIZE == 0 ? all(topology) : 0;
        }
        if (affinity >>> (2 * AFF_BITS) != 0) {
            return 0;
        }
        if (level == SYSTEM) {
            return all(topology);
        }
        int cluster = (int) (affinity >>> AFF_BITS);
        if (cluster >= topology.clusters()) {
            return 0;
        }
        if (level == CLUSTER) {
            return topology.membersOf(cluster);
        }
        int within = (int) (affinity & 0xff);
        int core = cluster * topology.clusterSize() + within;
        return within < topology.clusterSize() && core < topology.vcpus() ? 1L << core : 0;
    }
}
