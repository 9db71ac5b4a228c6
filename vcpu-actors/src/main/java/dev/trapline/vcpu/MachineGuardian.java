package dev.trapline.vcpu;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.trapline.abi.history.JournalRecord.Stop;
import dev.trapline.machine.RunReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The parent of all machines of an actor system: it starts each machine's actor, finds the machine by its name, stops
/// it on request, and reports the outcome of its run to watchers.
///
/// If a machine's actor is lost, it is not started again: a machine cannot continue without its memory and its
/// registers. Its run ends, its name becomes free, and all other machines continue.
public final class MachineGuardian extends AbstractBehavior<MachineGuardian.Command> {

    /// The messages to the guardian.
    public sealed interface Command {}

    /// Starts a machine's actor. [Machine.Builder#start] sends it.
    record Spawn(Birth birth) implements Command {}

    /// Asks a machine's run to end at the next slice boundary. If there is no machine with that name, nothing
    /// happens.
    public record StopMachine(String name, Stop.Reason reason) implements Command {}

    /// Asks for the outcome of a machine's run. The answer is [Ended] or [Lost] at its end, or [Unknown]
    /// immediately if there is no machine with that name.
    public record Watch(String name, ActorRef<Notice> watcher) implements Command {}

    /// Asks which machines run. The answer is [Running].
    public record ListMachines(ActorRef<Running> replyTo) implements Command {}

    /// @param report null if the actor could not begin
    private record Finished(String name, @Nullable RunReport report) implements Command {}

    /// The messages to a watcher.
    public sealed interface Notice {}

    /// The run of a machine has ended, and its recording is durable.
    public record Ended(String name, RunReport report) implements Notice {}

    /// The machine's actor could not begin.
    public record Lost(String name) implements Notice {}

    /// There is no machine with this name.
    public record Unknown(String name) implements Notice {}

    /// The names of the running machines, sorted.
    public record Running(List<String> names) {
        public Running {
            names = List.copyOf(names);
        }
    }

    /// A machine to start.
    ///
    /// @param actor the behaviour of its actor
    /// @param dispatcher the name of the machine's own dispatcher
    /// @param run its handle for other threads
    record Birth(String name, Behavior<MachineActor.Command> actor, String dispatcher, RunHandle run) {}

    /// Keeps the names of machines.
    interface Names {
        /// The machine's actor has started.
        void begun(Birth birth);

        /// The machine's name is free again.
        void gone(String name);
    }

    private static final class Ward {
        private final Birth birth;
        private final List<ActorRef<Notice>> watchers = new ArrayList<>();
        /// Set when the run has ended.
        private @Nullable Notice end;
        /// Whether the actor has stopped.
        private boolean gone;

        private Ward(Birth birth) {
            this.birth = birth;
        }

        private void watch(ActorRef<Notice> watcher) {
            if (end == null) {
                watchers.add(watcher);
            } else {
                watcher.tell(end);
            }
        }

        private void ended(Notice how) {
            end = how;
            watchers.forEach(watcher -> watcher.tell(how));
            watchers.clear();
        }
    }

    private final Names names;
    private final Map<String, Ward> wards = new TreeMap<>();

    private MachineGuardian(ActorContext<Command> context, Names names) {
        super(context);
        this.names = names;
    }

    static Behavior<Command> create(Names names) {
        return Behaviors.setup(context -> new MachineGuardian(context, names));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onAnyMessage(this::onCommand)
                .onSignal(Terminated.class, gone -> onGone(gone.getRef().path().name()))
                .build();
    }

    private Behavior<Command> onCommand(Command command) {
        switch (command) {
            case Spawn(Birth birth) -> spawn(birth);
            case StopMachine(String name, Stop.Reason reason) -> {
                Ward ward = wards.get(name);
                if (ward != null) {
                    ward.birth.run().stop(reason);
                }
            }
            case Watch(String name, ActorRef<Notice> watcher) -> {
                Ward ward = wards.get(name);
                if (ward == null) {
                    watcher.tell(new Unknown(name));
                } else {
                    ward.watch(watcher);
                }
            }
            case ListMachines(ActorRef<Running> replyTo) -> replyTo.tell(new Running(List.copyOf(wards.keySet())));
            case Finished(String name, @Nullable RunReport report) -> {
                Ward ward = wards.get(name);
                if (ward != null) {
                    ward.ended(report == null ? new Lost(name) : new Ended(name, report));
                    forget(name, ward);
                }
            }
        }
        return this;
    }

    private void spawn(Birth birth) {
        ActorRef<MachineActor.Command> actor =
                getContext().spawn(birth.actor(), birth.name(), DispatcherSelector.fromConfig(birth.dispatcher()));
        getContext().watch(actor);
        wards.put(birth.name(), new Ward(birth));
        names.begun(birth);
        getContext().pipeToSelf(birth.run().report(), (report, _) -> new Finished(birth.name(), report));
        actor.tell(MachineActor.Begin.INSTANCE);
    }

    private Behavior<Command> onGone(String name) {
        Ward ward = wards.get(name);
        if (ward != null) {
            ward.gone = true;
            ward.birth.run().report().completeExceptionally(Machines.couldNotBegin(name));
            forget(name, ward);
        }
        return this;
    }

    /// Frees the name if the run has ended and the actor has stopped.
    private void forget(String name, Ward ward) {
        if (ward.gone && ward.end != null) {
            wards.remove(name);
            names.gone(name);
        }
    }
}
