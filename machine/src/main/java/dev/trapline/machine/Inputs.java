package dev.trapline.machine;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.firmware.EntropySource;
import dev.trapline.abi.history.DivergenceException;
import dev.trapline.abi.history.History;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.JournalRecord.Stop;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.policy.Decision;
import dev.trapline.abi.policy.Policy;
import dev.trapline.board.device.ConsoleDevice;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What reaches the machine from outside, between slices and in a defined order: from other threads, from what was
/// planned, and the script, each input journaled as it is taken; or, in a replay, from the journal and nowhere else.
final class Inputs {

    /// What the inputs reach.
    interface Receiver {
        /// Puts a policy in force for all vCPUs.
        void reconfigure(Policy policy);

        void inject(Injection what);

        /// Makes sure that this machine can get an input of a recording: a recording may be forged.
        ///
        /// @throws DivergenceException if it is not
        void requirePossible(JournalRecord.Input recorded);

        /// Hands a service the entropy that it asked for.
        void entropy(String service, Bytes bytes);

        /// Another round begins than would have come by itself.
        void round(JournalRecord.Round round);

        /// The slice that comes next gets a fresh engine.
        ///
        /// @param after how many of its instructions
        void renew(long after);
    }

    private record EntropyRequest(String service, int bytes) {}

    private final ConsoleInput console;
    private final PlannedInjections planned;
    private final EntropySource source;
    private final ConsoleDevice device;
    private final History history;
    private final Controls controls;
    private final RunLog log;
    private final Queue<EntropyRequest> requests = new ArrayDeque<>();
    private final Set<String> drawers = new TreeSet<>();
    private boolean entropyUsed;
    private long taken;

    Inputs(
            ConsoleInput console,
            PlannedInjections planned,
            EntropySource source,
            ConsoleDevice device,
            History history,
            Controls controls,
            RunLog log) {
        this.console = console;
        this.planned = planned;
        this.source = source;
        this.device = device;
        this.history = history;
        this.controls = controls;
        this.log = log;
    }

    /// What of the inputs that were planned has not come.
    RunReport.Unused unused() {
        return new RunReport.Unused(planned.left(), console.scriptLeft(), entropyUsed);
    }

    /// Asks for entropy: it is taken at the next boundary.
    void requestEntropy(String service, int bytes) {
        drawers.add(service);
        requests.add(new EntropyRequest(service, bytes));
    }

    /// A call was answered: if by a service that has drawn entropy, the guest may have got some.
    void answered(Decision decision) {
        if (!entropyUsed && !drawers.isEmpty()) {
            entropyUsed = switch (decision) {
                case Decision.Resident(String service) -> drawers.contains(service);
                case Decision.Forwarded(String service) -> drawers.contains(service);
                case Decision.Denied _ -> false;
            };
        }
    }

    /// The machine was reset: nobody waits for anything any more.
    void forgetRequests() {
        requests.clear();
    }

    /// The virtual time after a moment for which the next input is planned; [PowerTable#NEVER] if none is, or in a
    /// replay.
    long plannedAfter(long moment) {
        return history.isReplay() ? PowerTable.NEVER : planned.nextAfter(moment);
    }

    /// Takes what is due at this slice boundary.
    ///
    /// @param slices how many have ended
    /// @return how the run ends, if an input ends it; null otherwise
    @Nullable
    RunOutcome take(long slices, long now, Receiver receiver) {
        if (!history.isReplay()) {
            return takeLive(slices, now, receiver);
        }
        RunOutcome end = takeRecorded(slices, now, receiver);
        if (end != null || !history.isExhausted()) {
            return end;
        }
        return history.goOn() ? takeLive(slices, now, receiver) : new RunOutcome.RecordingEnds();
    }

    private @Nullable RunOutcome takeRecorded(long slices, long now, Receiver receiver) {
        long time = now;
        for (JournalRecord.Input recorded = history.nextRecordedInput();
                recorded != null;
                recorded = history.nextRecordedInput()) {
            receiver.requirePossible(recorded);
            passOver(recorded, slices, time);
            if (recorded instanceof JournalRecord.Round round) {
                time = round.begins();
            }
            RunOutcome end = apply(recorded, receiver);
            if (end != null) {
                return end;
            }
        }
        return null;
    }

    /// The defined order of inputs at a boundary: reconfigurations as they were asked for, entropy, injections
    /// (those planned, then those asked for), console, stop.
    private @Nullable RunOutcome takeLive(long slices, long now, Receiver receiver) {
        for (Policy policy = controls.nextPolicy(); policy != null; policy = controls.nextPolicy()) {
            take(new JournalRecord.Reconfigured(policy), receiver);
        }
        // What a service asks for on hearing of entropy waits for the next boundary.
        for (int left = requests.size(); left > 0; left--) {
            EntropyRequest request = requests.remove();
            take(new JournalRecord.Entropy(request.service(), draw(request.bytes())), receiver);
        }
        for (Injection due = planned.next(slices, now); due != null; due = planned.next(slices, now)) {
            take(new JournalRecord.Injected(due), receiver);
        }
        for (Injection asked = controls.nextInjection(); asked != null; asked = controls.nextInjection()) {
            take(new JournalRecord.Injected(asked), receiver);
        }
        Bytes bytes = console.offer(now, device.receiverRoom(), device.receiverIsEmpty());
        if (bytes != null) {
            take(new JournalRecord.ConsoleInput(bytes), receiver);
        }
        Stop.Reason reason = controls.stopAsked();
        return reason == null ? null : take(new Stop(reason), receiver);
    }

    /// What the recording has must not come a second time if the run continues live after it.
    private void passOver(JournalRecord.Input recorded, long slices, long now) {
        switch (recorded) {
            case JournalRecord.ConsoleInput(Bytes bytes) -> console.passOver(bytes.size(), now);
            case JournalRecord.Injected(Injection what) -> planned.passOver(what, slices, now);
            case JournalRecord.Entropy _ -> {
                EntropyRequest request = requests.poll();
                if (request != null) {
                    source.passOver(request.bytes());
                }
            }
            case JournalRecord.Reconfigured _, JournalRecord.Round _, JournalRecord.Renewed _, Stop _ -> {}
        }
    }

    private Bytes draw(int wanted) {
        Bytes drawn = source.draw(wanted);
        InvariantViolation.require(
                drawn.size() <= wanted,
                "the source of entropy gave " + drawn.size() + " bytes where " + wanted + " were asked for");
        return drawn;
    }

    private @Nullable RunOutcome take(JournalRecord.Input input, Receiver receiver) {
        history.append(input);
        return apply(input, receiver);
    }

    /// How many inputs were taken since this machine was made.
    long taken() {
        return taken;
    }

    private @Nullable RunOutcome apply(JournalRecord.Input input, Receiver receiver) {
        taken++;
        log.add(input);
        switch (input) {
            case JournalRecord.ConsoleInput(Bytes bytes) -> device.receive(bytes);
            case JournalRecord.Reconfigured(Policy policy) -> receiver.reconfigure(policy);
            case JournalRecord.Injected(Injection what) -> receiver.inject(what);
            case JournalRecord.Entropy(String service, Bytes bytes) -> receiver.entropy(service, bytes);
            case JournalRecord.Round round -> receiver.round(round);
            case JournalRecord.Renewed(long after) -> receiver.renew(after);
            case Stop(Stop.Reason reason) -> {
                return switch (reason) {
                    case INTERRUPTED -> new RunOutcome.Interrupted();
                    case TIMEOUT -> new RunOutcome.LimitReached(RunOutcome.Limit.TIMEOUT);
                };
            }
        }
        return null;
    }
}
