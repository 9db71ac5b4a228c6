package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.EntropyKey;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.machine.choice.Choice;
import dev.trapline.machine.choice.Choices;
import dev.trapline.machine.choice.EditedChoices;
import dev.trapline.machine.choice.NotedChoices;
import dev.trapline.machine.choice.ScheduledChoices;
import dev.trapline.machine.schedule.Scheduler;
import dev.trapline.testkit.Guests;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A run is determined by its header and its choices. The choices can be recorded, edited, and used again.
class ChoicesTest {

    private static final long LIMIT = 400_000;

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    /// A run with its choices.
    private record Noted(Finished finished, List<Choice> choices) {}

    private Noted note(MachineSpec spec, String guest, String script, Scheduler schedule, String to)
            throws IOException {
        AtomicReference<NotedChoices> noted = new AtomicReference<>();
        Finished finished = RUNS.record(
                spec,
                Guests.image(guest),
                script,
                operator -> {
                    noted.set(new NotedChoices(new ScheduledChoices(schedule, operator)));
                    return noted.get();
                },
                directory.resolve(to));
        return new Noted(finished, noted.get().noted());
    }

    /// A run with given choices, and the choices that it did not use.
    private record Edited(Finished finished, List<Choice> unused) {}

    private Edited edit(MachineSpec spec, Image image, List<Choice> sequence, String to) {
        EditedChoices edited = new EditedChoices(sequence, Choices.defaults());
        Finished finished = RUNS.record(spec, image, "", _ -> edited, directory.resolve(to));
        return new Edited(finished, edited.unused());
    }

    private static MachineSpec roundRobin(String guest) {
        return MachineRuns.smallSpec(guest, 0, LIMIT);
    }

    private static Scheduler random(String guest, long seed) {
        MachineSpec spec = MachineRuns.smallSpec(guest, seed, LIMIT);
        return Scheduler.of(Schedule.RANDOM, spec.schedule().quantum(), seed);
    }

    /// Guests with console input, entropy, waits, calls for other vCPUs, resets, and races of four vCPUs.
    @ParameterizedTest
    @CsvSource({
        "smp-race.elf, 1",
        "smp-race.elf, 2",
        "wfi-all.elf, 3",
        "echo.elf, 4",
        "conform-trng.elf, 5",
        "conform-psci-cpus.elf, 6",
        "conform-pvtime.elf, 7",
        "smp-hello-t32.elf, 8",
        "reset-key.elf, 9",
    })
    void aRandomRunIsItsDifferencesFromRoundRobin(String guest, long seed) throws IOException {
        String script = guest.startsWith("reset-key") ? "rrq" : "some text\rq";
        MachineSpec random = MachineRuns.smallSpec(guest, seed, LIMIT);
        // Entropy depends only on the header's seed.
        MachineSpec plain = random.with(random.schedule().withKind(Schedule.ROUND_ROBIN));
        Finished whole = RUNS.run(random, Guests.image(guest), script);
        Noted noted = note(plain, guest, script, random(guest, seed), "noted");
        MachineRuns.assertEqual(noted.finished(), whole, "as differences");
        MachineRuns.assertEqual(RUNS.replay(directory.resolve("noted")), whole, "their recording");

        Edited edited = edit(plain, Guests.image(guest), noted.choices(), "edited");
        MachineRuns.assertEqual(edited.finished(), whole, "run again by what was noted");
        assertThat(edited.unused())
                .as("choices that the machine did not ask for")
                .isEmpty();
        MachineRuns.assertEqual(RUNS.replay(directory.resolve("edited")), whole, "that one's recording");
    }

    @Test
    void aRunByTheDefaultsHasNoRecordsOfTurns() throws IOException {
        Noted noted = note(
                roundRobin("smp-race.elf"),
                "smp-race.elf",
                "",
                Scheduler.of(Schedule.ROUND_ROBIN, roundRobin("").schedule().quantum(), 0),
                "plain");
        assertThat(noted.choices()).as("the entropy of the start").hasOnlyElementsOfType(Choice.OfEntropy.class);
        assertThat(turns("plain")).isZero();
    }

    private long turns(String recording) {
        return records(recording).stream()
                .filter(JournalRecord.Turned.class::isInstance)
                .count();
    }

    private List<JournalRecord> records(String recording) {
        List<JournalRecord> records = new ArrayList<>();
        try (RecordingReader reader = Recordings.open(directory.resolve(recording), OpenOptions.STRICT)) {
            reader.entries().forEachRemaining(entry -> records.add(entry.record()));
        }
        return records;
    }

    /// If choices are removed, the remaining ones still run, are recorded and replay. They are used if the machine
    /// asks for them.
    @ParameterizedTest
    @CsvSource({"smp-race.elf, 11", "wfi-all.elf, 12", "echo.elf, 13", "conform-psci-cpus.elf, 14"})
    void anyChoiceCanBeTakenAway(String guest, long seed) throws IOException {
        MachineSpec spec = roundRobin(guest);
        List<Choice> all =
                note(spec, guest, "some text\rq", random(guest, seed), "all").choices();
        assertThat(all).as("there are choices to remove").hasSizeGreaterThan(4);
        for (int part = 0; part < 5; part++) {
            List<Choice> rest = new ArrayList<>(all);
            rest.remove((all.size() - 1) * part / 4);
            String name = "without-" + part;
            Edited edited = edit(spec, Guests.image(guest), rest, name);
            assertThat(edited.finished().report().outcome())
                    .as(name)
                    .isNotInstanceOfAny(RunOutcome.Broken.class, RunOutcome.Diverged.class);
            MachineRuns.assertEqual(RUNS.replay(directory.resolve(name)), edited.finished(), name);
        }
    }

    @Test
    void halfOfTheChoicesAreAPrefixOfTheRun() throws IOException {
        String guest = "smp-race.elf";
        MachineSpec spec = roundRobin(guest);
        List<Choice> all = note(spec, guest, "", random(guest, 21), "whole").choices();
        List<Choice> half = all.subList(0, all.size() / 2);
        Edited edited = edit(spec, Guests.image(guest), half, "half");
        assertThat(edited.unused())
                .as("the machine asks for all of the first half")
                .isEmpty();
        assertThat(turns("half"))
                .isEqualTo(half.stream().filter(Choice.OfTurn.class::isInstance).count());
    }

    @Test
    void aChoiceThatNobodyAsksForIsLeftOverAndChangesNothing() throws IOException {
        String guest = "smp-hello-t32.elf";
        MachineSpec spec = roundRobin(guest);
        List<Choice> absent = List.of(
                new Choice.OfTurn(new ChoicePoint(new VcpuId(3), 12_345, 777), new Turn(new VcpuId(0), 5)),
                new Choice.OfEntropy(new EntropyKey("nobody", 1), Bytes.copyOf(new byte[] {1})),
                new Choice.OfArrival(
                        new ChoicePoint(new VcpuId(1), 1, 1),
                        new JournalRecord.Injected(new Injection.WakeUp(new VcpuId(0)))));
        Edited edited = edit(spec, Guests.image(guest), absent, "absent");
        MachineRuns.assertEqual(edited.finished(), RUNS.run(spec, Guests.image(guest), ""), "as if it were not");
        assertThat(edited.unused()).containsExactlyInAnyOrderElementsOf(absent);
    }

    /// The chosen vCPU cannot run yet: only the first vCPU can.
    @Test
    void aTurnForAVcpuThatCannotRunIsLeftOver() throws IOException {
        String guest = "smp-hello-t32.elf";
        MachineSpec spec = roundRobin(guest);
        Choice impossible = new Choice.OfTurn(new ChoicePoint(new VcpuId(3), 0, 0), new Turn(new VcpuId(2), 5));
        Edited edited = edit(spec, Guests.image(guest), List.of(impossible), "impossible");
        MachineRuns.assertEqual(edited.finished(), RUNS.run(spec, Guests.image(guest), ""), "by the defaults");
        assertThat(edited.unused()).containsExactly(impossible);
    }

    /// The first turn is shorter, and nothing else is changed: the next vCPU that can run has the rest of the
    /// round.
    @Test
    void oneTurnCanBeMadeShorter() throws IOException {
        String guest = "spin.elf";
        MachineSpec spec = roundRobin(guest);
        Choice shorter = new Choice.OfTurn(new ChoicePoint(new VcpuId(3), 0, 0), new Turn(new VcpuId(0), 5));
        Edited edited = edit(spec, Guests.image(guest), List.of(shorter), "shorter");
        assertThat(edited.unused()).isEmpty();
        List<JournalRecord> records = records("shorter");
        assertThat(records.stream().filter(JournalRecord.Turned.class::isInstance))
                .containsExactly(new JournalRecord.Turned(new Turn(new VcpuId(0), 5)));
        assertThat(records.stream()
                        .filter(JournalRecord.Slice.class::isInstance)
                        .map(JournalRecord.Slice.class::cast)
                        .limit(3)
                        .map(JournalRecord.Slice::budget))
                .as("the rest of the round, and the next one")
                .containsExactly(5L, 19_995L, 20_000L);
    }

    /// A round ends at the time of a planned input; the guest waits for nothing else.
    @Test
    void anArrivalCanBePlannedForAMoment() throws IOException {
        String guest = "echo.elf";
        MachineSpec spec = roundRobin(guest);
        List<Choice> typed = List.of(
                new Choice.Planned(123_456, new JournalRecord.ConsoleInput(Bytes.copyOf(new byte[] {'x'}))),
                new Choice.Planned(234_567, new JournalRecord.ConsoleInput(Bytes.copyOf(new byte[] {'q'}))));
        Edited edited = edit(spec, Guests.image(guest), typed, "typed");
        assertThat(edited.unused()).isEmpty();
        assertThat(edited.finished().report().outcome()).isEqualTo(new RunOutcome.PoweredOff());
        assertThat(edited.finished().console()).contains("x");
        MachineRuns.assertEqual(RUNS.replay(directory.resolve("typed")), edited.finished(), "its recording");
    }

    @Test
    void entropyCanBeChosen() throws IOException {
        String guest = "conform-trng.elf";
        MachineSpec spec = roundRobin(guest);
        Noted noted = note(
                spec,
                guest,
                "",
                Scheduler.of(Schedule.ROUND_ROBIN, spec.schedule().quantum(), 0),
                "seeded");
        List<Choice.OfEntropy> drawn = noted.choices().stream()
                .filter(Choice.OfEntropy.class::isInstance)
                .map(Choice.OfEntropy.class::cast)
                .toList();
        assertThat(drawn).extracting(Choice.OfEntropy::asked).startsWith(new EntropyKey("trng", 1));
        Bytes zeros = Bytes.copyOf(new byte[drawn.getFirst().bytes().size()]);
        Edited edited = edit(
                spec, Guests.image(guest), List.of(new Choice.OfEntropy(new EntropyKey("trng", 1), zeros)), "zeros");
        assertThat(edited.unused()).isEmpty();
        assertThat(records("zeros")).contains(new JournalRecord.Entropy("trng", zeros));
        MachineRuns.assertEqual(RUNS.replay(directory.resolve("zeros")), edited.finished(), "its recording");
    }
}
