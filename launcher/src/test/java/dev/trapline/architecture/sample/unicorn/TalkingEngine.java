package dev.trapline.architecture.sample.unicorn;

import akka.actor.typed.ActorRef;

/// A binding that depends on an actor.
///
/// @param listener not used
public record TalkingEngine(ActorRef<String> listener) {}
