package dev.trapline.journal.replay;

import dev.trapline.abi.Position;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.journal.HistoryEntry;
import java.util.Objects;

/// Describes how an actual record differs from the recorded one: one line for each different field.
final class RecordDifference {

    private final StringBuilder lines = new StringBuilder();

    private RecordDifference() {}

    /// The report of a divergence.
    static String report(HistoryEntry expected, JournalRecord actual, String recording) {
        RecordDifference difference = new RecordDifference();
        difference.compare(expected.record(), actual);
        return "the replay of " + recording + " diverges at " + expected.position() + ", in "
                + RecordText.name(expected.record()) + difference.lines;
    }

    /// The report of a run that continues where the recorded one ended.
    static String afterTheEnd(Position position, String recording, JournalRecord actual) {
        return "the replay of " + recording + " diverges at " + position
                + ": the recorded run has ended, but the replay has " + RecordText.name(actual);
    }

    private void compare(JournalRecord expected, JournalRecord actual) {
        switch (expected) {
            case JournalRecord.Slice e when actual instanceof JournalRecord.Slice a -> slices(e, a);
            case JournalRecord.Answer e
            when actual instanceof JournalRecord.Answer a -> {
                field("decision", RecordText.decision(e.decision()), RecordText.decision(a.decision()));
                field("registers written", e.registers(), a.registers());
                field("effects", e.effects(), a.effects());
            }
            case JournalRecord.Reaction e
            when actual instanceof JournalRecord.Reaction a -> {
                field("service", e.service(), a.service());
                field("effects", e.effects(), a.effects());
            }
            case JournalRecord.FullDigest e
            when actual instanceof JournalRecord.FullDigest a -> {
                field("vCPU", e.vcpu(), a.vcpu());
                hex("digest", e.digest(), a.digest());
            }
            case JournalRecord.MemoryDigest e
            when actual instanceof JournalRecord.MemoryDigest a -> hex("digest", e.digest(), a.digest());
            case JournalRecord.End e
            when actual instanceof JournalRecord.End a -> {
                field("outcome", e.outcome(), a.outcome());
                number("virtual time", e.virtualTime(), a.virtualTime());
                number("bytes printed", e.consoleBytes(), a.consoleBytes());
                hex("digest of the console", e.consoleDigest(), a.consoleDigest());
            }
            case JournalRecord _ -> line("record", RecordText.name(expected), RecordText.name(actual));
        }
    }

    private void slices(JournalRecord.Slice expected, JournalRecord.Slice actual) {
        field("vCPU", expected.vcpu(), actual.vcpu());
        number("virtual time", expected.began(), actual.began());
        number("budget", expected.budget(), actual.budget());
        exits(expected.exit(), actual.exit());
        number("instructions", expected.executed(), actual.executed());
        hex("digest of the registers and what was printed", expected.digest(), actual.digest());
    }

    private void exits(Exit expected, Exit actual) {
        if (expected instanceof HypercallExit e && actual instanceof HypercallExit a) {
            field("conduit", e.conduit(), a.conduit());
            number("#imm", e.immediate(), a.immediate());
            field("execution state", e.state(), a.state());
            number("exception level", e.exceptionLevel(), a.exceptionLevel());
            number("instruction width", e.instructionWidth(), a.instructionWidth());
            field("condition passed", e.conditionPassed(), a.conditionPassed());
            for (int n = 0; n < GeneralRegisters.COUNT; n++) {
                hex(
                        GeneralRegisters.nameOf(n),
                        e.registers().get(n),
                        a.registers().get(n));
            }
        } else {
            field("exit", RecordText.exit(expected), RecordText.exit(actual));
        }
    }

    private void field(String name, Object expected, Object actual) {
        if (!Objects.equals(expected, actual)) {
            line(name, expected.toString(), actual.toString());
        }
    }

    private void number(String name, long expected, long actual) {
        if (expected != actual) {
            line(name, Long.toString(expected), Long.toString(actual));
        }
    }

    private void hex(String name, long expected, long actual) {
        if (expected != actual) {
            line(name, RecordText.hex(expected), RecordText.hex(actual));
        }
    }

    private void line(String name, String expected, String actual) {
        lines.append("\n  ")
                .append(name)
                .append(": expected ")
                .append(expected)
                .append(", came ")
                .append(actual);
    }
}
