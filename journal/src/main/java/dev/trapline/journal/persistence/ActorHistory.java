package dev.trapline.journal.persistence;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.ActorContext;
import dev.trapline.abi.history.History;

/// A history that an actor stores. Nothing is stored until the actor is started, which must happen once.
public interface ActorHistory extends History {

    /// The name of the actor under its parent.
    String NAME = "recording";

    /// Starts the actor.
    void startIn(Home home);

    /// Starts the actor as a child: it does not outlive its parent.
    default void startUnder(ActorContext<?> parent) {
        startIn(new Home() {
            @Override
            public <C> ActorRef<C> start(Behavior<C> behavior, DispatcherSelector dispatcher) {
                return parent.spawn(behavior, NAME, dispatcher);
            }
        });
    }

    /// Starts the actor without a parent, for a recording that is not made by a machine.
    ///
    /// @param id tells it from others of the same system
    default void startAlone(ActorSystem<?> system, String id) {
        startIn(new Home() {
            @Override
            public <C> ActorRef<C> start(Behavior<C> behavior, DispatcherSelector dispatcher) {
                return system.systemActorOf(behavior, NAME + "-" + id, dispatcher);
            }
        });
    }

    /// Where an actor can be started.
    interface Home {
        <C> ActorRef<C> start(Behavior<C> behavior, DispatcherSelector dispatcher);
    }
}
