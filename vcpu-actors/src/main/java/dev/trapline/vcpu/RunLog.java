package dev.trapline.vcpu;

import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.journal.record.JournalRecord;
import dev.trapline.journal.record.JournalRecord.Answer;
import dev.trapline.journal.record.JournalRecord.Slice;
import dev.trapline.vcpu.trace.HypercallText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The last few things that happened, kept for the message at the end of a run. Costs two array stores an event.
final class RunLog {

    private static final int EVENTS = 32;
    private static final int CALLS = 8;

    private final HypercallText text;
    private final @Nullable JournalRecord[] events = new JournalRecord[EVENTS];
    private final @Nullable Slice[] callers = new Slice[CALLS];
    private final @Nullable Answer[] answers = new Answer[CALLS];
    private long eventCount;
    private long callCount;

    RunLog(HypercallText text) {
        this.text = text;
    }

    void add(JournalRecord event) {
        events[(int) (eventCount++ % EVENTS)] = event;
    }

    void addCall(Slice caller, Answer answer) {
        int at = (int) (callCount++ % CALLS);
        callers[at] = caller;
        answers[at] = answer;
    }

    long calls() {
        return callCount;
    }

    /// The last hypercalls, oldest first.
    List<String> lastCalls() {
        List<String> lines = new ArrayList<>();
        for (long n = Math.max(0, callCount - CALLS); n < callCount; n++) {
            Slice caller = callers[(int) (n % CALLS)];
            Answer answer = answers[(int) (n % CALLS)];
            if (caller != null && answer != null && caller.exit() instanceof HypercallExit exit) {
                lines.add(text.line(caller.vcpu(), exit, answer));
            }
        }
        return lines;
    }

    /// The last events, oldest first.
    List<String> lastEvents() {
        List<String> lines = new ArrayList<>();
        for (long n = Math.max(0, eventCount - EVENTS); n < eventCount; n++) {
            JournalRecord event = events[(int) (n % EVENTS)];
            if (event != null) {
                lines.add(describe(event));
            }
        }
        return lines;
    }

    private String describe(JournalRecord event) {
        return switch (event) {
            case Slice slice ->
                slice.vcpu() + " ran up to " + slice.budget() + " instructions: " + describe(slice.exit());
            case Answer answer ->
                "  answered: " + answer.registers() + " [" + HypercallText.decision(answer.decision()) + "]";
            case JournalRecord.ConsoleInput input -> "console input: " + input.bytes();
            case JournalRecord.Reconfigured _ -> "another policy";
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
            case Exit.Maintenance(int operation, long argument) ->
                "maintenance 0x" + Integer.toHexString(operation) + " of 0x" + Long.toHexString(argument);
            case GuestFault fault -> fault.kind().description() + " at 0x" + Long.toHexString(fault.address());
        };
    }
}
