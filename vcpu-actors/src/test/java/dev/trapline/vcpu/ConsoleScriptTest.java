package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.ConsoleScript;
import dev.trapline.abi.machine.ConsoleScript.Expect;
import dev.trapline.abi.machine.ConsoleScript.Keys;
import dev.trapline.abi.machine.ConsoleScript.Pause;
import dev.trapline.abi.machine.ConsoleScript.Step;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.machine.choice.Choices;
import dev.trapline.testkit.Guests;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// A script that waits for the guest's output types the same at every run, and a replay does not need it.
@Tag("native")
class ConsoleScriptTest {

    private static final long LIMIT = 10 * MachineSpec.TICKS_PER_SECOND;

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    private static Bytes bytes(String text) {
        return Bytes.copyOf(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static Step expect(String text, long limit) {
        return new Expect(1, bytes(text), limit);
    }

    private static Step type(String text) {
        return new Keys(2, bytes(text));
    }

    /// Talks with the guest `echo`, which prints what is typed, and ends with a `q`.
    static ConsoleScript conversation() {
        return new ConsoleScript(List.of(
                expect("q ends\n", LIMIT),
                type("hello"),
                expect("hello", LIMIT),
                new Pause(3, 100_000),
                type("there"),
                expect("there", LIMIT),
                type("q")));
    }

    private static Finished record(ConsoleScript script, Path recording) throws IOException {
        return RUNS.record(MachineRuns.spec(1, Schedule.ROUND_ROBIN, 0), Guests.image("echo.elf"), script, recording);
    }

    private static List<JournalRecord> inputs(Path recording) {
        List<JournalRecord> records = new ArrayList<>();
        try (RecordingReader reader = Recordings.open(recording, OpenOptions.STRICT)) {
            reader.entries().forEachRemaining(entry -> records.add(entry.record()));
        }
        return records.stream()
                .filter(record -> record instanceof JournalRecord.ConsoleInput)
                .toList();
    }

    @Test
    void aScriptTypesTheSameAtEveryRunAndAReplayDoesNotNeedIt(@TempDir Path directory) throws IOException {
        Finished first = record(conversation(), directory.resolve("first"));
        assertThat(first.report().outcome()).isEqualTo(new RunOutcome.PoweredOff());
        assertThat(first.console()).isEqualTo("type; q ends\nhellothere\nbye\n");
        assertThat(inputs(directory.resolve("first")))
                .as("each byte is an input")
                .hasSize("hellothereq".length());
        MachineRuns.assertEqual(record(conversation(), directory.resolve("second")), first, "run again");
        MachineRuns.assertEqual(RUNS.replay(directory.resolve("first")), first, "replayed");
    }

    @Test
    void aGuestThatDoesNotPrintInTimeEndsTheRunAtExactlyTheLimit(@TempDir Path directory) throws IOException {
        Expect wrong = new Expect(7, bytes("goodbye"), 1_000_000);
        Finished late = record(
                new ConsoleScript(List.of(type("good"), expect("good", LIMIT), wrong, type("q"))),
                directory.resolve("late"));
        assertThat(late.report().outcome()).isEqualTo(new RunOutcome.LimitReached(RunOutcome.Limit.SCRIPT));
        Choices.Unmet unmet = Objects.requireNonNull(late.report().unused().unmet(), "the step that was not met");
        assertThat(unmet.step()).isEqualTo(wrong);
        assertThat(new String(unmet.last().toArray(), StandardCharsets.US_ASCII))
                .isEqualTo("type; q ends\ngood");
        assertThat(late.report().unused().scriptBytes()).as("the q").isEqualTo(1);
        assertThat(late.report().progress().virtualTime())
                .isBetween(unmet.since() + 1_000_000, unmet.since() + 1_000_100);
        MachineRuns.assertEqual(RUNS.replay(directory.resolve("late")), late, "replayed");
    }

    /// On the board `bare`, nothing but its limit would end the wait of a vCPU: without it, that is a deadlock.
    @Test
    void aGuestThatSleepsForEverIsEndedByTheLimit(@TempDir Path directory) {
        Finished late = RUNS.record(
                MachineRuns.spec(1, Schedule.ROUND_ROBIN, 0),
                InterruptedGuests.guest("wait: wfi; b wait"),
                new ConsoleScript(List.of(expect("x", 123_456))),
                directory.resolve("rec"));
        assertThat(late.report().outcome()).isEqualTo(new RunOutcome.LimitReached(RunOutcome.Limit.SCRIPT));
        assertThat(late.report().progress().virtualTime()).isEqualTo(123_456);
        MachineRuns.assertEqual(RUNS.replay(directory.resolve("rec")), late, "replayed");
    }
}
