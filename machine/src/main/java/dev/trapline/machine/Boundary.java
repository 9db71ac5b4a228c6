package dev.trapline.machine;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.Figures;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.firmware.MachineEvent;
import dev.trapline.abi.history.DivergenceException;
import dev.trapline.abi.history.History;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.policy.Policy;
import dev.trapline.board.Board;
import dev.trapline.board.gic.FirmwareInterrupt;
import dev.trapline.board.virtio.NetworkCard;
import dev.trapline.machine.schedule.Scheduler;
import dev.trapline.registry.RegistryException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The boundary between two slices: rounds end and begin, inputs are taken, and a vCPU gets a turn.
///
/// A round that follows from the earlier history begins without a record, before any input of the boundary. Every other
/// round is recorded: if no vCPU can run, if an input is planned within a round, and if no vCPU that could run in the
/// round did so after the inputs were taken.
final class Boundary implements Inputs.Receiver {

    private final Rounds rounds;
    private final Scheduler scheduler;
    private final Vcpus vcpus;
    private final Board board;
    private final StolenTime stolen;
    private final Inputs inputs;
    private final Effects effects;
    private final CallFaults faults;
    private final History history;
    private final RunLog log;
    private final Consumer<Policy> reconfigure;
    private boolean isUnderWay;
    private boolean waitsForCredit;
    /// The recorded choices for the next slice.
    private Renewals recorded = Renewals.NONE;

    /// @param reconfigure changes the policy for all vCPUs
    Boundary(
            Rounds rounds,
            Scheduler scheduler,
            Vcpus vcpus,
            Board board,
            StolenTime stolen,
            Inputs inputs,
            Effects effects,
            CallFaults faults,
            History history,
            RunLog log,
            Consumer<Policy> reconfigure) {
        this.rounds = rounds;
        this.scheduler = scheduler;
        this.vcpus = vcpus;
        this.board = board;
        this.stolen = stolen;
        this.inputs = inputs;
        this.effects = effects;
        this.faults = faults;
        this.history = history;
        this.log = log;
        this.reconfigure = reconfigure;
    }

    /// Begins rounds and takes inputs, until it is the turn of a vCPU that can run, or storage gives no credit.
    /// Then it continues where it was when it is called again.
    ///
    /// @return how the run ends, if it does; null otherwise
    @Nullable
    RunOutcome pass(Effects.Run run) {
        if (!hasCredit()) {
            return null;
        }
        boolean isNew = !isUnderWay;
        isUnderWay = false;
        RunOutcome end = null;
        if (isNew) {
            settle();
            beginRoundIfDue();
            end = takeInputs();
            if (end == null) {
                // An input can be the reason why another one is planned.
                endRoundAtArrival();
            }
        }
        while (end == null && !run.isOver() && turn() < 0) {
            // A machine can pass much time, and take many inputs, without an instruction.
            if (!hasCredit()) {
                isUnderWay = true;
                return null;
            }
            long ready = vcpus.readyIn(rounds);
            if (ready != 0) {
                giveTurn(ready);
            } else {
                end = passTime();
            }
        }
        if (end == null && !run.isOver()) {
            inputs.takeBehindTurn(this);
        }
        return end;
    }

    private boolean hasCredit() {
        waitsForCredit = !history.hasCredit();
        return !waitsForCredit;
    }

    /// Whether it cannot continue before there is credit again.
    boolean waitsForCredit() {
        return waitsForCredit;
    }

    private int turn() {
        return rounds.turn(vcpus.runnable());
    }

    private @Nullable RunOutcome takeInputs() {
        rounds.dealWith(rounds.begins());
        long before = inputs.taken();
        RunOutcome end = inputs.take(this);
        if (inputs.taken() != before) {
            settle();
        }
        return end;
    }

    /// All vCPUs that can run have used their time in this round. The next round begins where this one ends, or
    /// when the first vCPU can run. It ends early at a planned input.
    private void beginRoundIfDue() {
        if (turn() < 0 && vcpus.runnable() != 0 && vcpus.readyIn(rounds) == 0) {
            long beginning = Math.max(rounds.ends(), due());
            begin(beginning, rounds.endOf(beginning));
        }
        endRoundAtArrival();
    }

    private void endRoundAtArrival() {
        if (rounds.isFresh()) {
            long arrival = inputs.arrivalBetween(rounds.begins(), rounds.ends(), false);
            if (arrival < rounds.ends()) {
                take(new JournalRecord.Round(rounds.begins(), arrival));
            }
        }
    }

    private void take(JournalRecord.Round round) {
        history.append(round);
        log.add(round);
        begin(round.begins(), round.ends());
    }

    private void begin(long beginning, long end) {
        rounds.begin(beginning, end);
        rounds.dealWith(beginning);
        settle();
    }

    /// One of those that can run gets a turn, or is passed over.
    private void giveTurn(long ready) {
        ChoicePoint here = rounds.point();
        Turn turn = inputs.turn(here, ready, scheduler.next(here, ready));
        int index = turn.vcpu().index();
        rounds.choose(index);
        letRun(index);
        if ((vcpus.runnable() & 1L << index) == 0) {
            return;
        }
        if (turn.length() == 0) {
            rounds.passTo(index, rounds.ends());
        } else {
            rounds.beginTurn(index, turn.length());
        }
    }

    /// Ends the wait of a vCPU, if it waits.
    private void letRun(int index) {
        if ((vcpus.runnable() & 1L << index) != 0) {
            return;
        }
        long moment = vcpus.canRun(index, rounds);
        rounds.passTo(index, moment);
        rounds.dealWith(moment);
        stolen.canRun(index, moment);
        Vcpus.Wakeup woken = vcpus.begin(index);
        if (woken != null && woken.suspendedByEffect()) {
            effects.tellServices(new MachineEvent.Woken(woken.vcpu(), moment, woken.lostPower()));
        }
    }

    /// No vCPU can run in this round any more: the next one begins when one can.
    private @Nullable RunOutcome passTime() {
        if (history.isReplay()) {
            RunOutcome end = takeInputs();
            if (end != null || vcpus.readyIn(rounds) != 0) {
                return end;
            }
        }
        long until = nextRound();
        if (until == PowerTable.NEVER) {
            return new RunOutcome.Deadlock(vcpus.states());
        }
        long end = rounds.endOf(until);
        take(new JournalRecord.Round(until, Math.min(end, inputs.arrivalBetween(until, end, false))));
        return takeInputs();
    }

    private long nextRound() {
        long due = due();
        return vcpus.runnable() != 0
                ? Math.max(rounds.ends(), due)
                : Math.min(due, inputs.arrivalBetween(rounds.begins(), due, true));
    }

    /// Where in the next slice its engine is replaced. Must be called once for each slice.
    Renewals renewals() {
        Renewals coming = history.isReplay() ? recorded : recorded.thenAsNeeded();
        recorded = Renewals.NONE;
        return coming;
    }

    /// The engine of the last slice was replaced at its own request.
    void renewed(List<Long> places) {
        for (long place : places) {
            JournalRecord.Renewed renewed = new JournalRecord.Renewed(place);
            history.append(renewed);
            log.add(renewed);
        }
    }

    @Override
    public void fault(CallFault fault) {
        faults.expect(fault);
    }

    /// This happens only in a replay.
    @Override
    public void renew(long place) {
        recorded = recorded.and(place);
    }

    /// The next time at which something happens without an input: a vCPU can run, or a device is due.
    private long due() {
        return Math.min(vcpus.firstReady(rounds), board.deadline());
    }

    /// Executes what is due for devices, firmware and vCPUs. A deadline within the round ends the round, so that it
    /// is met exactly.
    private void settle() {
        board.timePasses(rounds.begins());
        for (FirmwareInterrupt taken : board.interrupts().takeForFirmware()) {
            effects.tellServices(new MachineEvent.Interrupted(taken.vcpu(), taken.intid()));
        }
        vcpus.lines(board.interrupts().pending(), rounds.now());
        rounds.endBy(board.deadline());
    }

    @Override
    public void requirePossible(JournalRecord.Input recorded) {
        if (recorded instanceof JournalRecord.Injected(Injection what)) {
            requirePossible(what);
        }
        if (recorded instanceof JournalRecord.Frame && board.network() == null) {
            throw inputs.diverged("a frame from another machine, and this machine is not connected with others");
        }
        if (recorded instanceof JournalRecord.Entropy(String service, Bytes _) && !effects.know(service)) {
            throw inputs.diverged("entropy for the service '" + service + "', which this machine does not have");
        }
    }

    private void requirePossible(Injection what) {
        if (what.vcpu().index() >= vcpus.count()) {
            throw inputs.diverged("an interrupt or event for " + what.vcpu() + ", and this machine has "
                    + Figures.count(vcpus.count(), "vCPU"));
        }
        if (!board.accepts(what)) {
            throw inputs.diverged(
                    switch (what) {
                        case Injection.WakeUp _,
                                Injection.Event _,
                                Injection.MemoryFlip _,
                                Injection.RegisterFlip _,
                                Injection.Hold _ -> "an injection that this machine does not take";
                        case Injection.Interrupt(VcpuId _, int intid) -> noInterrupt(intid);
                        case Injection.LostInterrupt(VcpuId _, int intid) -> noInterrupt(intid);
                        case Injection.SError _ -> "an SError, and this machine's CPUs take none";
                        case Injection.ConsoleSize _ -> "a size of the console, and this machine's console has none";
                        case Injection.PowerButton _ -> "a press of the power button, and this machine has none";
                        case Injection.Defect defect -> board.defects().whyNot(defect);
                    });
        }
        String impossible = effects.whyNot(what);
        if (!impossible.isEmpty()) {
            throw inputs.diverged(impossible);
        }
    }

    private String noInterrupt(int intid) {
        return "an interrupt with INTID " + intid + ", and this machine's interrupt controller has 0 to "
                + board.interrupts().lastIntid();
    }

    @Override
    public void reconfigure(Policy policy) {
        try {
            reconfigure.accept(policy);
        } catch (RegistryException e) {
            // In a live run, the caller got this error.
            DivergenceException diverged =
                    inputs.diverged("a new policy that does not fit this machine: " + e.getMessage());
            diverged.initCause(e);
            throw diverged;
        }
    }

    @Override
    public void inject(Injection what) {
        switch (what) {
            case Injection.WakeUp(VcpuId vcpu) -> vcpus.interrupt(vcpu, rounds.now());
            case Injection.Interrupt(VcpuId vcpu, int intid) -> {
                if (!board.interrupts().inject(vcpu, intid)) {
                    vcpus.interrupt(vcpu, rounds.now());
                    effects.tellServices(new MachineEvent.Interrupted(vcpu, intid));
                }
            }
            case Injection.Event(VcpuId vcpu, long number) ->
                effects.tellServices(new MachineEvent.EventInjected(number, vcpu));
            case Injection.SError(VcpuId vcpu, int syndrome) ->
                board.interrupts().raiseError(vcpu, syndrome);
            case Injection.ConsoleSize(int columns, int rows) -> board.console().resize(columns, rows);
            case Injection.PowerButton _ -> board.pressPowerButton(rounds.begins());
            case Injection.MemoryFlip(long address, int bits) -> effects.flipMemory(address, bits);
            case Injection.RegisterFlip(VcpuId vcpu, int register, long bits) ->
                vcpus.flipRegister(vcpu, register, bits);
            case Injection.Hold(VcpuId vcpu, long ticks) -> vcpus.hold(vcpu, rounds, ticks);
            case Injection.Defect defect -> board.defects().add(defect, rounds.begins());
            case Injection.LostInterrupt(VcpuId vcpu, int intid) -> {
                if (!board.interrupts().lose(vcpu, intid)) {
                    vcpus.loseInterrupt(vcpu);
                }
            }
        }
    }

    /// One that does not fit is dropped: a recording may be forged.
    @Override
    public void frame(Bytes bytes) {
        NetworkCard network = board.network();
        if (network != null) {
            network.receive(bytes);
        }
    }

    @Override
    public void entropy(String service, Bytes bytes) {
        effects.tell(service, new MachineEvent.Entropy(bytes));
    }

    /// The recording can have been cut off before the record of a round that ends early.
    @Override
    public void live() {
        endRoundAtArrival();
    }

    /// Only a replay gets here: the round begins as it did, if it can.
    @Override
    public void round(JournalRecord.Round round) {
        if (!canBegin(round)) {
            throw inputs.diverged("a round begin at " + round.begins() + " ticks; here one began at "
                    + rounds.begins() + " and ends at " + rounds.ends() + ", a vCPU or a device is due at " + due()
                    + ", and the vCPUs are " + vcpus.states());
        }
        begin(round.begins(), round.ends());
    }

    private boolean canBegin(JournalRecord.Round round) {
        if (round.ends() <= round.begins()) {
            return false;
        }
        if (rounds.isFresh() && round.begins() == rounds.begins()) {
            return round.ends() <= rounds.ends();
        }
        return vcpus.readyIn(rounds) == 0
                && (vcpus.runnable() != 0
                        ? round.begins() == Math.max(rounds.ends(), due())
                        : round.begins() >= rounds.begins() && round.begins() <= due());
    }
}
