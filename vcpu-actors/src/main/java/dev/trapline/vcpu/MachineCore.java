package dev.trapline.vcpu;

import dev.trapline.abi.Digest64;
import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.Position;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.EntropySource;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceFailure;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.registry.Decision;
import dev.trapline.abi.registry.Policy;
import dev.trapline.journal.History;
import dev.trapline.journal.record.JournalRecord;
import dev.trapline.journal.record.JournalRecord.Answer;
import dev.trapline.journal.record.JournalRecord.Slice;
import dev.trapline.vcpu.boot.BootPlan;
import dev.trapline.vcpu.device.Pl011;
import dev.trapline.vcpu.memory.MachineMemory;
import dev.trapline.vcpu.schedule.Scheduler;
import dev.trapline.vcpu.state.StateReader;
import dev.trapline.vcpu.state.StateWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a machine does between slices, without its actor: takes in how a slice ended, applies what follows from it,
/// records it, and grants the next one. There is one token: between a grant and the end of its slice nothing here
/// happens.
final class MachineCore implements Effects.Run {

    /// Slices between two digests of all registers.
    private static final long FULL_DIGEST_EVERY = 64;

    private static final RegisterWrites NOT_SUPPORTED = RegisterWrites.x0(-1);

    /// A slice that ended.
    ///
    /// @param fullDigest of all registers, where one was due; 0 otherwise
    /// @param timerDeadline when a timer of the vCPU asserts its interrupt: see [Engine#timerDeadline]
    /// @param renewals where its engine was replaced because it asked for it: see [RenewableEngine#renewed]
    record SliceEnd(Slice slice, long fullDigest, long timerDeadline, List<Long> renewals) {}

    /// What the machine does through its actors.
    interface Actors extends Vcpus.Actors, Effects.Services {
        Reply<?> answerInPlace(String service, ServiceCall call);

        void reconfigure(Policy policy);

        void ended();
    }

    private final MachineSpec spec;
    private final MachineMemory memory;
    private final Pl011 uart;
    private final Console console;
    private final History history;
    private final Controls controls;
    private final Actors actors;
    private final RunLog log;
    private final Endings endings;
    private final RunEnd end;
    private final Scheduler scheduler;
    private final Vcpus vcpus;
    private final StolenTime stolen;
    private final Effects effects;
    private final Inputs inputs;
    private final Boundary boundary;
    private final MachineClock clock = new MachineClock();
    private long granted;
    private long registerDigest;
    private long nextMemoryDigest;
    private boolean waitsForCredit;

    MachineCore(
            MachineSpec spec,
            BootPlan boot,
            MachineMemory memory,
            Pl011 uart,
            ConsoleInput input,
            PlannedInjections planned,
            EntropySource entropy,
            Console console,
            History history,
            Controls controls,
            RunLog log,
            Actors actors) {
        this.spec = spec;
        this.memory = memory;
        this.uart = uart;
        this.console = console;
        this.history = history;
        this.controls = controls;
        this.log = log;
        this.endings = new Endings(log);
        this.end = new RunEnd(history, console, uart, log, endings);
        this.actors = actors;
        this.scheduler = Scheduler.of(spec.schedule(), spec.sliceBudget(), spec.seed());
        this.vcpus = new Vcpus(spec.vcpus(), actors);
        this.stolen = new StolenTime(spec.vcpus(), memory);
        this.inputs = new Inputs(input, planned, entropy, uart, history, controls, log);
        this.effects = new Effects(spec, boot, memory, uart, vcpus, stolen, inputs, actors, this);
        this.boundary = new Boundary(clock, vcpus, stolen, inputs, effects, history, log, actors::reconfigure);
        this.nextMemoryDigest = spec.ramDigestInterval();
    }

    /// Powers the machine on and grants the first slice.
    void begin() {
        effects.powerOnMachine();
        next();
    }

    /// A slice ended without a hypercall.
    void sliceEnded(SliceEnd end) {
        takeIn(end);
        log.add(end.slice());
        switch (end.slice().exit()) {
            case Exit.BudgetUsed _ -> {}
            case Exit.WaitForInterrupt _ -> vcpus.waitsForInterrupt(end.slice().vcpu(), clock.now());
            case Exit.Maintenance operation -> vcpus.tellPowered(new VcpuActor.Maintain(operation));
            case HypercallExit _, GuestFault _ -> throw new InvariantViolation("not a plain end of a slice: " + end);
        }
        digests(end);
        next();
    }

    /// A slice ended in a fault that the machine has no answer for.
    void guestFaulted(SliceEnd end, GuestFault fault, GeneralRegisters registers) {
        takeIn(end);
        log.add(end.slice());
        digests(end);
        finish(new RunOutcome.GuestFailed(end.slice().vcpu(), fault, registers));
    }

    /// A slice ended in a hypercall that goes to no actor.
    void hypercallMade(SliceEnd end, ServiceCall call, Decision decision) {
        switch (decision) {
            // A call that failed its condition check was not made: it has no result.
            case Decision.Denied(var reason) ->
                hypercallAnswered(
                        end,
                        decision,
                        reason == Decision.Reason.CONDITION ? RegisterWrites.NONE : NOT_SUPPORTED,
                        List.of());
            case Decision.Resident(String service) -> {
                Reply<?> reply;
                try {
                    reply = actors.answerInPlace(service, call);
                } catch (ServiceFailure failure) {
                    serviceFailed(end, failure);
                    return;
                }
                hypercallAnswered(end, decision, reply.registers(), reply.effects());
            }
            case Decision.Forwarded _ ->
                throw new InvariantViolation("a forwarded call reached the machine unanswered");
        }
    }

    /// A hypercall's answer, with all that follows from it: registers and effects come together.
    void hypercallAnswered(SliceEnd end, Decision decision, RegisterWrites registers, List<Effect> wanted) {
        Slice slice = end.slice();
        takeIn(end);
        if (!wanted.isEmpty()) {
            EffectCheck.requireRecordable(wanted, serviceOf(decision));
        }
        List<Effect> feasible = effects.feasible(wanted);
        Answer answer = new Answer(decision, registers, feasible);
        history.append(answer);
        log.addCall(slice, answer);
        inputs.answered(decision);
        vcpus.returns(slice.vcpu(), registers);
        digests(end);
        if (!feasible.isEmpty()) {
            effects.apply(feasible, serviceOf(decision));
        }
        next();
    }

    private static String serviceOf(Decision decision) {
        return switch (decision) {
            case Decision.Resident(String service) -> service;
            case Decision.Forwarded(String service) -> service;
            case Decision.Denied denied -> throw new InvariantViolation("a denied call has effects: " + denied);
        };
    }

    /// A service failed on the call that ended a slice.
    void serviceFailed(SliceEnd end, ServiceFailure failure) {
        takeIn(end);
        log.add(end.slice());
        fail(failure);
    }

    /// Ends the run with what was thrown in it: by a service, or by Trapline itself.
    void fail(Throwable failure) {
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
        return clock.now();
    }

    @Override
    public boolean isOver() {
        return end.outcome() != null;
    }

    /// How the run ended; null while it goes on.
    @Nullable
    RunOutcome outcome() {
        return end.outcome();
    }

    MachineClock clock() {
        return clock;
    }

    Vcpus vcpus() {
        return vcpus;
    }

    /// There may be credit again, or storage may have failed.
    void resume() {
        if (waitsForCredit) {
            waitsForCredit = false;
            next();
        }
    }

    /// Ends the run without its own thread, which is in a service and does not come back. Nothing is recorded of
    /// it: the history ends before what the service is at work on.
    void takeOver(RunOutcome how, String trace) {
        end.takeOver(how, trace);
    }

    /// Ends the run, once.
    @Override
    public void finish(RunOutcome how) {
        if (end.outcome() != null) {
            return;
        }
        try {
            end.record(how, clock.now());
        } finally {
            actors.ended();
        }
    }

    /// What the run came to.
    ///
    /// @param storageFailure why the recording could not be closed; null if it could
    /// @param memoryDigest of all memory at the end
    RunReport report(@Nullable String storageFailure, long memoryDigest, long hostNanos) {
        RunOutcome how = end.outcome();
        if (how == null) {
            throw new InvariantViolation("a report before the end");
        }
        return new RunReport(
                storageFailure == null ? how : new RunOutcome.StorageFailed(storageFailure),
                Position.ofSlice(clock.slices()),
                new Progress(clock.now(), clock.slices(), log.calls()),
                granted,
                registerDigest,
                memoryDigest,
                console.bytes(),
                console.digest(),
                log.lastCalls(),
                vcpus.handlers(),
                memory.flashWrites().summary(),
                hostNanos,
                end.breakage(),
                inputs.unused(),
                history.stored());
    }

    /// Saves all that the machine holds besides its memory, its engines and its services: before a slice that
    /// was granted, and while the run goes on.
    void save(StateWriter state) {
        InvariantViolation.require(end.outcome() == null, "the run is over: it cannot continue");
        clock.save(state);
        scheduler.save(state);
        vcpus.save(state);
        stolen.save(state);
        uart.save(state);
        memory.flashWrites().save(state);
        console.save(state);
        log.save(state);
        state.put(granted);
        state.put(registerDigest);
        state.put(nextMemoryDigest);
    }

    /// Becomes what [#save] took down, also if the run was over. Entropy that was asked for and has not come is not
    /// part of it: in a replay it comes from the recording.
    void load(StateReader state) {
        clock.load(state);
        scheduler.load(state);
        vcpus.load(state);
        stolen.load(state);
        uart.load(state);
        memory.flashWrites().load(state);
        console.load(state);
        log.load(state);
        granted = state.take();
        registerDigest = state.take();
        nextMemoryDigest = state.take();
        end.forget();
    }

    private void takeIn(SliceEnd end) {
        Slice slice = end.slice();
        boundary.renewed(end.renewals());
        log.ended(slice);
        history.append(Console.withPrinted(slice, uart));
        clock.sliceEnded(slice.cost(spec.cutSliceCost()));
        registerDigest = Digest64.fold(registerDigest, slice.digest());
        vcpus.sliceEnded(slice.vcpu(), end.timerDeadline());
        stolen.canRun(slice.vcpu(), clock.now());
        console.takeFrom(uart);
    }

    private void digests(SliceEnd end) {
        if (isFullDigestDue(clock.slices() - 1)) {
            history.append(new JournalRecord.FullDigest(end.slice().vcpu(), end.fullDigest()));
        }
        if (clock.now() >= nextMemoryDigest) {
            nextMemoryDigest = (clock.now() / spec.ramDigestInterval() + 1) * spec.ramDigestInterval();
            history.append(new JournalRecord.MemoryDigest(memory.digest()));
        }
    }

    private static boolean isFullDigestDue(long slice) {
        return slice % FULL_DIGEST_EVERY == FULL_DIGEST_EVERY - 1;
    }

    /// Everything between two slices: inputs, limits, credit, and the next grant.
    private void next() {
        controls.publish(clock.now(), clock.slices(), log.calls(), uart.everRead());
        if (isOver()) {
            return;
        }
        String failure = history.failure();
        if (failure != null) {
            finish(new RunOutcome.StorageFailed(failure));
            return;
        }
        waitsForCredit = !history.hasCredit();
        if (waitsForCredit) {
            return;
        }
        RunOutcome reached = boundary.pass(this);
        if (reached == null && spec.maxInstructions() > 0 && granted >= spec.maxInstructions()) {
            reached = new RunOutcome.LimitReached(RunOutcome.Limit.INSTRUCTIONS);
        }
        if (reached != null) {
            finish(reached);
        } else if (!isOver()) {
            grant();
        }
    }

    private void grant() {
        int index = scheduler.choose(vcpus.runnable());
        long budget = scheduler.budget();
        if (spec.maxInstructions() > 0) {
            budget = Math.min(budget, spec.maxInstructions() - granted);
        }
        granted += budget;
        long written = stolen.runs(index, clock.now());
        if (written >= 0) {
            vcpus.tellPowered(new VcpuActor.DropTranslations(written, Long.BYTES));
        }
        vcpus.grant(index, budget, clock.now(), isFullDigestDue(clock.slices()), boundary.renewals());
    }
}
