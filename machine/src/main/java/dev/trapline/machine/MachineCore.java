package dev.trapline.machine;

import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.Position;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceFailure;
import dev.trapline.abi.history.History;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.JournalRecord.Answer;
import dev.trapline.abi.history.JournalRecord.Slice;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.policy.Decision;
import dev.trapline.abi.policy.Policy;
import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.board.Board;
import dev.trapline.board.memory.MachineMemory;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The work of a machine between slices: takes the exit of a slice, applies its consequences, records them, and grants
/// the next slice. There is one token: between a grant and the end of its slice nothing happens here.
public final class MachineCore implements Effects.Run {

    /// The surroundings of the machine: its vCPUs, as actors or without.
    public interface Surroundings extends Vcpus.Carrier {
        /// The run is over.
        void ended();

        /// The actor of a service crashes, if it has one.
        default void crash(String service) {}
    }

    private final MachineParts parts;
    private final MachineSpec spec;
    private final MachineMemory memory;
    private final Board board;
    private final Console console;
    private final History history;
    private final Controls controls;
    private final Surroundings around;
    private final RunLog log;
    private final Endings endings;
    private final RunEnd end;
    private final Rounds rounds;
    private final Vcpus vcpus;
    private final StolenTime stolen;
    private final Effects effects;
    private final Inputs inputs;
    private final CallFaults faults;
    private final Boundary boundary;
    private final Digests digests;
    private final RenewalPoints renewals;
    private long executed;
    private Policy policy;

    MachineCore(MachineParts parts, Surroundings around) {
        this.parts = parts;
        this.spec = parts.spec();
        this.memory = parts.memory();
        this.board = parts.board();
        this.console = parts.console();
        this.history = parts.history();
        this.controls = parts.controls();
        this.log = parts.log();
        this.endings = new Endings(log);
        this.end = new RunEnd(history, console, board.console(), log, endings);
        this.around = around;
        this.rounds = new Rounds(spec.cpus().count(), spec.schedule().quantum());
        this.vcpus = new Vcpus(spec.cpus().count(), around);
        this.stolen = new StolenTime(spec.cpus().count(), memory);
        this.inputs = new Inputs(parts.choices(), rounds, board, history, log);
        this.effects = new Effects(spec, parts.boot(), memory, board, vcpus, stolen, inputs, parts.services(), this);
        this.faults = new CallFaults(parts, rounds, vcpus, around::crash);
        this.boundary = new Boundary(
                rounds,
                parts.scheduler(),
                vcpus,
                board,
                stolen,
                inputs,
                effects,
                faults,
                history,
                log,
                this::reconfigure);
        this.digests = new Digests(spec.run().ramDigestInterval(), memory, history);
        this.renewals = new RenewalPoints(spec.run().renewalInterval());
        this.policy = spec.firmware().policy();
    }

    /// Powers the machine on and grants the first slice.
    public void begin() {
        effects.powerOnMachine();
        next();
    }

    /// How the end of a slice is handled. Asked first, and once for each slice: a hypercall may get a fault.
    public SliceEnd faulted(SliceEnd end) {
        return faults.at(end);
    }

    /// A slice ended with an exit that the machine handles itself.
    public void sliceEnded(SliceEnd.Own end) {
        switch (end) {
            case SliceEnd.BudgetUsed _, SliceEnd.Interrupted _ -> {
                takeIn(end);
                goOn(end);
            }
            case SliceEnd.Waits _ -> {
                takeIn(end);
                vcpus.waitsForInterrupt(end.slice().vcpu(), rounds.now());
                goOn(end);
            }
            case SliceEnd.Maintains maintains -> {
                takeIn(end);
                VcpuCommand.Maintain command = new VcpuCommand.Maintain(maintains.operation());
                if (maintains.operation().isLocal()) {
                    vcpus.tell(end.slice().vcpu(), command);
                } else {
                    vcpus.tellAllButOff(command);
                }
                goOn(end);
            }
            case SliceEnd.Faulted faulted -> {
                takeIn(end);
                log.add(end.slice());
                digests.sliceEnded(end, rounds);
                finish(new RunOutcome.GuestFailed(end.slice().vcpu(), faulted.fault(), faulted.registers()));
            }
            case SliceEnd.Denied denied -> answered(end, denied.decision(), denied.registers(), List.of());
            case SliceEnd.Unanswered unanswered -> serviceFailed(end, unanswered.failure());
            case SliceEnd.Refused refused -> answered(end, refused.decision(), refused.registers(), List.of());
            case SliceEnd.Resident resident -> answerInPlace(resident);
        }
    }

    /// A slice ended in a hypercall whose service answers it without a message.
    public void answerInPlace(SliceEnd.Served end) {
        Reply<?> reply;
        try {
            reply = parts.services().answer(end.decision().service(), end.call());
        } catch (ServiceFailure failure) {
            serviceFailed(end, failure);
            return;
        }
        answered(end, reply);
    }

    private void goOn(SliceEnd end) {
        log.add(end.slice());
        digests.sliceEnded(end, rounds);
        next();
    }

    /// A slice ended in a hypercall, and this is the answer of its service.
    public void answered(SliceEnd.Served end, Reply<?> first) {
        Reply<?> reply;
        try {
            reply = faults.answered(end.decision().service(), end.call(), first);
        } catch (ServiceFailure failure) {
            serviceFailed(end, failure);
            return;
        }
        answered(end, end.decision(), reply.registers(), reply.effects());
    }

    /// A hypercall's answer, with all its consequences: registers and effects arrive together.
    private void answered(SliceEnd end, Decision decision, RegisterWrites answer, List<Effect> wanted) {
        Slice slice = end.slice();
        takeIn(end);
        if (!wanted.isEmpty()) {
            EffectCheck.requireRecordable(wanted, decision.service());
        }
        RegisterWrites registers = faults.returned(answer);
        List<Effect> feasible = effects.feasible(wanted);
        Answer recorded = new Answer(decision, registers, feasible);
        history.append(recorded);
        log.addCall(slice, recorded);
        inputs.answered(decision);
        vcpus.returns(slice.vcpu(), registers);
        digests.sliceEnded(end, rounds);
        if (!feasible.isEmpty()) {
            effects.apply(feasible, decision.service());
        }
        faults.settle(slice.vcpu(), decision, rounds.clock(slice.vcpu().index()));
        next();
    }

    /// A service failed on the call that ended a slice.
    public void serviceFailed(SliceEnd end, ServiceFailure failure) {
        takeIn(end);
        log.add(end.slice());
        fail(failure);
    }

    /// Ends the run with an exception that was thrown by a service, or by Trapline itself.
    public void fail(Throwable failure) {
        end.noteBreakage(failure);
        finish(endings.ofFailure(failure));
    }

    @Override
    public void reacted(JournalRecord.Reaction reaction) {
        history.append(reaction);
        log.add(reaction);
    }

    @Override
    public long now() {
        return rounds.now();
    }

    @Override
    public boolean isOver() {
        return end.outcome() != null;
    }

    /// The outcome of the run; null while it continues.
    public @Nullable RunOutcome outcome() {
        return end.outcome();
    }

    /// The progress of the run.
    public Progress progress() {
        return new Progress(rounds.latest(), rounds.slices(), log.calls());
    }

    public Vcpus vcpus() {
        return vcpus;
    }

    /// There may be credit again, or storage may have failed.
    public void resume() {
        if (boundary.waitsForCredit()) {
            next();
        }
    }

    /// Ends the run without its own thread, which is in a service that does not return. This is not recorded: the
    /// history ends before the call or event of that service.
    public void takeOver(RunOutcome how, String trace) {
        end.takeOver(how, trace);
    }

    /// Ends the run, once.
    @Override
    public void finish(RunOutcome how) {
        if (end.outcome() != null) {
            return;
        }
        try {
            end.record(how, rounds.latest());
        } finally {
            around.ended();
        }
    }

    /// The report of the run.
    ///
    /// @param storageFailure why the recording could not be closed; null if it could
    /// @param memoryDigest of all memory at the end
    public RunReport report(@Nullable String storageFailure, long memoryDigest, long hostNanos) {
        RunOutcome how = end.outcome();
        if (how == null) {
            throw new InvariantViolation("a report before the end");
        }
        return new RunReport(
                storageFailure == null ? how : new RunOutcome.StorageFailed(storageFailure),
                Position.ofSlice(rounds.slices()),
                progress(),
                executed,
                digests.ofSlices(),
                memoryDigest,
                console.bytes(),
                console.digest(),
                log.lastCalls(),
                vcpus.handlers(),
                memory.flashWrites().summary(),
                board.troubles(),
                inputs.droppedFrames(board.networkCards()),
                hostNanos,
                end.breakage(),
                inputs.unused(),
                history.stored());
    }

    /// Saves the state of the machine without its memory, its engines and its services. Allowed before a granted
    /// slice, while the run continues.
    void save(StateWriter state) {
        InvariantViolation.require(end.outcome() == null, "the run is over: it cannot continue");
        state.put(executed);
        stateful().forEach(part -> part.save(state));
    }

    /// What has state, in the order in which it is saved.
    private List<Snapshot> stateful() {
        return List.of(
                rounds, vcpus, stolen, board, memory.flashWrites(), console, log, digests, renewals, faults, inputs);
    }

    /// Restores what [#save] saved, also if the run was over.
    ///
    /// @param inForce the policy from here on
    void load(StateReader state, Policy inForce) {
        executed = state.take();
        stateful().forEach(part -> part.load(state));
        vcpus.restoreLines(board.interrupts().pending());
        end.forget();
        reconfigure(inForce);
    }

    /// Changes the policy. Every vCPU has the new table before its next grant: both are sent from here, in this
    /// order.
    private void reconfigure(Policy wanted) {
        // Compiling a table takes a millisecond, and most runs never change the policy.
        if (!wanted.equals(policy)) {
            policy = wanted;
            vcpus.tellAll(new VcpuCommand.Reconfigure(parts.registry(wanted)));
        }
    }

    /// The policy in force.
    public Policy policy() {
        return policy;
    }

    private void takeIn(SliceEnd end) {
        Slice slice = end.slice();
        boundary.renewed(end.reading().renewals());
        log.ended(slice);
        faults.record();
        history.append(Console.withPrinted(slice, board.console()));
        long ended = slice.ended(spec.schedule().exitCosts());
        rounds.sliceEnded(slice.vcpu().index(), ended, end.shown());
        executed += slice.executed();
        digests.add(slice);
        vcpus.sliceEnded(slice.vcpu(), end.reading().timerDeadline());
        vcpus.lines(board.interrupts().pending(), ended);
        stolen.canRun(slice.vcpu().index(), ended);
        inputs.printed(board.console(), ended);
        console.takeFrom(board.console());
        inputs.sent(ended);
    }

    /// Everything between two slices: inputs, limits, credit, and the next grant.
    private void next() {
        controls.publish(
                rounds.latest(), rounds.slices(), log.calls(), board.console().everRead());
        if (isOver()) {
            return;
        }
        String failure = history.failure();
        if (failure != null) {
            finish(new RunOutcome.StorageFailed(failure));
            return;
        }
        RunOutcome reached = boundary.pass(this);
        if (boundary.waitsForCredit()) {
            return;
        }
        long most = spec.run().maxInstructions();
        if (reached == null && most > 0 && executed >= most) {
            reached = new RunOutcome.LimitReached(RunOutcome.Limit.INSTRUCTIONS);
        }
        if (reached != null) {
            finish(reached);
        } else if (!isOver()) {
            grant();
        }
    }

    /// Whether every vCPU has a fresh engine before the granted slice.
    boolean isRenewed() {
        return renewals.isHere();
    }

    private void grant() {
        if (renewals.pass(rounds.slices(), executed)) {
            vcpus.tellAllButOff(VcpuCommand.Renew.INSTANCE);
        }
        int index = rounds.turn(vcpus.runnable());
        long budget = rounds.left();
        if (spec.run().maxInstructions() > 0) {
            budget = Math.min(budget, spec.run().maxInstructions() - executed);
        }
        long begins = rounds.clock(index);
        long written = stolen.runs(index, begins);
        if (written >= 0) {
            vcpus.tellAllButOff(new VcpuCommand.DropTranslations(written, Long.BYTES));
        }
        parts.choices().granted(rounds.slices());
        vcpus.grant(index, budget, begins, rounds.shown(), Digests.isFullOneDue(rounds.slices()), boundary.renewals());
    }
}
