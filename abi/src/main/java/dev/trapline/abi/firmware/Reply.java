package dev.trapline.abi.firmware;

import java.util.List;
import java.util.Objects;

/// A service's answer to one call.
///
/// @param state the service's state from now on
/// @param registers what is written to the caller; ignored where an effect turns the caller off
/// @param effects in the order in which they are to be applied
public record Reply<S>(S state, RegisterWrites registers, List<Effect> effects) {

    /// @throws NullPointerException if a part is missing
    public Reply {
        Objects.requireNonNull(state, "a reply without a state");
        Objects.requireNonNull(registers, "a reply without registers: RegisterWrites.NONE writes none");
        effects = List.copyOf(effects);
    }

    /// An answer in x0 that changes nothing else.
    public static <S> Reply<S> x0(S state, long value) {
        return new Reply<>(state, RegisterWrites.x0(value), List.of());
    }

    /// An answer in registers that changes nothing else.
    public static <S> Reply<S> of(S state, RegisterWrites registers) {
        return new Reply<>(state, registers, List.of());
    }

    /// An answer by effects alone: the call does not return, or returns all registers as they were.
    public static <S> Reply<S> of(S state, Effect... effects) {
        return new Reply<>(state, RegisterWrites.NONE, List.of(effects));
    }
}
