package dev.trapline.architecture.sample.unicorn;

import akka.actor.typed.ActorRef;

/// Constants of the engine that everybody may read, and an actor where none belongs.
///
/// @param listener told about nothing
public record PublicConstants(ActorRef<String> listener) {}
