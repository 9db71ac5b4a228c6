package dev.trapline.vcpu;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.DataOrder;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.MachineEvent;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceFailure;
import dev.trapline.abi.registry.CapabilityRegistry;
import dev.trapline.abi.registry.Decision;
import dev.trapline.abi.registry.Policy;
import dev.trapline.firmware.KeptState;
import dev.trapline.firmware.ServiceHost;
import dev.trapline.journal.record.JournalRecord.Slice;
import dev.trapline.vcpu.state.StateReader;
import dev.trapline.vcpu.state.StateWriter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The vCPUs and services of a machine without their actors: what actors are told is done at once, but for a grant,
/// which waits to be run. Since a machine has one token, that is the same history.
final class DirectActors implements MachineCore.Actors {

    private record Turn(VcpuId vcpu, VcpuActor.Grant grant) {}

    private final MachineParts parts;
    private final List<VcpuLogic> vcpus = new ArrayList<>();
    private Policy policy;
    private CapabilityRegistry registry;
    private @Nullable Turn turn;
    private boolean partlyRun;
    private long steps;
    private long stepReads;

    DirectActors(MachineParts parts) {
        this.parts = parts;
        this.policy = parts.spec().policy();
        this.registry = parts.registry();
        for (int index = 0; index < parts.spec().vcpus(); index++) {
            vcpus.add(new VcpuLogic(new VcpuId(index), parts.engines(), parts.spec(), parts.memoryMap()));
        }
    }

    /// The vCPU that runs next; null if the run is over.
    @Nullable
    VcpuId next() {
        return turn == null ? null : turn.vcpu();
    }

    /// Runs the slice that was granted, and tells the machine how it ended: that leads to the next grant, or to the
    /// end of the run.
    void runSlice(MachineCore core) {
        Turn taken = taken();
        turn = null;
        VcpuActor.Grant grant = taken.grant();
        VcpuLogic logic = logic(taken.vcpu());
        Slice slice = logic.run(grant.budget(), grant.now(), grant.writes(), grant.renewals());
        long fullDigest = grant.fullDigest() ? logic.fullDigest() : 0;
        MachineCore.SliceEnd end = new MachineCore.SliceEnd(slice, fullDigest, logic.timerDeadline(), logic.renewed());
        switch (slice.exit()) {
            case HypercallExit exit ->
                decide(
                        core,
                        end,
                        new ServiceCall(
                                slice.vcpu(), exit, grant.now() + slice.counterReads(), logic.interrupted(), registry));
            case Exit.BudgetUsed _, Exit.WaitForInterrupt _, Exit.Maintenance _ -> core.sliceEnded(end);
            case GuestFault fault -> core.guestFaulted(end, fault, logic.registers());
        }
    }

    private void decide(MachineCore core, MachineCore.SliceEnd end, ServiceCall call) {
        Decision decision = registry.decide(call.exit());
        switch (decision) {
            case Decision.Resident _, Decision.Denied _ -> core.hypercallMade(end, call, decision);
            case Decision.Forwarded(String service) -> {
                Reply<?> reply;
                try {
                    reply = answerInPlace(service, call);
                } catch (ServiceFailure failure) {
                    core.serviceFailed(end, failure);
                    return;
                }
                core.hypercallAnswered(end, decision, reply.registers(), reply.effects());
            }
        }
    }

    /// Runs a part of the slice that was granted, and tells nobody: nothing may be run after it.
    ///
    /// @param instructions no more than the slice has
    /// @return what ended it; the budget if it has so many instructions
    Exit runPart(long instructions) {
        Turn taken = taken();
        VcpuActor.Grant grant = taken.grant();
        partlyRun = true;
        return logic(taken.vcpu())
                .run(instructions, grant.now(), grant.writes(), grant.renewals())
                .exit();
    }

    /// Runs one instruction of the slice that was granted, behind those that were stepped through before.
    ///
    /// A slice's virtual time is that of its beginning and one more for each counter that was read, so a slice that
    /// is run in steps sees the same.
    ///
    /// @return whether the slice has more
    boolean step() {
        Turn taken = steps == 0 ? taken() : turn;
        if (taken == null) {
            throw new IllegalStateException("no slice was granted");
        }
        partlyRun = true;
        VcpuActor.Grant grant = taken.grant();
        Renewals renewals = grant.renewals().recorded().contains(steps) ? Renewals.NONE.and(0) : Renewals.NONE;
        Slice step = logic(taken.vcpu())
                .run(1, grant.now() + stepReads, steps == 0 ? grant.writes() : RegisterWrites.NONE, renewals);
        steps++;
        stepReads += step.counterReads();
        return step.exit() instanceof Exit.BudgetUsed && steps < taken.grant().budget();
    }

    /// The budget of the slice that was granted, in instructions.
    long budget() {
        return taken().grant().budget();
    }

    private Turn taken() {
        if (turn == null || partlyRun) {
            throw new IllegalStateException(
                    partlyRun ? "a slice was run in part: nothing can follow it" : "no slice was granted");
        }
        return turn;
    }

    /// The registers of a vCPU as its next instruction finds them; null if it has no power.
    ///
    /// @param pending what its last call returns, and it has not seen yet
    @Nullable
    GeneralRegisters registers(VcpuId vcpu, RegisterWrites pending) {
        boolean seen = partlyRun && turn != null && turn.vcpu().equals(vcpu);
        return logic(vcpu).look(seen ? RegisterWrites.NONE : pending);
    }

    boolean isPartlyRun() {
        return partlyRun;
    }

    /// @throws IllegalStateException if no slice comes next, or a part of it was run
    void requireSlice() {
        taken();
    }

    /// The policy in force.
    Policy policy() {
        return policy;
    }

    /// Saves the vCPUs, and which of them runs next.
    ///
    /// @return what each engine holds
    List<Bytes> save(StateWriter state) {
        Turn next = taken();
        state.put(next.vcpu().index());
        state.put(next.grant().budget());
        state.put(next.grant().now());
        state.put(next.grant().fullDigest());
        next.grant().renewals().save(state);
        List<Bytes> engines = new ArrayList<>();
        vcpus.forEach(vcpu -> engines.add(vcpu.save(state)));
        return engines;
    }

    /// Becomes what [#save] took down.
    ///
    /// @param inForce from here on
    /// @param pending what the calls of each vCPU return that it has not seen yet
    void load(StateReader state, List<Bytes> engines, Policy inForce, Vcpus pending) {
        VcpuId next = new VcpuId(state.takeInt());
        turn = new Turn(
                next,
                new VcpuActor.Grant(
                        state.take(), state.take(), pending.pending(next), state.takeFlag(), Renewals.load(state)));
        partlyRun = false;
        steps = 0;
        stepReads = 0;
        reconfigure(inForce);
        for (int index = 0; index < vcpus.size(); index++) {
            vcpus.get(index).load(state, engines.get(index));
        }
    }

    /// What the services' states are made of, in the order of their names: name, version, and a hash of the types.
    ///
    /// @throws dev.trapline.firmware.state.UnsupportedStateException if one cannot be written
    List<String> serviceShapes() {
        List<String> shapes = new ArrayList<>();
        parts.services()
                .forEach((name, host) ->
                        shapes.add(name + " " + host.descriptor().version() + " " + host.stateShape()));
        return shapes;
    }

    /// The services' states that were written down, in the order of their names.
    List<KeptState> keptServices(List<Bytes> states) {
        if (states.size() != parts.services().size()) {
            throw new IllegalArgumentException(
                    states.size() + " states, and " + parts.services().size() + " services");
        }
        List<KeptState> kept = new ArrayList<>();
        Iterator<Bytes> each = states.iterator();
        parts.services().values().forEach(host -> kept.add(host.kept(each.next())));
        return kept;
    }

    /// Keeps what the services hold, in the order of their names.
    List<KeptState> keepServices() {
        List<KeptState> kept = new ArrayList<>();
        parts.services().values().forEach(host -> kept.add(host.keep()));
        return kept;
    }

    /// Frees all engines.
    void close() {
        vcpus.forEach(VcpuLogic::powerOff);
    }

    private VcpuLogic logic(VcpuId vcpu) {
        return vcpus.get(vcpu.index());
    }

    @Override
    public void grant(VcpuId vcpu, VcpuActor.Grant grant) {
        turn = new Turn(vcpu, grant);
    }

    @Override
    public void tell(VcpuId vcpu, VcpuActor.Command command) {
        VcpuLogic logic = logic(vcpu);
        switch (command) {
            case VcpuActor.PowerOn(long entry, RegisterWrites registers, DataOrder order) ->
                logic.powerOn(entry, registers, order);
            case VcpuActor.PowerOff _ -> logic.powerOff();
            case VcpuActor.PowerDown _ -> logic.powerDown();
            case VcpuActor.Suspend _ -> logic.suspend();
            case VcpuActor.Wake _ -> logic.wake();
            case VcpuActor.Deliver(RegisterWrites writes, long entry, long event, long argument) ->
                logic.deliver(writes, entry, event, argument);
            case VcpuActor.Complete _ -> logic.complete();
            case VcpuActor.CompleteAndResume(long address) -> logic.completeAndResume(address);
            case VcpuActor.DropTranslations(long address, long length) -> logic.dropTranslations(address, length);
            case VcpuActor.Maintain(Exit.Maintenance operation) -> logic.maintain(operation);
            case VcpuActor.Grant _, VcpuActor.Reconfigure _ ->
                throw new InvariantViolation("a machine does not tell its vCPUs so: " + command);
        }
    }

    @Override
    public Reply<?> answerInPlace(String service, ServiceCall call) {
        return host(service).answer(call);
    }

    @Override
    public Iterable<String> services() {
        return parts.services().keySet();
    }

    @Override
    public List<Effect> notice(String service, MachineEvent event) {
        return host(service).notice(event);
    }

    private ServiceHost<?> host(String service) {
        ServiceHost<?> host = parts.services().get(service);
        if (host == null) {
            throw new InvariantViolation("the machine does not have a service '" + service + "'");
        }
        return host;
    }

    @Override
    public void reconfigure(Policy wanted) {
        // A table takes a millisecond to make, and most runs have one policy all along.
        if (!wanted.equals(policy)) {
            registry = parts.registry(wanted);
            policy = wanted;
        }
    }

    @Override
    public void restartServices() {
        parts.services().values().forEach(ServiceHost::restart);
    }

    /// Engines stay: what the run left in them can be looked at.
    @Override
    public void ended() {
        turn = null;
    }
}
