package dev.trapline.vcpu;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.Signal;
import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.DataOrder;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.registry.CapabilityRegistry;
import dev.trapline.abi.registry.Decision;
import dev.trapline.firmware.DirectBehavior;
import dev.trapline.firmware.FirmwareActor;
import dev.trapline.journal.record.JournalRecord.Slice;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One CPU of the machine: runs the slices it is granted, asks the registry about each hypercall, and sends it where it
/// belongs.
final class VcpuActor extends DirectBehavior<VcpuActor.Command> {

    /// What a vCPU is told. Only its machine tells it anything.
    sealed interface Command {}

    /// Run.
    ///
    /// @param budget instructions
    /// @param now virtual time
    /// @param writes registers that the last call returns
    /// @param fullDigest whether a digest of all registers is due at the end
    /// @param renewals where in the slice the engine is replaced
    record Grant(long budget, long now, RegisterWrites writes, boolean fullDigest, Renewals renewals)
            implements Command {}

    /// Decide calls by another table from now on.
    record Reconfigure(CapabilityRegistry registry) implements Command {}

    /// CPU_ON, or the start of the machine.
    ///
    /// @param entry on AArch32, bit 0 selects T32
    /// @param registers what the vCPU finds there; all others are zero
    /// @param order byte order of its data
    record PowerOn(long entry, RegisterWrites registers, DataOrder order) implements Command {}

    /// CPU_OFF, or a reset of the machine.
    enum PowerOff implements Command {
        INSTANCE
    }

    /// Power-down until an interrupt: registers are lost, what events have interrupted is not.
    enum PowerDown implements Command {
        INSTANCE
    }

    /// Wait for an interrupt, as after WFI: firmware has it so.
    enum Suspend implements Command {
        INSTANCE
    }

    /// An interrupt arrived.
    enum Wake implements Command {
        INSTANCE
    }

    /// Enter the handler of an event: see [dev.trapline.abi.firmware.Effect.DeliverEvent].
    ///
    /// @param writes registers that the last call returns: what is interrupted has them
    record Deliver(RegisterWrites writes, long entry, long event, long argument) implements Command {}

    /// Go back from the handler to what was interrupted.
    enum Complete implements Command {
        INSTANCE
    }

    /// Go back from the handler by way of an exception.
    record CompleteAndResume(long address) implements Command {}

    /// The host wrote guest memory.
    record DropTranslations(long address, long length) implements Command {}

    /// A vCPU of the machine executed a maintenance operation that reaches all of them.
    record Maintain(Exit.Maintenance operation) implements Command {}

    private final VcpuId id;
    private final VcpuLogic logic;
    private CapabilityRegistry registry;
    private final Map<String, ActorRef<FirmwareActor.Command>> firmware;
    private final ActorRef<MachineActor.Command> machine;

    /// The service that was called last, and its actor: calls in a row go to the same one.
    private String lastService = "";

    private @Nullable ActorRef<FirmwareActor.Command> lastActor;

    private VcpuActor(
            VcpuId id,
            VcpuLogic logic,
            CapabilityRegistry registry,
            Map<String, ActorRef<FirmwareActor.Command>> firmware,
            ActorRef<MachineActor.Command> machine) {
        this.id = id;
        this.logic = logic;
        this.registry = registry;
        this.firmware = firmware;
        this.machine = machine;
    }

    static Behavior<Command> create(
            VcpuId id,
            VcpuLogic logic,
            CapabilityRegistry registry,
            Map<String, ActorRef<FirmwareActor.Command>> firmware,
            ActorRef<MachineActor.Command> machine) {
        return new VcpuActor(id, logic, registry, firmware, machine);
    }

    @Override
    protected Behavior<Command> onSignal(Signal signal) {
        if (signal instanceof PostStop) {
            logic.powerOff();
            return this;
        }
        return super.onSignal(signal);
    }

    @Override
    protected Behavior<Command> onMessage(Command command) {
        switch (command) {
            case Grant grant -> run(grant);
            case Reconfigure(CapabilityRegistry table) -> registry = table;
            case PowerOn(long entry, RegisterWrites registers, DataOrder order) ->
                logic.powerOn(entry, registers, order);
            case PowerOff _ -> logic.powerOff();
            case PowerDown _ -> logic.powerDown();
            case Suspend _ -> logic.suspend();
            case Wake _ -> logic.wake();
            case Deliver(RegisterWrites writes, long entry, long event, long argument) ->
                logic.deliver(writes, entry, event, argument);
            case Complete _ -> logic.complete();
            case CompleteAndResume(long address) -> logic.completeAndResume(address);
            case DropTranslations(long address, long length) -> logic.dropTranslations(address, length);
            case Maintain(Exit.Maintenance operation) -> logic.maintain(operation);
        }
        return this;
    }

    private void run(Grant grant) {
        Slice slice = logic.run(grant.budget(), grant.now(), grant.writes(), grant.renewals());
        long fullDigest = grant.fullDigest() ? logic.fullDigest() : 0;
        MachineCore.SliceEnd end = new MachineCore.SliceEnd(slice, fullDigest, logic.timerDeadline(), logic.renewed());
        switch (slice.exit()) {
            case HypercallExit call -> route(call, end, grant.now() + slice.counterReads());
            case Exit.BudgetUsed _, Exit.WaitForInterrupt _, Exit.Maintenance _ ->
                machine.tell(new MachineActor.SliceEnded(end));
            case dev.trapline.abi.exit.GuestFault fault ->
                machine.tell(new MachineActor.GuestFaulted(end, fault, logic.registers()));
        }
    }

    private void route(HypercallExit exit, MachineCore.SliceEnd end, long now) {
        Decision decision = registry.decide(exit);
        switch (decision) {
            case Decision.Resident _, Decision.Denied _ ->
                machine.tell(new MachineActor.HypercallMade(
                        end, new ServiceCall(id, exit, now, logic.interrupted(), registry), decision));
            case Decision.Forwarded(String service) ->
                actorOf(service)
                        .tell(new FirmwareActor.Call<>(
                                new ServiceCall(id, exit, now, logic.interrupted(), registry),
                                machine,
                                answer -> new MachineActor.HypercallAnswered(end, decision, answer)));
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
