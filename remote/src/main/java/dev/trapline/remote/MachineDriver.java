package dev.trapline.remote;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import com.typesafe.config.ConfigFactory;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.policy.Policy;
import dev.trapline.remote.MachineProtocol.Command;
import dev.trapline.remote.MachineProtocol.Event;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Drives machines in another process: the client of [MachineServer]. Thread-safe.
///
/// A missing answer is not an error here: a caller that waits for an answer sets its own time limit.
public final class MachineDriver implements AutoCloseable {

    private static final String SYSTEM = "trapline-driver";

    private static final Pattern ADDRESS =
            Pattern.compile("akka://" + MachineServer.SYSTEM + "@([^@/:]+|\\[[0-9a-fA-F:]+\\]):([0-9]{1,5})");

    private sealed interface Told {}

    /// A command to send, and the receiver of its answer.
    private record Send(long request, Command command, CompletableFuture<Event> answer) implements Told {}

    private record Listen(long request, MachineProtocol.Subscribe command, Consumer<Event> listener) implements Told {}

    private record Heard(Event event) implements Told {}

    private final ActorSystem<Told> system;
    private final ActorRef<Event> ear;
    private final AtomicLong requests = new AtomicLong();

    private MachineDriver(ActorSystem<Told> system, ActorRef<Event> ear) {
        this.system = system;
        this.ear = ear;
    }

    /// Makes a driver. The driver listens on a port of its own, because the server opens a connection for its
    /// answers.
    ///
    /// @param own how others reach this process
    /// @param server the server's [MachineServer#address]
    /// @throws IllegalArgumentException if this process cannot listen, the address is invalid, nothing listens
    ///     there, or one side does not accept the other's certificate
    public static MachineDriver connect(RemoteSettings own, String server) {
        Matcher parts = ADDRESS.matcher(server);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "the address of a server is akka://" + MachineServer.SYSTEM + "@HOST:PORT, not '" + server + "'");
        }
        Handshake.require(own, parts.group(1), Integer.parseInt(parts.group(2)));
        String desk = server + "/user/" + MachineServer.DESK;
        CompletableFuture<ActorRef<Event>> ear = new CompletableFuture<>();
        ActorSystem<Told> system;
        try {
            system = ActorSystem.create(
                    Behaviors.setup(context -> new Ear(context, desk, ear)),
                    SYSTEM,
                    own.config("/user/" + MachineServer.DESK).withFallback(ConfigFactory.load()));
            // WIDE: as for a server
        } catch (RuntimeException e) {
            throw RemoteFailure.cannotListen(own, e);
        }
        return new MachineDriver(system, ear.join());
    }

    /// Starts a machine.
    public CompletionStage<Event> start(
            String machine, MachineSpec spec, List<Image> images, Bytes script, boolean recorded) {
        return send(n -> new MachineProtocol.Start(n, ear, machine, spec, images, script, recorded));
    }

    public CompletionStage<Event> type(String machine, Bytes keys) {
        return send(n -> new MachineProtocol.Type(n, ear, machine, keys));
    }

    public CompletionStage<Event> inject(String machine, Injection what) {
        return send(n -> new MachineProtocol.Inject(n, ear, machine, what));
    }

    public CompletionStage<Event> reconfigure(String machine, Policy policy) {
        return send(n -> new MachineProtocol.Reconfigure(n, ear, machine, policy));
    }

    public CompletionStage<Event> ask(String machine) {
        return send(n -> new MachineProtocol.Ask(n, ear, machine));
    }

    public CompletionStage<Event> stop(String machine) {
        return send(n -> new MachineProtocol.Stop(n, ear, machine));
    }

    public CompletionStage<Event> machines() {
        return send(n -> new MachineProtocol.ListMachines(n, ear));
    }

    /// Sends a machine's output, from its first byte on, and the end of its run to a listener, or the reason why
    /// that is impossible.
    ///
    /// @param listener called by one thread at a time; must not block
    public void subscribe(String machine, Consumer<Event> listener) {
        long number = requests.getAndIncrement();
        system.tell(new Listen(number, new MachineProtocol.Subscribe(number, ear, machine, 0), listener));
    }

    private CompletionStage<Event> send(LongFunction<Command> command) {
        long number = requests.getAndIncrement();
        CompletableFuture<Event> answer = new CompletableFuture<>();
        system.tell(new Send(number, command.apply(number), answer));
        return answer;
    }

    /// Drops all unanswered commands. Machines continue to run.
    @Override
    public void close() {
        system.terminate();
    }

    /// Sends commands and receives the answers.
    private static final class Ear extends AbstractBehavior<Told> {
        private final ActorRef<Command> desk;
        private final ActorRef<Event> self;
        private final Map<Long, CompletableFuture<Event>> waiting = new TreeMap<>();
        private final Map<Long, Consumer<Event>> listeners = new TreeMap<>();

        private Ear(ActorContext<Told> context, String desk, CompletableFuture<ActorRef<Event>> ear) {
            super(context);
            this.desk = ActorRefResolver.get(context.getSystem()).resolveActorRef(desk);
            this.self = context.messageAdapter(Event.class, Heard::new);
            ear.complete(self);
        }

        @Override
        public Receive<Told> createReceive() {
            return newReceiveBuilder().onAnyMessage(this::onTold).build();
        }

        private Behavior<Told> onTold(Told told) {
            switch (told) {
                case Send(long request, Command command, CompletableFuture<Event> answer) -> {
                    waiting.put(request, answer);
                    desk.tell(command);
                }
                case Listen(long request, MachineProtocol.Subscribe command, Consumer<Event> listener) -> {
                    listeners.put(request, listener);
                    desk.tell(command);
                }
                case Heard(Event event) -> heard(event);
            }
            return this;
        }

        private void heard(Event event) {
            CompletableFuture<Event> answer = waiting.remove(event.request());
            if (answer != null) {
                answer.complete(event);
            }
            Consumer<Event> listener = listeners.get(event.request());
            if (listener == null) {
                return;
            }
            listener.accept(event);
            switch (event) {
                case MachineProtocol.Printed printed ->
                    desk.tell(new MachineProtocol.Seen(
                            printed.request(),
                            self,
                            printed.machine(),
                            printed.offset() + printed.text().size()));
                case MachineProtocol.Ended _, MachineProtocol.Refused _ -> listeners.remove(event.request());
                case MachineProtocol.Started _,
                        MachineProtocol.Accepted _,
                        MachineProtocol.State _,
                        MachineProtocol.Listing _ -> {}
            }
        }
    }
}
