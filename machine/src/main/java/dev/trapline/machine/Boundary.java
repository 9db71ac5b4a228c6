package dev.trapline.machine;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.Position;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.MachineEvent;
import dev.trapline.abi.history.DivergenceException;
import dev.trapline.abi.history.History;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.policy.Policy;
import dev.trapline.board.Board;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The boundary between two slices: inputs come in, waits end, and time passes while nobody can run.
final class Boundary implements Inputs.Receiver {

    private final MachineClock clock;
    private final Vcpus vcpus;
    private final Board board;
    private final StolenTime stolen;
    private final Inputs inputs;
    private final Effects effects;
    private final History history;
    private final RunLog log;
    private final Consumer<Policy> reconfigure;
    /// What the recording has of the slice that comes next.
    private Renewals recorded = Renewals.NONE;

    /// @param reconfigure puts a policy in force for all vCPUs
    Boundary(
            MachineClock clock,
            Vcpus vcpus,
            Board board,
            StolenTime stolen,
            Inputs inputs,
            Effects effects,
            History history,
            RunLog log,
            Consumer<Policy> reconfigure) {
        this.clock = clock;
        this.vcpus = vcpus;
        this.board = board;
        this.stolen = stolen;
        this.inputs = inputs;
        this.effects = effects;
        this.history = history;
        this.log = log;
        this.reconfigure = reconfigure;
    }

    /// Takes inputs and wakes those whose wait is over, until somebody can run; lets time pass while nobody can.
    ///
    /// @return how the run ends, if it does; null otherwise
    @Nullable
    RunOutcome pass(Effects.Run run) {
        while (!run.isOver()) {
            RunOutcome end = inputs.take(clock.slices(), clock.now(), this);
            if (end != null) {
                return end;
            }
            settle();
            if (vcpus.runnable() != 0) {
                return null;
            }
            long until = Math.min(deadline(), inputs.deadline());
            if (until == PowerTable.NEVER) {
                return new RunOutcome.Deadlock(vcpus.states());
            }
            JournalRecord.Idle idle = new JournalRecord.Idle(until);
            history.append(idle);
            log.add(idle);
            clock.passTo(until);
        }
        return null;
    }

    /// Where in the slice that comes next its engine is replaced. To be asked once for each slice.
    Renewals renewals() {
        Renewals coming = history.isReplay() ? recorded : recorded.thenAsNeeded();
        recorded = Renewals.NONE;
        return coming;
    }

    /// The slice that ended had its engine replaced where that asked for it.
    void renewed(List<Long> places) {
        for (long place : places) {
            JournalRecord.Renewed renewed = new JournalRecord.Renewed(place);
            history.append(renewed);
            log.add(renewed);
        }
    }

    /// Only a replay gets here.
    @Override
    public void renew(long place) {
        recorded = recorded.and(place);
    }

    /// When something happens by itself while nothing can run.
    private long deadline() {
        return Math.min(vcpus.deadline(), board.deadline());
    }

    /// Devices and vCPUs do what is due.
    private void settle() {
        board.timePasses(clock.now());
        vcpus.lines(board.interrupted());
        wake();
    }

    private void wake() {
        for (Vcpus.Wakeup woken = vcpus.nextWoken(clock.now()); woken != null; woken = vcpus.nextWoken(clock.now())) {
            stolen.canRun(woken.vcpu(), clock.now());
            if (woken.suspendedByEffect()) {
                effects.tellServices(new MachineEvent.Woken(woken.vcpu(), clock.now(), woken.lostPower()));
            }
        }
    }

    @Override
    public void reconfigure(Policy policy) {
        reconfigure.accept(policy);
    }

    @Override
    public void inject(Injection what) {
        switch (what) {
            case Injection.WakeUp(VcpuId vcpu) -> vcpus.interrupt(vcpu);
            case Injection.Interrupt(VcpuId vcpu, int intid) -> {
                vcpus.interrupt(vcpu);
                effects.tellServices(new MachineEvent.Interrupted(vcpu, intid));
            }
            case Injection.Event(VcpuId vcpu, long number) ->
                effects.tellServices(new MachineEvent.EventInjected(number, vcpu));
        }
    }

    @Override
    public void entropy(String service, Bytes bytes) {
        effects.tell(service, new MachineEvent.Entropy(bytes));
    }

    /// Only a replay gets here: time passes as it did, if it can.
    @Override
    public void idle(long until) {
        settle();
        if (vcpus.runnable() != 0 || until < clock.now() || until > deadline()) {
            throw new DivergenceException(
                    Position.ofSlice(clock.slices()),
                    "the replay diverges at " + Position.ofSlice(clock.slices()) + ": the recording has time pass to "
                            + until
                            + " ticks while nothing can run; here it is " + clock.now() + ", the next deadline is "
                            + deadline() + ", and the vCPUs are " + vcpus.states());
        }
        clock.passTo(until);
    }
}
