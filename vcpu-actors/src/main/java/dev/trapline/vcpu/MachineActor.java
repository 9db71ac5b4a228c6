package dev.trapline.vcpu;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.ChildFailed;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.PostStop;
import akka.actor.typed.Signal;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.ServiceFailure;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.firmware.FirmwareActor;
import dev.trapline.journal.persistence.ActorHistory;
import dev.trapline.machine.Controls;
import dev.trapline.machine.MachineCore;
import dev.trapline.machine.MachineParts;
import dev.trapline.machine.RunReport;
import dev.trapline.machine.SliceEnd;
import dev.trapline.machine.VcpuCommand;
import dev.trapline.machine.firmware.ServiceGate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// The actor of a machine, a child of [MachineGuardian]. It is the parent of the machine's vCPUs and firmware actors,
/// all on one thread, and of the actor that stores its history, which has its own threads. It makes no decisions:
/// [MachineCore] decides, and this actor executes.
final class MachineActor extends AbstractOnMessageBehavior<MachineActor.Command>
        implements MachineCore.Surroundings, VcpuActor.Desk {

    /// The messages to a machine.
    sealed interface Command {}

    /// Power on.
    enum Begin implements Command {
        INSTANCE
    }

    /// A slice ended with an exit that the machine handles itself.
    record SliceEnded(SliceEnd.Own end) implements Command {}

    /// A slice ended with a forwarded hypercall, and this is its answer.
    record CallAnswered(SliceEnd.Forwarded end, FirmwareActor.Answer answer) implements Command {}

    /// The history may have credit again.
    enum Resume implements Command {
        INSTANCE
    }

    /// The run ended while a vCPU settled its slice. The machine can stop its children only while it handles a
    /// message of its own.
    private enum StopChildren implements Command {
        INSTANCE
    }

    private record HistoryClosed(@Nullable String failure) implements Command {}

    private static final int NONE = -1;

    private final ActorContext<Command> context;
    private final MachineParts parts;
    private final CompletableFuture<RunReport> done;
    private final MachineCore core;
    private final List<ActorRef<VcpuCommand>> vcpus = new ArrayList<>();
    private final FirmwareActors firmware;
    private final @Nullable MachineDispatcher dispatcher;
    /// The vCPU that settles a slice; [#NONE] while this actor handles a message.
    private int settling = NONE;
    /// The next slice for this vCPU.
    private VcpuCommand.@Nullable Grant kept;

    private long startNanos;
    private long hostNanos;
    private int childrenLeft;
    private boolean ending;

    private MachineActor(ActorContext<Command> context, MachineParts parts, CompletableFuture<RunReport> done) {
        super(context);
        this.context = context;
        this.parts = parts;
        this.done = done;
        this.core = parts.core(this);
        this.dispatcher = context.getExecutionContext() instanceof MachineDispatcher ours ? ours : null;
        if (parts.history() instanceof ActorHistory stored) {
            stored.startUnder(context);
        }
        this.firmware = new FirmwareActors(context, parts.services());
        for (int index = 0; index < parts.spec().cpus().count(); index++) {
            VcpuId id = new VcpuId(index);
            vcpus.add(watched(VcpuActor.create(parts.vcpu(id), this), id.toString()));
        }
        ActorRef<Command> self = context.getSelf();
        parts.history().onCredit(() -> self.tell(Resume.INSTANCE));
        parts.controls().onTakeover(new Takeover());
    }

    static Behavior<Command> create(MachineParts parts, CompletableFuture<RunReport> done) {
        return Behaviors.setup(context -> new MachineActor(context, parts, done));
    }

    private final class Takeover implements Controls.Takeover {
        @Override
        public void end(RunOutcome how, String trace) {
            hostNanos = System.nanoTime() - startNanos;
            core.takeOver(how, trace);
        }

        @Override
        public RunReport report(@Nullable String storageFailure) {
            return core.report(storageFailure, parts.memory().digest(), hostNanos);
        }
    }

    @Override
    public Behavior<Command> onSignal(Signal signal) {
        return switch (signal) {
            case ChildFailed failed -> onChildGone(failed.getRef(), failed.getCause());
            case Terminated gone -> onChildGone(gone.getRef(), null);
            case PostStop _ -> onStopped();
            default -> Behaviors.unhandled();
        };
    }

    @Override
    public Behavior<Command> onMessage(Command command) {
        if (ending && !(command instanceof HistoryClosed) && command != StopChildren.INSTANCE) {
            // The slice was running when the run failed: the history has already ended.
            return this;
        }
        try {
            switch (command) {
                case Begin _ -> {
                    startNanos = System.nanoTime();
                    core.begin();
                }
                case SliceEnded(SliceEnd.Own end) -> core.sliceEnded(end);
                case CallAnswered(SliceEnd.Forwarded end, FirmwareActor.Answer answer) -> onAnswered(end, answer);
                case Resume _ -> core.resume();
                case StopChildren _ -> stopChildren();
                case HistoryClosed(@Nullable String failure) -> {
                    return report(failure);
                }
            }
            // WIDE: any failure here ends this machine, with its last events printed, and no other machine
        } catch (ServiceGate.TakenOver _) {
            ended();
        } catch (RuntimeException | Error e) {
            core.fail(e);
        }
        return this;
    }

    @Override
    public boolean isQuiet() {
        return dispatcher != null && dispatcher.isQuiet();
    }

    @Override
    public VcpuCommand.@Nullable Grant settle(SliceEnd ended) {
        conclude(ended, true);
        VcpuCommand.Grant next = kept;
        kept = null;
        return ending ? null : next;
    }

    @Override
    public void send(SliceEnd ended) {
        conclude(ended, false);
    }

    /// @param inPlace whether now, without a message
    private void conclude(SliceEnd ended, boolean inPlace) {
        if (ending) {
            return;
        }
        settling = ended.slice().vcpu().index();
        try {
            switch (core.faulted(ended)) {
                case SliceEnd.Own end -> {
                    if (inPlace) {
                        core.sliceEnded(end);
                    } else {
                        context.getSelf().tell(new SliceEnded(end));
                    }
                }
                case SliceEnd.Forwarded end -> {
                    if (inPlace) {
                        core.answerInPlace(end);
                    } else {
                        firmware.ask(end);
                    }
                }
            }
            // WIDE: as in onMessage
        } catch (ServiceGate.TakenOver _) {
            ended();
        } catch (RuntimeException | Error e) {
            core.fail(e);
        } finally {
            settling = NONE;
        }
    }

    @Override
    public void crash(String service) {
        firmware.crash(service);
    }

    private void onAnswered(SliceEnd.Forwarded end, FirmwareActor.Answer answer) {
        if (!firmware.takes(end)) {
            return;
        }
        switch (answer) {
            case FirmwareActor.Given<?> given -> {
                given.commit();
                core.answered(end, given.reply());
            }
            case FirmwareActor.Failed(ServiceFailure failure) -> core.serviceFailed(end, failure);
        }
    }

    @Override
    public void tell(VcpuId vcpu, VcpuCommand command) {
        // A vCPU must handle earlier commands before its grant. While such a command is queued, the thread is not
        // quiet.
        if (command instanceof VcpuCommand.Grant grant && vcpu.index() == settling && isQuiet()) {
            kept = grant;
        } else {
            vcpus.get(vcpu.index()).tell(command);
        }
    }

    /// Ends the run. The children stop first, so that no engine uses the memory any more; then the history is
    /// closed.
    @Override
    public void ended() {
        ending = true;
        hostNanos = System.nanoTime() - startNanos;
        childrenLeft = vcpus.size() + firmware.count();
        if (settling == NONE) {
            stopChildren();
        } else {
            context.getSelf().tell(StopChildren.INSTANCE);
        }
    }

    private void stopChildren() {
        vcpus.forEach(context::stop);
        firmware.stop();
    }

    /// Handles the loss of one of the machine's actors: docs/actors.md, "Supervision".
    private Behavior<Command> onChildGone(ActorRef<Void> lost, @Nullable Throwable cause) {
        if (!ending) {
            try {
                if (cause instanceof ServiceGate.TakenOver) {
                    ended();
                } else if (firmware.replaced(lost, cause instanceof FirmwareActor.InjectedCrash)) {
                    if (!(cause instanceof FirmwareActor.InjectedCrash)) {
                        context.getLog()
                                .warn(
                                        "{} was lost, and is replaced: {}",
                                        lost.path().name(),
                                        why(cause));
                    }
                    return this;
                } else {
                    core.fail(cause == null ? new InvariantViolation("an actor of the machine stopped") : cause);
                }
            } catch (InvariantViolation beyond) {
                core.fail(beyond);
            }
        }
        if (--childrenLeft == 0) {
            context.pipeToSelf(parts.history().close(), (_, failure) -> new HistoryClosed(reason(failure)));
        }
        return this;
    }

    private static String why(@Nullable Throwable cause) {
        return cause == null ? "it was stopped" : cause.toString();
    }

    static @Nullable String reason(@Nullable Throwable failure) {
        if (failure == null) {
            return null;
        }
        Throwable why = failure instanceof CompletionException wrapper && wrapper.getCause() != null
                ? wrapper.getCause()
                : failure;
        String message = why.getMessage();
        return message == null ? why.toString() : message;
    }

    private Behavior<Command> report(@Nullable String failure) {
        if (!done.isDone()) {
            done.complete(core.report(failure, parts.memory().digest(), hostNanos));
        }
        parts.close();
        return Behaviors.stopped();
    }

    /// Completes the run's future if it is not complete, so that a caller is always notified of the end, even if
    /// this actor is lost or its system is shut down. The children have already stopped: no engine uses the memory
    /// any more, and the history keeps the part that was stored.
    private Behavior<Command> onStopped() {
        if (!done.isDone()) {
            core.finish(new RunOutcome.Interrupted());
            report("the machine's actor was stopped, or its actor system was shut down, while the machine ran: stop"
                    + " the machine first");
        }
        return this;
    }

    private <C> ActorRef<C> watched(Behavior<C> behavior, String name) {
        ActorRef<C> child = context.spawn(behavior, name, DispatcherSelector.sameAsParent());
        context.watch(child);
        return child;
    }
}
