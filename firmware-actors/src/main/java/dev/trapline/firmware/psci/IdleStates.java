package dev.trapline.firmware.psci;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The composite power states of a machine, by their `power_state` parameter (DEN0022 §5.4.2).
///
/// ```text
/// original   31..26  25..24      23..17  16         15..0
///              0     PowerLevel    0     StateType  StateID
/// extended   31  30         29..28  27..0
///             0  StateType    0     StateID
/// ```
///
/// @param format the format of `power_state`
/// @param all the states; no two have the same `power_state` or the same local states
record IdleStates(Format format, List<IdleState> all) {

    /// The two formats. PSCI_FEATURES of CPU_SUSPEND reports which one is used.
    enum Format {
        ORIGINAL(0xffff, 16, 24),
        EXTENDED(0x0fff_ffff, 30, -1);

        private final int idMask;
        private final int typeShift;
        private final int levelShift;

        Format(int idMask, int typeShift, int levelShift) {
            this.idMask = idMask;
            this.typeShift = typeShift;
            this.levelShift = levelShift;
        }

        /// `power_state` without a StateID.
        private int encode(IdleState state) {
            int level = levelShift < 0 ? 0 : state.lastLevel() << levelShift;
            return level | (state.isPowerDown() ? 1 << typeShift : 0);
        }

        private boolean isAskedFor(IdleState state, int powerState) {
            return (powerState & ~idMask) == encode(state) && state.ids().contains(powerState & idMask);
        }

        private boolean sharesAnId(IdleState one, IdleState other) {
            return encode(one) == encode(other) && one.ids().stream().anyMatch(other.ids()::contains);
        }
    }

    IdleStates {
        all = List.copyOf(all);
        List<IdleState> before = new ArrayList<>();
        for (IdleState state : all) {
            for (int id : state.ids()) {
                if ((id & ~format.idMask) != 0) {
                    throw new IllegalArgumentException("'" + state.name() + "' has the StateID 0x"
                            + Integer.toHexString(id) + ", but in this format it can be 0x"
                            + Integer.toHexString(format.idMask) + " at most");
                }
            }
            for (IdleState other : before) {
                if (other.name().equals(state.name())
                        || other.locals().equals(state.locals())
                        || format.sharesAnId(other, state)) {
                    throw new IllegalArgumentException("'" + state.name() + "' and '" + other.name()
                            + "' have the same name, local states or power_state: each of these must differ");
                }
            }
            before.add(state);
        }
    }

    /// The `power_state` parameter that requests a state, with the first of its StateIDs.
    int powerState(IdleState state) {
        return format.encode(state) | state.ids().getFirst();
    }

    /// The state that a `power_state` parameter requests; null if there is none.
    @Nullable
    IdleState find(int powerState) {
        for (int k = 0; k < all.size(); k++) {
            if (format.isAskedFor(all.get(k), powerState)) {
                return all.get(k);
            }
        }
        return null;
    }

    /// The state of this name; null if there is none.
    @Nullable
    IdleState named(String name) {
        return all.stream()
                .filter(state -> state.name().equals(name))
                .findFirst()
                .orElse(null);
    }
}
