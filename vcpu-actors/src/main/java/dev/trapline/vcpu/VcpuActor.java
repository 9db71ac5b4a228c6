package dev.trapline.vcpu;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.Signal;
import dev.trapline.abi.InvariantViolation;
import dev.trapline.firmware.DirectBehavior;
import dev.trapline.firmware.FirmwareActor;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One CPU of the machine: runs the slices it is granted, asks the registry about each hypercall, and sends it where it
/// belongs.
final class VcpuActor extends DirectBehavior<VcpuCommand> {

    private final VcpuLogic logic;
    private final Map<String, ActorRef<FirmwareActor.Command>> firmware;
    private final ActorRef<MachineActor.Command> machine;

    /// The service that was called last, and its actor: calls in a row go to the same one.
    private String lastService = "";

    private @Nullable ActorRef<FirmwareActor.Command> lastActor;

    private VcpuActor(
            VcpuLogic logic,
            Map<String, ActorRef<FirmwareActor.Command>> firmware,
            ActorRef<MachineActor.Command> machine) {
        this.logic = logic;
        this.firmware = firmware;
        this.machine = machine;
    }

    static Behavior<VcpuCommand> create(
            VcpuLogic logic,
            Map<String, ActorRef<FirmwareActor.Command>> firmware,
            ActorRef<MachineActor.Command> machine) {
        return new VcpuActor(logic, firmware, machine);
    }

    @Override
    protected Behavior<VcpuCommand> onSignal(Signal signal) {
        if (signal instanceof PostStop) {
            logic.powerOff();
            return this;
        }
        return super.onSignal(signal);
    }

    @Override
    protected Behavior<VcpuCommand> onMessage(VcpuCommand command) {
        switch (command) {
            case VcpuCommand.Grant grant -> report(logic.run(grant));
            case VcpuCommand.Change change -> logic.apply(change);
        }
        return this;
    }

    private void report(SliceEnd ended) {
        switch (ended) {
            case SliceEnd.Own end -> machine.tell(new MachineActor.SliceEnded(end));
            case SliceEnd.Forwarded end ->
                actorOf(end.decision().service())
                        .tell(new FirmwareActor.Call<>(
                                end.call(), machine, answer -> new MachineActor.CallAnswered(end, answer)));
        }
    }

    private ActorRef<FirmwareActor.Command> actorOf(String service) {
        ActorRef<FirmwareActor.Command> actor = lastActor;
        if (actor == null || !service.equals(lastService)) {
            actor = firmware.get(service);
            if (actor == null) {
                throw new InvariantViolation(
                        "the registry forwards to '" + service + "', which the machine does not have");
            }
            lastService = service;
            lastActor = actor;
        }
        return actor;
    }
}
