package dev.trapline.architecture.sample.firmware;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import dev.trapline.architecture.sample.abi.FirmwareService;
import java.lang.foreign.Linker;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/// A service that depends on actors, waits for one, and calls foreign functions.
public final class AskingService implements FirmwareService {

    /// Asks an actor, with a timeout of a second of the host's time.
    public CompletionStage<String> ask(ActorSystem<?> system, ActorRef<ActorRef<String>> other) {
        return AskPattern.ask(other, self -> self, Duration.ofSeconds(1), system.scheduler());
    }

    /// Uses foreign functions outside the binding.
    public Linker linker() {
        return Linker.nativeLinker();
    }
}
