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

/// Supervises the actors of a machine's services, and replaces an actor that is lost.
///
/// A service's state is that of the last answer that the machine accepted ([FirmwareActor.Given#commit]). So the
/// successor of a lost actor continues from there, and behaves in the same way. If the lost actor had not answered a
/// call, the call is sent to the successor. It gets the same answer, exactly once: an answer to a call that is no
/// longer waiting is dropped.
///
/// Used only on the machine's thread.
final class FirmwareActors {

    private final ActorContext<MachineActor.Command> context;
    private final Map<String, Supervised> actors = new TreeMap<>();
    /// The call that was sent to a service's actor and is not answered yet. There is at most one, because there is
    /// one token.
    private SliceEnd.@Nullable Forwarded inFlight;
    /// Whether it was already sent to a successor.
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

    /// Lets the actor of a service crash, as its fault says.
    void crash(String service) {
        Supervised crashing = actors.get(service);
        if (crashing != null) {
            crashing.actor().tell(FirmwareActor.Crash.INSTANCE);
        }
    }

    /// Whether an answer is the expected one. If it is, it is accepted; a second answer to the same call is
    /// dropped.
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

    /// Replaces a lost actor, and sends the call that it has not answered to its successor.
    ///
    /// @return false if the lost actor did not belong to a service
    /// @throws InvariantViolation if two actors were lost while they answered one call: a third one would be lost
    ///     too
    ///
    /// @param injected whether it was lost because of a fault
    boolean replaced(ActorRef<Void> lost, boolean injected) {
        for (Map.Entry<String, Supervised> entry : actors.entrySet()) {
            if (entry.getValue().actor().path().equals(lost.path())) {
                replace(entry.getKey(), entry.getValue().host(), injected);
                return true;
            }
        }
        return false;
    }

    private void replace(String name, ServiceHost<?> host, boolean injected) {
        SliceEnd.Forwarded waiting = inFlight;
        if (waiting == null || !waiting.decision().service().equals(name)) {
            start(name, host);
            return;
        }
        if (again) {
            throw new InvariantViolation(
                    "the actor of service '" + name + "' was lost twice while it answered one call");
        }
        again = !injected;
        start(name, host);
        put(waiting);
    }
}
