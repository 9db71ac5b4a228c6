package dev.trapline.architecture.sample.unicorn;

import akka.actor.typed.ActorRef;

/// A binding that knows an actor.
///
/// @param listener told about nothing
public record TalkingEngine(ActorRef<String> listener) {}
