package dev.trapline.remote;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import dev.trapline.remote.MachineProtocol.Command;
import java.util.concurrent.CompletionStage;

/// Lets drivers in other processes start and run machines in this one.
///
/// It has its own actor system, with one actor for drivers. The machines' actors are in another system, which has no
/// network address: they get only the messages that [MachineDesk] passes on.
public final class MachineServer implements AutoCloseable {

    /// The name of the actor system: part of its address.
    static final String SYSTEM = "trapline";

    /// The name of the actor for drivers.
    static final String DESK = "desk";

    private final ActorSystem<Void> system;
    private final String address;

    private MachineServer(ActorSystem<Void> system, String address) {
        this.system = system;
        this.address = address;
    }

    /// Listens.
    ///
    /// @throws IllegalArgumentException if it cannot listen: the port is taken, or a store cannot be read
    public static MachineServer start(RemoteSettings settings, MachineHost host) {
        settings.context();
        ActorSystem<Void> system;
        try {
            system = ActorSystem.create(
                    Behaviors.setup(context -> {
                        ActorRef<Command> desk =
                                context.spawn(MachineDesk.create(host), DESK, DispatcherSelector.blocking());
                        context.watch(desk);
                        return Behaviors.empty();
                    }),
                    SYSTEM,
                    settings.config("/user/" + DESK).withFallback(ConfigFactory.load()));
            // WIDE: Akka rethrows its transport's exceptions, of many types
        } catch (RuntimeException e) {
            throw RemoteFailure.cannotListen(settings, e);
        }
        String own = ActorRefResolver.get(system).toSerializationFormat(system.<Void>unsafeUpcast());
        return new MachineServer(system, own.substring(0, own.indexOf("/user")));
    }

    /// The address for drivers: `akka://trapline@HOST:PORT`.
    public String address() {
        return address;
    }

    /// Completes when the server no longer listens.
    public CompletionStage<Void> whenClosed() {
        return system.getWhenTerminated().thenAccept(_ -> {});
    }

    /// Stops listening. The machines continue to run.
    @Override
    public void close() {
        system.terminate();
    }
}
