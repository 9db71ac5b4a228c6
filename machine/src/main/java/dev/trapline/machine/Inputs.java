package dev.trapline.machine;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.Figures;
import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.Position;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.EntropyKey;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.history.DivergenceException;
import dev.trapline.abi.history.History;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.JournalRecord.Stop;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.policy.Decision;
import dev.trapline.abi.policy.Policy;
import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.board.Board;
import dev.trapline.board.device.ConsoleDevice;
import dev.trapline.board.virtio.NetworkCard;
import dev.trapline.machine.choice.Choices;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What is chosen between slices, in a defined order: by [Choices], each choice journaled as it is taken; or, in a
/// replay, by the journal and nobody else.
final class Inputs implements Choices.Place, Snapshot {

    /// The targets of inputs.
    interface Receiver {
        /// Changes the policy for all vCPUs.
        void reconfigure(Policy policy);

        void inject(Injection what);

        /// Passes a frame to the network interface.
        void frame(Bytes bytes);

        /// Checks that an input of a recording is possible on this machine: a recording may be forged.
        ///
        /// @throws DivergenceException if it is not
        void requirePossible(JournalRecord.Input recorded);

        /// Passes the requested entropy to a service.
        void entropy(String service, Bytes bytes);

        /// A round begins that does not follow from the earlier history.
        void round(JournalRecord.Round round);

        /// A replay has ended, and the run continues live.
        void live();

        /// The next slice ends in a call with a fault.
        void fault(CallFault fault);

        /// The next slice gets a fresh engine.
        ///
        /// @param after how many of its instructions
        void renew(long after);
    }

    private record EntropyRequest(String service, int bytes) {}

    private final Choices choices;
    private final Rounds rounds;
    private final ConsoleDevice device;
    private final @Nullable NetworkCard network;
    private final History history;
    private final RunLog log;
    private final Queue<EntropyRequest> requests = new ArrayDeque<>();
    /// Who has asked for entropy, and how often.
    private final SortedMap<String, Long> drawers = new TreeMap<>();
    private boolean entropyUsed;
    private long taken;
    /// What a recording has next, if it was looked at and is not due.
    private JournalRecord.@Nullable Input ahead;

    /// @param board whose console and network interface receive inputs
    Inputs(Choices choices, Rounds rounds, Board board, History history, RunLog log) {
        this.choices = choices;
        this.rounds = rounds;
        this.device = board.console();
        this.network = board.network();
        this.history = history;
        this.log = log;
    }

    /// The planned inputs that have not happened.
    RunReport.Unused unused() {
        Choices.Left left = choices.left();
        return new RunReport.Unused(left.injections(), left.scriptBytes(), left.unmet(), entropyUsed, left.faults());
    }

    /// The network frames that were dropped.
    RunReport.DroppedFrames droppedFrames(List<NetworkCard> cards) {
        return new RunReport.DroppedFrames(
                cards.stream().mapToLong(NetworkCard::droppedSent).sum(),
                cards.stream().mapToLong(NetworkCard::droppedReceived).sum(),
                choices.droppedFrames());
    }

    /// A slice has ended, and the guest may have printed something in it.
    ///
    /// @param now when it ended
    void printed(ConsoleDevice from, long now) {
        if (from.transmittedCount() > 0) {
            choices.printed(from.transmitted(), from.transmittedCount(), now);
        }
    }

    /// A slice has ended, and the guest may have sent frames in it.
    ///
    /// @param now when it ended
    void sent(long now) {
        if (network != null && network.hasSent()) {
            List<Bytes> frames = network.takeSent();
            if (!history.isReplay()) {
                frames.forEach(frame -> choices.sent(frame, Math.max(now, rounds.begins())));
            }
        }
    }

    /// Requests entropy: it is taken at the next boundary.
    void requestEntropy(String service, int bytes) {
        requests.add(new EntropyRequest(service, bytes));
        drawers.putIfAbsent(service, 0L);
    }

    /// A call was answered. If its service has drawn entropy, the guest may have got some.
    void answered(Decision decision) {
        if (!entropyUsed && !drawers.isEmpty()) {
            entropyUsed = !(decision instanceof Decision.Denied) && drawers.containsKey(decision.service());
        }
    }

    /// The machine was reset: pending requests are dropped.
    void forgetRequests() {
        requests.clear();
    }

    @Override
    public ChoicePoint point() {
        return rounds.point();
    }

    @Override
    public long slices() {
        return rounds.slices();
    }

    @Override
    public long round() {
        return rounds.begins();
    }

    @Override
    public int receiverRoom() {
        return device.receiverRoom();
    }

    @Override
    public boolean receiverIsEmpty() {
        return device.receiverIsEmpty();
    }

    @Override
    public boolean receivesFrame() {
        return network != null && network.hasRoom();
    }

    /// The virtual time of the next planned input in an interval; [Choices#NEVER] if there is none, or in a replay.
    ///
    /// @see Choices#arrivalBetween
    long arrivalBetween(long after, long until, boolean idle) {
        return history.isReplay() ? Choices.NEVER : choices.arrivalBetween(after, until, idle);
    }

    /// Who gets the next turn.
    ///
    /// @param byDefault what the machine's schedule says
    Turn turn(ChoicePoint asked, long ready, Turn byDefault) {
        Turn turn;
        if (isRecorded()) {
            turn = recordedTurn(ready, byDefault);
            choices.recorded(asked, ready, turn);
        } else {
            turn = chosenTurn(asked, ready, byDefault);
        }
        if (!turn.equals(byDefault)) {
            log.add(new JournalRecord.Turned(turn));
        }
        return turn;
    }

    /// Whether the turn is the recording's. A recording that was cut off behind a vCPU that was passed over has no
    /// more.
    private boolean isRecorded() {
        return history.isReplay() && !(ahead == null && history.isExhausted() && history.goOn());
    }

    private Turn recordedTurn(long ready, Turn byDefault) {
        JournalRecord.Input next = nextRecorded();
        if (!(next instanceof JournalRecord.Turned(Turn turn))) {
            ahead = next;
            return byDefault;
        }
        if (!isReady(turn, ready)) {
            throw diverged("a turn of " + turn.vcpu() + ", which cannot run here");
        }
        return turn;
    }

    private Turn chosenTurn(ChoicePoint asked, long ready, Turn byDefault) {
        Turn turn = choices.turn(asked, ready, byDefault);
        InvariantViolation.require(isReady(turn, ready), "a turn of " + turn.vcpu() + ", which cannot run: " + asked);
        if (!turn.equals(byDefault)) {
            history.append(new JournalRecord.Turned(turn));
        }
        return turn;
    }

    private static boolean isReady(Turn turn, long ready) {
        return (turn.vcpu().bit() & ready) != 0;
    }

    private JournalRecord.@Nullable Input nextRecorded() {
        JournalRecord.Input next = ahead == null ? history.nextRecordedInput() : ahead;
        ahead = null;
        return next;
    }

    /// Takes what a recording has behind a turn, which is about the slice that follows.
    ///
    /// @throws DivergenceException if it has something else there
    void takeBehindTurn(Receiver receiver) {
        if (!history.isReplay()) {
            return;
        }
        for (JournalRecord.Input next = nextRecorded(); next != null; next = nextRecorded()) {
            if (!(next instanceof JournalRecord.Renewed || next instanceof JournalRecord.Faulted)) {
                throw diverged("an input where a slice begins here: " + next);
            }
            choices.passOver(next, this);
            apply(next, receiver);
        }
        // It may have been cut off here: then the slice is live.
        if (history.isExhausted()) {
            history.goOn();
        }
    }

    /// The recording has something that cannot happen here.
    DivergenceException diverged(String what) {
        Position position = Position.ofSlice(rounds.slices());
        return new DivergenceException(position, "the replay diverges at " + position + ": the recording has " + what);
    }

    /// Takes what is due at this slice boundary.
    ///
    /// @return how the run ends, if an input ends it; null otherwise
    @Nullable
    RunOutcome take(Receiver receiver) {
        if (!history.isReplay()) {
            return takeLive(receiver);
        }
        RunOutcome end = takeRecorded(receiver);
        if (end != null || ahead != null || !history.isExhausted()) {
            return end;
        }
        if (!history.goOn()) {
            return new RunOutcome.RecordingEnds();
        }
        receiver.live();
        return takeLive(receiver);
    }

    /// Up to a turn: that is asked for.
    private @Nullable RunOutcome takeRecorded(Receiver receiver) {
        for (JournalRecord.Input recorded = nextRecorded(); recorded != null; recorded = nextRecorded()) {
            if (recorded instanceof JournalRecord.Turned) {
                ahead = recorded;
                return null;
            }
            receiver.requirePossible(recorded);
            requireRoom(recorded);
            passOver(recorded);
            RunOutcome end = apply(recorded, receiver);
            if (end != null) {
                return end;
            }
        }
        return null;
    }

    private void requireRoom(JournalRecord.Input recorded) {
        if (recorded instanceof JournalRecord.ConsoleInput(Bytes bytes) && bytes.size() > device.receiverRoom()) {
            throw diverged("an input of " + Figures.count(bytes.size(), "byte")
                    + " at the console, and its receiver has room for " + device.receiverRoom());
        }
    }

    /// What the recording has must not come a second time if the run continues live behind it.
    private void passOver(JournalRecord.Input recorded) {
        choices.passOver(recorded, this);
        if (recorded instanceof JournalRecord.Entropy(String service, Bytes _)) {
            requests.poll();
            drawers.merge(service, 1L, Long::sum);
        }
    }

    /// The defined order of inputs at a boundary: entropy that was asked for, then what comes from outside.
    private @Nullable RunOutcome takeLive(Receiver receiver) {
        // What a service asks for on hearing of entropy waits for the next boundary.
        for (int left = requests.size(); left > 0; left--) {
            take(draw(requests.remove()), receiver);
        }
        for (JournalRecord.Arrival next = choices.arrival(this); next != null; next = choices.arrival(this)) {
            RunOutcome end = take(next, receiver);
            if (end != null) {
                return end;
            }
        }
        return null;
    }

    private JournalRecord.Entropy draw(EntropyRequest request) {
        long nth = drawers.merge(request.service(), 1L, Long::sum);
        Bytes drawn = choices.entropy(new EntropyKey(request.service(), nth), request.bytes());
        InvariantViolation.require(
                drawn.size() <= request.bytes(),
                "the source of entropy gave " + drawn.size() + " bytes where " + request.bytes() + " were asked for");
        return new JournalRecord.Entropy(request.service(), drawn);
    }

    private @Nullable RunOutcome take(JournalRecord.Input input, Receiver receiver) {
        history.append(input);
        return apply(input, receiver);
    }

    /// Requests are not part of it: they are served before a slice is granted.
    @Override
    public void save(StateWriter state) {
        state.put(entropyUsed);
        state.putCount(drawers.size());
        drawers.forEach((service, draws) -> {
            state.putText(service);
            state.put(draws);
        });
    }

    @Override
    public void load(StateReader state) {
        requests.clear();
        entropyUsed = state.takeFlag();
        drawers.clear();
        for (int left = state.takeCount(Long.BYTES); left > 0; left--) {
            drawers.put(state.takeText(), state.take());
        }
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
            case JournalRecord.Frame(Bytes bytes) -> receiver.frame(bytes);
            case JournalRecord.Reconfigured(Policy policy) -> receiver.reconfigure(policy);
            case JournalRecord.Injected(Injection what) -> receiver.inject(what);
            case JournalRecord.Entropy(String service, Bytes bytes) -> receiver.entropy(service, bytes);
            case JournalRecord.Turned turned ->
                throw new InvariantViolation("a turn is asked for, and does not come by itself: " + turned);
            case JournalRecord.Round round -> receiver.round(round);
            case JournalRecord.Renewed(long after) -> receiver.renew(after);
            case JournalRecord.Faulted(CallFault fault) -> receiver.fault(fault);
            case Stop(Stop.Reason reason) -> {
                return switch (reason) {
                    case INTERRUPTED -> new RunOutcome.Interrupted();
                    case TIMEOUT -> new RunOutcome.LimitReached(RunOutcome.Limit.TIMEOUT);
                    case SCRIPT -> new RunOutcome.LimitReached(RunOutcome.Limit.SCRIPT);
                };
            }
        }
        return null;
    }
}
