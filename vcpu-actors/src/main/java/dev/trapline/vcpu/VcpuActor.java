package dev.trapline.vcpu;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.Signal;
import dev.trapline.abi.InvariantViolation;
import dev.trapline.firmware.DirectBehavior;
import dev.trapline.firmware.FirmwareActor;
import dev.trapline.machine.SliceEnd;
import dev.trapline.machine.VcpuCommand;
import dev.trapline.machine.VcpuLogic;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One CPU of the machine: runs the slices it is granted, asks the registry about each hypercall, and sends it where it
/// belongs.
///
/// While nothing else waits on the machine's thread it settles a slice with its [Desk] in place, and runs on if it is
/// granted the next one: the same history, without three messages a slice.
final class VcpuActor extends DirectBehavior<VcpuCommand> {

    /// Where a vCPU settles its slices without a message.
    interface Desk {

        /// Whether nothing waits on the machine's thread, so that nothing is overtaken by a slice settled in
        /// place.
        boolean isQuiet();

        /// Does all that follows from a slice, a forwarded call's answer with it.
        ///
        /// @return the next slice, if the same vCPU can run it at once; null if the token went another way
        VcpuCommand.@Nullable Grant settle(SliceEnd ended);
    }

    private final VcpuLogic logic;
    private final Desk desk;
    private final Map<String, ActorRef<FirmwareActor.Command>> firmware;
    private final ActorRef<MachineActor.Command> machine;

    /// The service that was called last, and its actor: calls in a row go to the same one.
    private String lastService = "";

    private @Nullable ActorRef<FirmwareActor.Command> lastActor;

    private VcpuActor(
            VcpuLogic logic,
            Desk desk,
            Map<String, ActorRef<FirmwareActor.Command>> firmware,
            ActorRef<MachineActor.Command> machine) {
        this.logic = logic;
        this.desk = desk;
        this.firmware = firmware;
        this.machine = machine;
    }

    static Behavior<VcpuCommand> create(
            VcpuLogic logic,
            Desk desk,
            Map<String, ActorRef<FirmwareActor.Command>> firmware,
            ActorRef<MachineActor.Command> machine) {
        return new VcpuActor(logic, desk, firmware, machine);
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
            case VcpuCommand.Grant grant -> run(grant);
            case VcpuCommand.Change change -> logic.apply(change);
        }
        return this;
    }

    private void run(VcpuCommand.Grant first) {
        VcpuCommand.Grant grant = first;
        while (grant != null) {
            SliceEnd ended = logic.run(grant);
            if (!desk.isQuiet()) {
                report(ended);
                return;
            }
            grant = desk.settle(ended);
        }
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
