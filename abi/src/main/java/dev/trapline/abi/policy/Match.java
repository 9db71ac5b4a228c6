package dev.trapline.abi.policy;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/// A part of the match space: conduit × #imm × function identifier × execution state.
///
/// @param conduits which of them; not empty
/// @param immediate the #imm, 0 to 65535
/// @param functions which function identifiers
/// @param states which of them; not empty
public record Match(Set<Conduit> conduits, int immediate, Functions functions, Set<ExecutionState> states) {

    private static final int LAST_IMMEDIATE = 0xffff;

    public Match {
        if (immediate < 0 || immediate > LAST_IMMEDIATE) {
            throw new IllegalArgumentException("an immediate is 0 to " + LAST_IMMEDIATE + ", not " + immediate);
        }
        if (conduits.isEmpty() || states.isEmpty()) {
            throw new IllegalArgumentException("a match without conduit or execution state names no call");
        }
        conduits = Collections.unmodifiableSet(EnumSet.copyOf(conduits));
        states = Collections.unmodifiableSet(EnumSet.copyOf(states));
    }

    /// SMCCC calls of these functions, by both conduits and from every state.
    public static Match of(Functions functions) {
        return new Match(EnumSet.allOf(Conduit.class), 0, functions, EnumSet.allOf(ExecutionState.class));
    }

    /// Calls by one conduit with this #imm, whatever their registers hold.
    public static Match of(Conduit conduit, int immediate) {
        return new Match(EnumSet.of(conduit), immediate, new Functions.Any(), EnumSet.allOf(ExecutionState.class));
    }

    @Override
    public String toString() {
        String text = functions.toString();
        if (immediate != 0) {
            text += " with #imm " + immediate;
        }
        if (conduits.size() == 1) {
            text += " by " + names(conduits);
        }
        if (states.size() < ExecutionState.values().length) {
            text += " from " + names(states);
        }
        return text;
    }

    private static String names(Set<? extends Enum<?>> some) {
        return some.stream().sorted().map(Enum::name).collect(Collectors.joining(" and "));
    }
}
