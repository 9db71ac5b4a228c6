package dev.trapline.vcpu;

import akka.actor.typed.ActorRef;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.ActorContext;
import dev.trapline.abi.InvariantViolation;
import dev.trapline.firmware.FirmwareActor;
import dev.trapline.machine.SliceEnd;
import dev.trapline.machine.firmware.MachineServices;
import dev.trapline.machine.firmware.ServiceHost;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The actors of a machine's services, supervised: one that is lost is replaced.
///
/// A service's state is what its last answer left that the machine took ([FirmwareActor.Given#commit]), so a successor
/// begins where the lost actor's last answer ended, and nobody can tell the two apart. The call that the lost actor was
/// to answer is put to the successor. It gets the answer that it would have got, and exactly one: what arrives for a call
/// that is no longer waited for is dropped.
///
/// Used on the machine's thread alone.
final class FirmwareActors {

    private final ActorContext<MachineActor.Command> context;
    private final Map<String, ServiceHost<?>> hosts = new TreeMap<>();
    private final Map<String, ActorRef<FirmwareActor.Command>> actors = new TreeMap<>();
    /// The call that was put to a service's actor and is not answered; there is one token, so there is one at most.
    private SliceEnd.@Nullable Forwarded inFlight;
    /// Whether it was put to a successor already.
    private boolean again;

    FirmwareActors(ActorContext<MachineActor.Command> context, MachineServices services) {
        this.context = context;
        services.forEach((name, host) -> {
            hosts.put(name, host);
            start(name, host);
        });
    }

    private void start(String name, ServiceHost<?> host) {
        ActorRef<FirmwareActor.Command> actor =
                context.spawn(FirmwareActor.create(host), "firmware-" + name, DispatcherSelector.sameAsParent());
        context.watch(actor);
        actors.put(name, actor);
    }

    int count() {
        return actors.size();
    }

    void stop() {
        actors.values().forEach(context::stop);
    }

    /// Puts a call to its service's actor. The answer comes as a [MachineActor.CallAnswered].
    void ask(SliceEnd.Forwarded end) {
        inFlight = end;
        again = false;
        put(end);
    }

    private void put(SliceEnd.Forwarded end) {
        ActorRef<FirmwareActor.Command> actor = actors.get(end.decision().service());
        if (actor == null) {
            throw new InvariantViolation("the registry forwards to '"
                    + end.decision().service() + "', which the machine does not have");
        }
        actor.tell(new FirmwareActor.Call<>(
                end.call(), context.getSelf(), answer -> new MachineActor.CallAnswered(end, answer)));
    }

    /// Whether an answer is the one that is waited for. If it is, it is taken: a second one to the same call is not.
    boolean takes(SliceEnd.Forwarded end) {
        // The very call: a guest may make an equal one again.
        if (!isInFlight(end)) {
            return false;
        }
        inFlight = null;
        return true;
    }

    @SuppressWarnings("ReferenceEquality")
    private boolean isInFlight(SliceEnd.Forwarded end) {
        return inFlight == end;
    }

    /// Replaces the actor that was lost, and puts the call to the successor that the lost one has not answered.
    ///
    /// @return false if the lost actor was no service's
    /// @throws InvariantViolation if two actors were lost over one call: a third one would be lost as well
    boolean replaced(ActorRef<Void> lost) {
        String name = serviceOf(lost);
        if (name == null) {
            return false;
        }
        SliceEnd.Forwarded waiting = inFlight;
        boolean ofThis =
                waiting != null && waiting.decision().service().equals(name);
        if (ofThis && again) {
            throw new InvariantViolation("the actor of service '" + name + "' was lost twice over one call");
        }
        start(name, hosts.get(name));
        if (ofThis) {
            again = true;
            put(waiting);
        }
        return true;
    }

    private @Nullable String serviceOf(ActorRef<Void> lost) {
        for (Map.Entry<String, ActorRef<FirmwareActor.Command>> entry : actors.entrySet()) {
            if (entry.getValue().path().equals(lost.path())) {
                return entry.getKey();
            }
        }
        return null;
    }
}
