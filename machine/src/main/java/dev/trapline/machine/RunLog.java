package dev.trapline.machine;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.history.DivergenceException;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.JournalRecord.Answer;
import dev.trapline.abi.history.JournalRecord.Slice;
import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.machine.text.HypercallText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The last events, kept for the message at the end of a run. There are two ring buffers, so that many slices do not
/// push out a few hypercalls. An event costs one or two stores.
final class RunLog implements Snapshot {

    private static final int EVENTS = 32;
    private static final int CALLS = 32;

    private final HypercallText text;
    private final DivergenceContext divergences;
    private final @Nullable JournalRecord[] events = new JournalRecord[EVENTS];
    private final long[] eventTimes = new long[EVENTS];
    private final @Nullable Slice[] callers = new Slice[CALLS];
    private final @Nullable Answer[] answers = new Answer[CALLS];
    private final long[] callTimes = new long[CALLS];
    private long eventCount;
    private long callCount;

    private @Nullable Slice current;

    RunLog(HypercallText text, ServiceVersions versions) {
        this.text = text;
        this.divergences = new DivergenceContext(text, versions);
    }

    /// Adds the slice that has just ended, before it is compared with a recorded one.
    void ended(Slice slice) {
        current = slice;
    }

    /// The report of a divergence, with its context.
    String report(DivergenceException divergence) {
        return divergences.report(divergence, current);
    }

    /// Adds an event that is not an answered hypercall.
    void add(JournalRecord event) {
        int at = (int) (eventCount++ % EVENTS);
        events[at] = event;
        eventTimes[at] = eventCount + callCount;
    }

    /// Adds an answered hypercall.
    void addCall(Slice caller, Answer answer) {
        int at = (int) (callCount++ % CALLS);
        callers[at] = caller;
        answers[at] = answer;
        callTimes[at] = eventCount + callCount;
    }

    long calls() {
        return callCount;
    }

    /// The last hypercalls, oldest first.
    List<String> lastCalls() {
        List<String> lines = new ArrayList<>();
        for (long n = Math.max(0, callCount - RunReport.CALLS_SHOWN); n < callCount; n++) {
            if (callers[(int) (n % CALLS)] != null) {
                lines.add(call(n));
            }
        }
        return lines;
    }

    /// The last events, hypercalls among them, oldest first.
    List<String> lastEvents() {
        SortedMap<Long, String> lines = new TreeMap<>();
        for (int at = 0; at < EVENTS; at++) {
            JournalRecord event = events[at];
            if (event != null) {
                lines.put(eventTimes[at], describe(event));
            }
        }
        for (long n = Math.max(0, callCount - CALLS); n < callCount; n++) {
            int at = (int) (n % CALLS);
            if (callers[at] != null) {
                lines.put(callTimes[at], call(n));
            }
        }
        return lines.values().stream().skip(Math.max(0, lines.size() - EVENTS)).toList();
    }

    /// Restores only the counts: the events for messages begin anew.
    @Override
    public void save(StateWriter state) {
        state.put(eventCount);
        state.put(callCount);
    }

    @Override
    public void load(StateReader state) {
        current = null;
        Arrays.fill(events, null);
        Arrays.fill(callers, null);
        Arrays.fill(answers, null);
        eventCount = state.take();
        callCount = state.take();
    }

    /// @param n ordinal of the call, from 0: people count from 1
    private String call(long n) {
        int at = (int) (n % CALLS);
        Slice caller = callers[at];
        Answer answer = answers[at];
        return caller != null && answer != null && caller.exit() instanceof HypercallExit exit
                ? "hypercall#" + (n + 1) + " " + text.line(caller.vcpu(), exit, answer)
                : "";
    }

    private String describe(JournalRecord event) {
        return switch (event) {
            case Slice slice ->
                slice.vcpu() + " ran " + slice.executed() + " of " + slice.budget() + " instructions: "
                        + describe(slice.exit());
            case Answer answer ->
                "  answered: " + answer.registers() + " [" + HypercallText.decision(answer.decision()) + "]";
            case JournalRecord.ConsoleInput input -> "console input: " + input.bytes();
            case JournalRecord.Frame frame -> "a frame: " + frame.bytes();
            case JournalRecord.Reconfigured _ -> "another policy";
            case JournalRecord.Injected _, JournalRecord.Reaction _ -> HypercallText.happening(event);
            case JournalRecord.Entropy(String service, Bytes bytes) ->
                bytes.size() + " bytes of entropy for '" + service + "'";
            case JournalRecord.Round(long begins, long ends) -> "a round from " + begins + " to " + ends + " ticks";
            case JournalRecord.Turned(Turn turn) ->
                turn.length() == 0
                        ? turn.vcpu() + " is passed over in this round"
                        : turn.vcpu() + " gets a turn of " + turn.length() + " ticks";
            case JournalRecord.Faulted(CallFault fault) -> "a fault: " + HypercallText.fault(fault);
            case JournalRecord.Renewed(long after) -> "a fresh engine after " + after + " instructions";
            case JournalRecord.Stop stop -> "asked to stop: " + stop.reason();
            case JournalRecord.FullDigest digest -> digest.vcpu() + " digest of all registers";
            case JournalRecord.MemoryDigest _ -> "digest of memory";
            case JournalRecord.End end -> "end: " + end.outcome();
        };
    }

    private String describe(Exit exit) {
        return switch (exit) {
            case HypercallExit call ->
                call.conduit() + " " + text.name(call) + "(" + String.join(", ", text.arguments(call)) + ")";
            case Exit.BudgetUsed _ -> "budget used";
            case Exit.WaitForInterrupt _ -> "WFI";
            case Exit.FirmwareInterrupt _ -> "interrupt for firmware";
            case Exit.Maintenance(int operation, long argument) ->
                "maintenance 0x" + Integer.toHexString(operation) + " of 0x" + Long.toHexString(argument);
            case GuestFault fault -> fault.kind().description() + " at 0x" + Long.toHexString(fault.address());
        };
    }
}
