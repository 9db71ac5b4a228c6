package dev.trapline.remote;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.trapline.abi.Visible;
import dev.trapline.abi.history.JournalRecord.Stop.Reason;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.machine.RunReport;
import dev.trapline.machine.network.NetworkSwitch;
import dev.trapline.remote.MachineProtocol.Command;
import dev.trapline.remote.MachineProtocol.Event;
import dev.trapline.vcpu.Machine;
import dev.trapline.vcpu.MachineRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The actor to which drivers send messages. It implements [MachineProtocol] for the machines of one [MachineHost].
///
/// Everyone who reaches it can send it messages, so it accepts any object, and ignores those that are not commands. A
/// command that cannot be executed is refused with a reason. Only a [MachineProtocol.Stop] ends a machine, and no
/// message ends this actor.
public final class MachineDesk extends AbstractBehavior<Object> {

    /// How many machines are remembered after their run has ended.
    private static final int REMEMBERED = 16;

    /// The largest amount of typed input that the guest has not read yet, in bytes.
    private static final int MOST_UNTYPED = 1 << 20;

    /// The largest number of commands that wait for a machine that is being started.
    private static final int MOST_WAITING = 1_000;

    /// The largest number of subscriptions of a machine. A driver that disappears leaves its subscription behind,
    /// which costs only its slot.
    private static final int MOST_SUBSCRIPTIONS = 16;

    /// A machine has printed output.
    private record News(String machine) {}

    /// A machine was started, or was not.
    ///
    /// @param run null if it was not
    /// @param failure why it was not; null if it was
    private record Begun(
            MachineProtocol.Start command,
            OutputFeed feed,
            List<String> warnings,
            @Nullable MachineRun run,
            @Nullable Throwable failure) {}

    /// @param report null if the machine could not be started
    private record RunEnded(
            String machine, MachineRun run, @Nullable RunReport report) {}

    /// A machine that a driver started.
    private static final class Session {
        private final MachineRun run;
        private final OutputFeed feed;
        private final List<Subscription> subscriptions = new ArrayList<>();
        private MachineProtocol.@Nullable Ended end;

        private Session(MachineRun run, OutputFeed feed) {
            this.run = run;
            this.feed = feed;
        }

        private void advance() {
            subscriptions.forEach(subscription -> subscription.advance(feed, end));
            subscriptions.removeIf(Subscription::isOver);
        }
    }

    private final MachineHost host;
    private final NetworkSwitch network = new NetworkSwitch();
    private final Map<String, Session> sessions = new TreeMap<>();
    /// The machines that are being started, each with the commands for it that wait.
    private final Map<String, List<Command>> starting = new TreeMap<>();
    /// Names of machines whose run has ended, in order of their ends.
    private final List<String> ended = new ArrayList<>();

    private MachineDesk(ActorContext<Object> context, MachineHost host) {
        super(context);
        this.host = host;
    }

    /// The behaviour. It needs a dispatcher that may block, because it creates machines' images and recordings.
    public static Behavior<Command> create(MachineHost host) {
        return Behaviors.<Object>setup(context -> new MachineDesk(context, host))
                .narrow();
    }

    @Override
    public Receive<Object> createReceive() {
        return newReceiveBuilder().onAnyMessage(this::onMessage).build();
    }

    private Behavior<Object> onMessage(Object message) {
        switch (message) {
            case Command command -> onCommand(command);
            case News(String machine) -> {
                Session session = sessions.get(machine);
                if (session != null) {
                    session.feed.look();
                    session.advance();
                }
            }
            case Begun begun -> onBegun(begun);
            case RunEnded(String machine, MachineRun run, @Nullable RunReport report) -> onEnded(machine, run, report);
            case ProtocolSerializer.Unreadable(String reason) ->
                getContext().getLog().warn("{}", reason);
            default ->
                getContext().getLog().warn("ignored: a message that is not a command, but a {}", message.getClass());
        }
        return this;
    }

    private void onCommand(Command command) {
        Event answer;
        try {
            List<Command> waiting = command instanceof MachineProtocol.OfMachine of ? starting.get(of.machine()) : null;
            answer = waiting == null ? answer(command) : later(command, waiting);
            // WIDE: no message ends this actor, whatever defect it meets.
        } catch (RuntimeException | OutOfMemoryError e) {
            answer = failed(command, e);
        }
        if (answer != null) {
            command.replyTo().tell(answer);
        }
    }

    private Event failed(Command command, Throwable failure) {
        String reason = RefusedException.reason(failure);
        if (reason == null) {
            getContext().getLog().error("a command failed because of a defect of Trapline", failure);
            reason = "a defect of Trapline, which the server's log describes: " + failure;
        }
        return refused(command, reason);
    }

    /// A command for a machine that is being started waits until it has been.
    private static @Nullable Event later(Command command, List<Command> waiting) {
        if (command instanceof MachineProtocol.Start start) {
            throw taken(start.machine());
        }
        if (waiting.size() >= MOST_WAITING) {
            throw new RefusedException("the machine is being started, and " + MOST_WAITING + " commands wait for it");
        }
        waiting.add(command);
        return null;
    }

    private static RefusedException taken(String name) {
        return new RefusedException("there is a machine called '" + name + "' already: choose another name");
    }

    private Event refused(Command command, String reason) {
        getContext().getLog().warn("refused, to {}: {}", command.replyTo(), Visible.line(reason));
        return new MachineProtocol.Refused(command.request(), reason);
    }

    private @Nullable Event answer(Command command) {
        return switch (command) {
            case MachineProtocol.Start start -> start(start);
            case MachineProtocol.ListMachines list ->
                new MachineProtocol.Listing(list.request(), List.copyOf(sessions.keySet()));
            case MachineProtocol.Malformed malformed -> refused(malformed, malformed.reason());
            case MachineProtocol.Type type -> type(type);
            case MachineProtocol.Inject inject -> {
                running(inject).inject(inject.what());
                yield accepted(inject);
            }
            case MachineProtocol.Reconfigure reconfigure -> {
                running(reconfigure).reconfigure(reconfigure.policy());
                yield accepted(reconfigure);
            }
            case MachineProtocol.Stop stop -> {
                running(stop).stop(Reason.INTERRUPTED);
                yield accepted(stop);
            }
            case MachineProtocol.Ask ask -> state(ask);
            case MachineProtocol.Subscribe subscribe -> {
                subscribe(subscribe);
                yield null;
            }
            case MachineProtocol.Seen seen -> {
                seen(seen);
                yield null;
            }
        };
    }

    private Event type(MachineProtocol.Type type) {
        MachineRun run = running(type);
        if (run.untyped() + type.keys().size() > MOST_UNTYPED) {
            throw new RefusedException("the guest has not taken " + run.untyped() + " bytes of typed input; at most "
                    + MOST_UNTYPED + " wait: type the rest later");
        }
        run.type(type.keys());
        return accepted(type);
    }

    private Event state(MachineProtocol.Ask ask) {
        Session session = session(ask);
        return new MachineProtocol.State(
                ask.request(),
                ask.machine(),
                session.end == null,
                session.run.progress(),
                session.feed.total(),
                session.run.untyped());
    }

    private void seen(MachineProtocol.Seen seen) {
        Session session = session(seen);
        session.subscriptions.stream()
                .filter(subscription -> subscription.is(seen.request(), seen.replyTo()))
                .forEach(subscription -> subscription.seen(seen.upTo()));
        session.advance();
    }

    private static Event accepted(Command command) {
        return new MachineProtocol.Accepted(command.request());
    }

    private Session session(MachineProtocol.OfMachine command) {
        Session session = sessions.get(command.machine());
        if (session == null) {
            throw new RefusedException("there is no machine called '" + command.machine() + "' here");
        }
        return session;
    }

    private MachineRun running(MachineProtocol.OfMachine command) {
        Session session = session(command);
        if (session.end != null) {
            throw new RefusedException("the run of machine '" + command.machine() + "' has ended");
        }
        return session.run;
    }

    private void subscribe(MachineProtocol.Subscribe wanted) {
        Session session = session(wanted);
        Subscription subscription = new Subscription(wanted);
        session.subscriptions.removeIf(is -> is.is(wanted.request(), wanted.replyTo()));
        session.subscriptions.add(subscription);
        if (session.subscriptions.size() > MOST_SUBSCRIPTIONS) {
            session.subscriptions.removeFirst().end("the subscription was replaced by newer ones: subscribe again");
        }
        session.advance();
    }

    /// Starts a machine, on a thread of its own: its services are the server's own code, and one may never return.
    /// The answer comes with [Begun].
    private @Nullable Event start(MachineProtocol.Start start) {
        String name = start.machine();
        Session before = sessions.get(name);
        if (before != null && before.end == null) {
            throw taken(name);
        }
        requireRoom(start);
        ActorRef<Object> self = getContext().getSelf();
        OutputFeed feed = new OutputFeed(() -> self.tell(new News(name)));
        List<String> warnings = new ArrayList<>();
        Machine.Builder builder = Machine.builder(host.engines(), start.spec())
                .name(name)
                .services(host.services())
                .console(feed)
                .script(start.script())
                .warnings(warnings::add)
                .storage(host.storage())
                .network(network);
        start.images().forEach(builder::image);
        if (start.recorded()) {
            builder.recordTo(recordings().resolve(name));
        }
        CompletableFuture<MachineRun> made = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("start of " + name).start(() -> {
            try {
                made.complete(builder.start(host.system()));
                // WIDE: whatever happens there is the answer to the command.
            } catch (Throwable e) {
                made.completeExceptionally(e);
            }
        });
        starting.put(name, new ArrayList<>());
        getContext().pipeToSelf(made, (run, failure) -> new Begun(start, feed, warnings, run, failure));
        return null;
    }

    private void onBegun(Begun begun) {
        MachineProtocol.Start command = begun.command();
        String name = command.machine();
        MachineRun run = begun.run();
        if (run == null) {
            Throwable why = begun.failure();
            command.replyTo().tell(failed(command, why == null ? new IllegalStateException("no machine") : why));
        } else {
            Session session = new Session(run, begun.feed());
            sessions.put(name, session);
            ended.remove(name);
            getContext().pipeToSelf(run.done(), (report, _) -> new RunEnded(name, run, report));
            command.replyTo().tell(new MachineProtocol.Started(command.request(), name, begun.warnings()));
            session.feed.look();
        }
        List<Command> waiting = starting.remove(name);
        if (waiting != null) {
            waiting.forEach(this::onCommand);
        }
    }

    private Path recordings() {
        Path directory = host.recordings();
        if (directory == null) {
            throw new RefusedException(
                    "this server does not record: it has no directory for recordings (remote.recordings)");
        }
        return directory;
    }

    private void requireRoom(MachineProtocol.Start start) {
        long running = sessions.values().stream()
                .filter(session -> session.end == null)
                .count();
        if (running + starting.size() >= host.limits().machines()) {
            throw new RefusedException("this server already runs its largest number of machines: "
                    + host.limits().machines() + "; stop one first");
        }
        if (start.spec().board().ramBytes() > host.limits().ramBytes()) {
            throw new RefusedException(
                    "a machine may have at most " + host.limits().ramBytes() + " bytes of RAM here, not "
                            + start.spec().board().ramBytes());
        }
    }

    /// Runs are compared by identity, because a name may be used again.
    @SuppressWarnings("ReferenceEquality")
    private void onEnded(String name, MachineRun run, @Nullable RunReport report) {
        Session session = sessions.get(name);
        if (session == null || session.run != run) {
            return;
        }
        session.end = end(name, session, report);
        tell(name, report);
        session.advance();
        ended.add(name);
        if (ended.size() > REMEMBERED) {
            sessions.remove(ended.removeFirst());
        }
    }

    /// A defect is described in the server's log: its service is the server's own code, and not the driver's.
    private void tell(String name, @Nullable RunReport report) {
        if (report == null) {
            return;
        }
        RunReport.Breakage breakage = report.breakage();
        if (breakage != null) {
            getContext()
                    .getLog()
                    .warn(
                            "the machine '{}' ended: {}\n{}",
                            name,
                            Visible.line(String.valueOf(report.outcome())),
                            breakage.trace());
        }
    }

    private static MachineProtocol.Ended end(String name, Session session, @Nullable RunReport report) {
        if (report == null) {
            RunOutcome why = new RunOutcome.Broken("the machine could not be started", List.of());
            return new MachineProtocol.Ended(
                    0, name, why, session.run.progress(), 0, new MachineProtocol.Digests(0, 0, 0));
        }
        return new MachineProtocol.Ended(
                0,
                name,
                report.outcome(),
                report.progress(),
                report.consoleBytes(),
                new MachineProtocol.Digests(report.registerDigest(), report.memoryDigest(), report.consoleDigest()));
    }
}
