package dev.trapline.vcpu;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.Digest64;
import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.Position;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
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
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What a machine does between slices, without its actor: takes in how a slice ended, applies what follows from it,
/// records it, and grants the next one. There is one token: between a grant and the end of its slice nothing here
/// happens.
final class MachineCore {

    /// Slices between two digests of all registers.
    private static final long FULL_DIGEST_EVERY = 64;

    private static final RegisterWrites NOT_SUPPORTED = RegisterWrites.x0(-1);

    /// A slice that ended.
    ///
    /// @param fullDigest of all registers, where one was due; 0 otherwise
    record SliceEnd(Slice slice, long fullDigest) {}

    /// What the machine does through its actors.
    interface Actors {
        void grant(VcpuId vcpu, VcpuActor.Grant grant);

        void tell(VcpuId vcpu, VcpuActor.Command command);

        Reply<?> answerInPlace(String service, ServiceCall call);

        void reconfigure(Policy policy);

        void restartServices();

        void ended();
    }

    private final MachineSpec spec;
    private final BootPlan boot;
    private final MachineMemory memory;
    private final Pl011 uart;
    private final Inputs inputs;
    private final Console console;
    private final History history;
    private final Controls controls;
    private final Actors actors;
    private final RunLog log;
    private final Endings endings;

    private final Scheduler scheduler;
    private final PowerTable power;
    private final RegisterWrites[] returns;
    private final VcpuId[] vcpus;

    private long slices;
    private long now;
    private long granted;
    private long registerDigest;
    private long nextMemoryDigest;
    private boolean waitsForCredit;
    private boolean brokenByGuestCall;
    private @Nullable RunOutcome outcome;

    MachineCore(
            MachineSpec spec,
            BootPlan boot,
            MachineMemory memory,
            Pl011 uart,
            ConsoleInput input,
            Console console,
            History history,
            Controls controls,
            RunLog log,
            Actors actors) {
        this.spec = spec;
        this.boot = boot;
        this.memory = memory;
        this.uart = uart;
        this.console = console;
        this.history = history;
        this.controls = controls;
        this.log = log;
        this.endings = new Endings(log);
        this.inputs = new Inputs(input, uart, history, controls, log, actors::reconfigure);
        this.actors = actors;
        this.scheduler = Scheduler.of(spec.schedule(), spec.sliceBudget(), spec.seed());
        this.power = new PowerTable(spec.vcpus());
        this.returns = new RegisterWrites[spec.vcpus()];
        this.vcpus = IntStream.range(0, spec.vcpus()).mapToObj(VcpuId::new).toArray(VcpuId[]::new);
        this.nextMemoryDigest = spec.ramDigestInterval();
    }

    /// Powers the machine on and grants the first slice.
    void begin() {
        powerOnMachine();
        next();
    }

    /// A slice ended without a hypercall.
    void sliceEnded(SliceEnd end) {
        takeIn(end.slice());
        log.add(end.slice());
        switch (end.slice().exit()) {
            case Exit.BudgetUsed _ -> {}
            case Exit.WaitForInterrupt _ -> power.waitsForInterrupt(end.slice().vcpu());
            case Exit.Maintenance operation -> tellAll(new VcpuActor.Maintain(operation));
            case HypercallExit _, GuestFault _ -> throw new InvariantViolation("not a plain end of a slice: " + end);
        }
        digests(end);
        next();
    }

    /// A slice ended in a fault that the machine has no answer for.
    void guestFaulted(SliceEnd end, GuestFault fault, GeneralRegisters registers) {
        takeIn(end.slice());
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
                } catch (InvariantViolation violation) {
                    serviceThrew(end, violation);
                    return;
                }
                hypercallAnswered(end, decision, reply.registers(), reply.effects());
            }
            case Decision.Forwarded _ ->
                throw new InvariantViolation("a forwarded call reached the machine unanswered");
        }
    }

    /// A hypercall's answer, with all that follows from it: registers and effects come together.
    void hypercallAnswered(SliceEnd end, Decision decision, RegisterWrites registers, List<Effect> effects) {
        Slice slice = end.slice();
        takeIn(slice);
        Answer answer = new Answer(decision, registers, effects);
        history.append(answer);
        log.addCall(slice, answer);
        returns[slice.vcpu().index()] = registers;
        digests(end);
        for (Effect effect : effects) {
            if (outcome == null) {
                apply(effect, decision);
            }
        }
        next();
    }

    /// A service threw on the call that ended a slice.
    void serviceThrew(SliceEnd end, InvariantViolation violation) {
        takeIn(end.slice());
        log.add(end.slice());
        brokenByGuestCall = true;
        finish(endings.broken(violation));
    }

    /// There may be credit again, or storage may have failed.
    void resume() {
        if (waitsForCredit) {
            waitsForCredit = false;
            next();
        }
    }

    /// Ends the run, once.
    void finish(RunOutcome how) {
        if (outcome != null) {
            return;
        }
        // From here on nothing is taken in any more, whatever may still throw.
        outcome = how;
        try {
            recordEnd(how);
        } finally {
            actors.ended();
        }
    }

    private void recordEnd(RunOutcome how) {
        RunOutcome recorded = how;
        try {
            console.takeFrom(uart);
            // WIDE: the console is the caller's own code.
        } catch (RuntimeException | AssertionError | LinkageError | StackOverflowError e) {
            recorded = endings.broken(e);
        }
        outcome = recorded;
        JournalRecord.End end = new JournalRecord.End(recorded, now, console.bytes(), console.digest());
        log.add(end);
        if (!Endings.isHistory(recorded, brokenByGuestCall)) {
            return;
        }
        try {
            history.append(end);
            // WIDE: an end that cannot be recorded is an end all the same.
        } catch (RuntimeException e) {
            outcome = recorded instanceof RunOutcome.Broken ? recorded : endings.ofFailure(e);
        }
    }

    /// What the run came to.
    ///
    /// @param storageFailure why the recording could not be closed; null if it could
    /// @param memoryDigest of all memory at the end
    RunReport report(@Nullable String storageFailure, long memoryDigest, long hostNanos) {
        RunOutcome how = outcome;
        if (how == null) {
            throw new InvariantViolation("a report before the end");
        }
        return new RunReport(
                storageFailure == null ? how : new RunOutcome.StorageFailed(storageFailure),
                Position.ofSlice(slices),
                new Progress(now, slices, log.calls()),
                granted,
                registerDigest,
                memoryDigest,
                console.bytes(),
                console.digest(),
                log.lastCalls(),
                hostNanos);
    }

    private void takeIn(Slice slice) {
        history.append(Console.withPrinted(slice, uart));
        slices++;
        now += (slice.exit() instanceof Exit.BudgetUsed ? slice.budget() : spec.cutSliceCost()) + slice.counterReads();
        registerDigest = Digest64.fold(registerDigest, slice.digest());
        returns[slice.vcpu().index()] = RegisterWrites.NONE;
        console.takeFrom(uart);
    }

    private void digests(SliceEnd end) {
        if (isFullDigestDue(slices - 1)) {
            history.append(new JournalRecord.FullDigest(end.slice().vcpu(), end.fullDigest()));
        }
        if (now >= nextMemoryDigest) {
            nextMemoryDigest = (now / spec.ramDigestInterval() + 1) * spec.ramDigestInterval();
            history.append(new JournalRecord.MemoryDigest(memory.digest()));
        }
    }

    private static boolean isFullDigestDue(long slice) {
        return slice % FULL_DIGEST_EVERY == FULL_DIGEST_EVERY - 1;
    }

    /// Everything between two slices: inputs, limits, credit, and the next grant.
    private void next() {
        controls.publish(now, slices, log.calls(), uart.everRead());
        if (outcome != null) {
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
        RunOutcome end = inputs.take(now);
        if (end == null) {
            end = endIfNothingCanRun();
        }
        if (end == null) {
            grant();
        } else {
            finish(end);
        }
    }

    private @Nullable RunOutcome endIfNothingCanRun() {
        if (power.runnable() == 0) {
            return new RunOutcome.Deadlock(power.all());
        }
        return spec.maxInstructions() > 0 && granted >= spec.maxInstructions()
                ? new RunOutcome.LimitReached(RunOutcome.Limit.INSTRUCTIONS)
                : null;
    }

    private void grant() {
        VcpuId vcpu = vcpus[scheduler.choose(power.runnable())];
        long budget = scheduler.budget();
        if (spec.maxInstructions() > 0) {
            budget = Math.min(budget, spec.maxInstructions() - granted);
        }
        granted += budget;
        power.granted(vcpu);
        actors.grant(vcpu, new VcpuActor.Grant(budget, now, returns[vcpu.index()], isFullDigestDue(slices)));
    }

    private void apply(Effect effect, Decision decision) {
        switch (effect) {
            case Effect.PowerOn(VcpuId target, long entry, long contextId) -> {
                power.powerOn(target);
                actors.tell(target, new VcpuActor.PowerOn(entry, RegisterWrites.x0(contextId)));
            }
            case Effect.PowerOff(VcpuId target) -> {
                power.powerOff(target);
                returns[target.index()] = RegisterWrites.NONE;
                actors.tell(target, VcpuActor.PowerOff.INSTANCE);
            }
            case Effect.Wake(VcpuId target) -> {
                if (power.wake(target)) {
                    actors.tell(target, VcpuActor.Wake.INSTANCE);
                }
            }
            case Effect.WriteMemory(long address, Bytes bytes) -> writeMemory(address, bytes, decision);
            case Effect.SystemOff _ -> finish(new RunOutcome.PoweredOff());
            case Effect.SystemReset _ -> reset();
            case Effect.ExitRun(long status) -> finish(new RunOutcome.Exited(status));
        }
    }

    private void writeMemory(long address, Bytes bytes, Decision decision) {
        InvariantViolation.require(
                memory.write(address, bytes),
                "the answer [" + decision + "] writes " + bytes.size() + " bytes at 0x" + Long.toHexString(address)
                        + ", which is not wholly in memory");
        tellAll(new VcpuActor.DropTranslations(address, bytes.size()));
    }

    private void reset() {
        if (!spec.rebootOnReset()) {
            finish(new RunOutcome.ResetRequested());
            return;
        }
        tellAll(VcpuActor.PowerOff.INSTANCE);
        power.allOff();
        uart.reset();
        actors.restartServices();
        memory.clear();
        powerOnMachine();
    }

    private void powerOnMachine() {
        Arrays.fill(returns, RegisterWrites.NONE);
        for (BootPlan.MemoryWrite write : boot.writes()) {
            InvariantViolation.require(
                    memory.write(write.address(), write.bytes()), "the boot plan writes outside memory");
        }
        power.powerOn(VcpuId.BOOT);
        actors.tell(VcpuId.BOOT, new VcpuActor.PowerOn(boot.entry(), boot.registers(spec.width())));
    }

    private void tellAll(VcpuActor.Command command) {
        for (VcpuId vcpu : vcpus) {
            actors.tell(vcpu, command);
        }
    }
}
