package dev.trapline.firmware.psci;

import dev.trapline.abi.firmware.MachineTopology;

/// OS-initiated mode: the last CPU that suspends requests the state of the domains above it. The request is refused if
/// it does not match the machine's state (DEN0022 §4.2.3.2, §5.4.1).
final class OsInitiated {

    private OsInitiated() {}

    /// Checks a request. It is DENIED if a child of the domain to be suspended runs, and INVALID_PARAMETERS if a
    /// child is in a shallower state.
    ///
    /// @return SUCCESS if the request is valid
    static PsciStatus check(PowerTree tree, MachineTopology topology, int caller, IdleState idle) {
        for (int level = PowerTree.CLUSTER; level <= idle.lastLevel(); level++) {
            LocalState wanted = idle.at(level);
            long members = PowerTree.members(topology, caller, level);
            if (tree.running(members & ~(1L << caller)) != 0) {
                return PsciStatus.DENIED;
            }
            if (wanted != LocalState.RUN) {
                PsciStatus status = children(tree, topology, caller, level, wanted);
                if (status != PsciStatus.SUCCESS) {
                    return status;
                }
            }
        }
        return PsciStatus.SUCCESS;
    }

    /// Checks the children of the caller's domain at a level, except the one that contains the caller.
    private static PsciStatus children(
            PowerTree tree, MachineTopology topology, int caller, int level, LocalState wanted) {
        PsciStatus status = PsciStatus.SUCCESS;
        long rest = PowerTree.members(topology, caller, level) & ~PowerTree.members(topology, caller, level - 1);
        while (rest != 0) {
            long child = PowerTree.members(topology, Long.numberOfTrailingZeros(rest), level - 1);
            LocalState state = tree.state(level - 1, child);
            if (state == LocalState.RUN) {
                return PsciStatus.DENIED;
            }
            if (wanted.isDeeperThan(state)) {
                status = PsciStatus.INVALID_PARAMETERS;
            }
            rest &= ~child;
        }
        return status;
    }

    /// The tree after the request. The request of the last CPU applies to the whole domain; CPUs that are off still
    /// allow every state.
    static PowerTree enter(PsciState state, int caller, IdleState idle) {
        PowerTree tree = state.tree().with(PowerTree.CORE, 1L << caller, idle.at(PowerTree.CORE));
        for (int level = PowerTree.CLUSTER; level <= idle.lastLevel(); level++) {
            long members = PowerTree.members(state.topology(), caller, level);
            tree = tree.with(level, members & state.cpus().on(), idle.at(level));
        }
        return tree;
    }

    /// The tree after a CPU woke up: the domains above it run until a last CPU suspends them again.
    static PowerTree wake(PsciState state, int cpu) {
        PowerTree tree = state.tree().withRunning(1L << cpu);
        for (int level = PowerTree.CLUSTER; level <= PowerTree.SYSTEM; level++) {
            long members = PowerTree.members(state.topology(), cpu, level);
            tree = tree.with(level, members & state.cpus().on(), LocalState.RUN);
        }
        return tree;
    }
}
