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

/// The supervised actors of a machine's services: a lost actor is replaced.
///
/// A service's state is that of the last answer that the machine accepted ([FirmwareActor.Given#commit]). So the
/// successor of a lost actor continues from there, and behaves in the same way. The call that the lost actor did not
/// answer is passed to the successor. The call gets the same answer, exactly once: an answer to a call that is no
/// longer waiting is dropped.
///
/// Used only on the machine's thread.
final class FirmwareActors {

    private final ActorContext<MachineActor.Command> context;
    private final Map<String, Supervised> actors = new TreeMap<>();
    /// The call that was put to a service's actor and is not answered; there is one token, so there is one at most.
    private SliceEnd.@Nullable Forwarded inFlight;
    /// Whether it was put to a successor already.
    private boolean again;

    /// @param host the service with its state, which outlives its actors
    private record Supervised(ServiceHost<?> host, ActorRef<FirmwareActor.Command> actor) {}

    FirmwareActors(ActorContext<MachineActor.Command> context, MachineServices services) {
        this.context = context;
        services.forEach(this::start);
    }

    private void start(String name, ServiceHost<?> host) {
        ActorRef<FirmwareActor.Command> actor =
                context.spawn(FirmwareActor.create(host), "firmware-" + name, DispatcherSelector.sameAsParent());
        context.watch(actor);
        actors.put(name, new Supervised(host, actor));
    }

    int count() {
        return actors.size();
    }

    void stop() {
        actors.values().forEach(service -> context.stop(service.actor()));
    }

    /// Sends a call to its service's actor. The answer comes as a [MachineActor.CallAnswered].
    void ask(SliceEnd.Forwarded end) {
        inFlight = end;
        again = false;
        put(end);
    }

    private void put(SliceEnd.Forwarded end) {
        Supervised service = actors.get(end.decision().service());
        if (service == null) {
            throw new InvariantViolation(
                    "the registry forwards to '" + end.decision().service() + "', which the machine does not have");
        }
        service.actor()
                .tell(new FirmwareActor.Call<>(
                        end.call(), context.getSelf(), answer -> new MachineActor.CallAnswered(end, answer)));
    }

    /// Whether an answer is the expected one. If it is, it is accepted; a second answer to the same call is not.
    boolean takes(SliceEnd.Forwarded end) {
        // Compared by identity: a guest may make an equal call again.
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
        for (Map.Entry<String, Supervised> entry : actors.entrySet()) {
            if (entry.getValue().actor().path().equals(lost.path())) {
                replace(entry.getKey(), entry.getValue().host());
                return true;
            }
        }
        return false;
    }

    private void replace(String name, ServiceHost<?> host) {
        SliceEnd.Forwarded waiting = inFlight;
        if (waiting == null || !waiting.decision().service().equals(name)) {
            start(name, host);
            return;
        }
        if (again) {
            throw new InvariantViolation("the actor of service '" + name + "' was lost twice over one call");
        }
        again = true;
        start(name, host);
        put(waiting);
    }
}
