package dev.trapline.remote;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import dev.trapline.remote.MachineProtocol.Command;
import java.util.concurrent.CompletionStage;

/// Lets drivers of other processes start and run machines in this one.
///
/// It is an actor system of its own, with one actor that drivers talk to. The machines' actors are in another system,
/// which has no address: nothing that comes through the network reaches them but what [MachineDesk] passes on.
public final class MachineServer implements AutoCloseable {

    /// The name of the actor system: part of its address.
    static final String SYSTEM = "trapline";

    /// The name of the actor that drivers talk to.
    static final String DESK = "desk";

    private final ActorSystem<Void> system;
    private final String address;

    private MachineServer(ActorSystem<Void> system, String address) {
        this.system = system;
        this.address = address;
    }

    /// Listens.
    ///
    /// @throws IllegalArgumentException if it cannot: the port is taken, or a store cannot be read
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
            // WIDE: Akka throws what its transport threw, of many types
        } catch (RuntimeException e) {
            throw RemoteFailure.cannotListen(settings, e);
        }
        String own = ActorRefResolver.get(system).toSerializationFormat(system.<Void>unsafeUpcast());
        return new MachineServer(system, own.substring(0, own.indexOf("/user")));
    }

    /// What drivers call this server: `akka://trapline@HOST:PORT`.
    public String address() {
        return address;
    }

    /// Completes when it does not listen any more.
    public CompletionStage<Void> whenClosed() {
        return system.getWhenTerminated().thenAccept(_ -> {});
    }

    /// Stops listening. The machines run on.
    @Override
    public void close() {
        system.terminate();
    }
}
