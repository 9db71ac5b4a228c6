package dev.trapline.firmware;

import akka.actor.typed.Behavior;
import akka.actor.typed.ExtensibleBehavior;
import akka.actor.typed.Signal;
import akka.actor.typed.TypedActorContext;
import akka.actor.typed.javadsl.Behaviors;

/// A behaviour that takes every message in one method, for a `switch` over a sealed protocol. The builders of Akka's
/// own base classes go through a list of predicates first, which a message on the path of every hypercall would pay
/// for.
///
/// @param <C> the protocol
public abstract class DirectBehavior<C> extends ExtensibleBehavior<C> {

    @Override
    public final Behavior<C> receive(TypedActorContext<C> context, C message) {
        return onMessage(message);
    }

    @Override
    public final Behavior<C> receiveSignal(TypedActorContext<C> context, Signal signal) {
        return onSignal(signal);
    }

    /// Takes a message.
    ///
    /// @return the behaviour for the next one, usually `this`
    protected abstract Behavior<C> onMessage(C message);

    /// Takes a signal of the actor system; none is handled by default.
    protected Behavior<C> onSignal(Signal signal) {
        return Behaviors.unhandled();
    }
}
