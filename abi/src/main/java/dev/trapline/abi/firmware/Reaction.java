package dev.trapline.abi.firmware;

import java.util.List;
import java.util.Objects;

/// A service's reaction to a [MachineEvent].
///
/// @param state the service's state from now on
/// @param effects in the order in which they are to be applied
public record Reaction<S>(S state, List<Effect> effects) {

    /// @throws NullPointerException if a part is missing
    public Reaction {
        Objects.requireNonNull(state, "a reaction without a state");
        effects = List.copyOf(effects);
    }

    /// A new state without effects.
    public static <S> Reaction<S> of(S state, Effect... effects) {
        return new Reaction<>(state, List.of(effects));
    }
}
