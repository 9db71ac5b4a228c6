package dev.trapline.firmware.psci;

import java.util.List;

/// A composite power state that CPU_SUSPEND can request: a local state for the core, its cluster, and the system
/// (DEN0022 §4.2).
///
/// @param name for messages and settings: `cluster-power-down`
/// @param locals the local states, from the core upwards: 1 to 3, none deeper than the one before; the domains above
///     run. The last may be RUN: it then only says that the caller is the last running CPU at that level
/// @param ids the state's StateIDs: one state may have several
record IdleState(String name, List<LocalState> locals, List<Integer> ids) {

    /// The state that SYSTEM_SUSPEND requests.
    static final IdleState SYSTEM_SUSPEND = new IdleState(
            "system-suspend", List.of(LocalState.POWER_DOWN, LocalState.POWER_DOWN, LocalState.POWER_DOWN), List.of(0));

    IdleState {
        locals = List.copyOf(locals);
        ids = List.copyOf(ids);
        if (locals.isEmpty() || locals.size() > PowerTree.LEVELS) {
            throw new IllegalArgumentException("'" + name + "' has 1 to " + PowerTree.LEVELS
                    + " local states (core/cluster/system), not " + locals.size());
        }
        if (locals.getFirst() == LocalState.RUN) {
            throw new IllegalArgumentException("'" + name + "' lets the core run, so it is not an idle state");
        }
        for (int level = 1; level < locals.size(); level++) {
            if (locals.get(level).isDeeperThan(locals.get(level - 1))) {
                throw new IllegalArgumentException(
                        "'" + name + "' has a domain in a deeper state than the one within it");
            }
        }
    }

    /// The local state at a level.
    LocalState at(int level) {
        return level < locals.size() ? locals.get(level) : LocalState.RUN;
    }

    /// The highest level at which the caller says that it is the last running CPU.
    int lastLevel() {
        return locals.size() - 1;
    }

    /// The highest level that does not run: the statistics of this state are those of its domain.
    int deepestLevel() {
        int level = lastLevel();
        while (locals.get(level) == LocalState.RUN) {
            level--;
        }
        return level;
    }

    /// Whether the core loses its registers (StateType).
    boolean isPowerDown() {
        return locals.getFirst() == LocalState.POWER_DOWN;
    }
}
