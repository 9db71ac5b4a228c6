package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.Durability;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.testkit.Guests;
import dev.trapline.unicorn.UnicornEngines;
import dev.trapline.unicorn.ffi.LibrarySearch;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The contract of docs/determinism.md on real guests: a run, a second run, and a replay are identical, under every
/// schedule, with the engine's shortcuts and without.
@Tag("native")
class GuestDeterminismTest {

    private static final int SEEDS = Boolean.getBoolean("trapline.full") ? 200 : 20;

    private static final Durability[] DURABILITIES = Durability.values();

    /// The number of schedules whose histories are kept as data: round robin, and the seeds from 1.
    private static final int KNOWN = 5;

    /// The limit for guests that never end, in instructions.
    private static final long LIMIT = 8_000_000;

    /// Guests that make calls without end. Each call ends a slice, and slices take most of the time of this test.
    private static final List<String> CALLERS = List.of(
            "conform-sdei-cpus.elf",
            "conform-sdei-delivery.elf",
            "conform-sdei-states.elf",
            "event-loop.elf",
            "hypercall-loop.elf");

    private static final long CALLERS_LIMIT = 200_000;

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    /// The same without the engine's shortcuts.
    private static final MachineRuns PLAIN =
            RUNS.with(_ -> new UnicornEngines(UnicornLibrary.load(LibrarySearch.standard(null)), Set.of()));

    static List<String> guests() throws IOException {
        return Guests.names(Guests.DIRECTORY);
    }

    @ParameterizedTest
    @MethodSource("guests")
    void aRunTheSameAgainAndItsReplayAreEqual(String guest, @TempDir Path directory) throws IOException {
        Image image = Guests.image(guest);
        String input = guest.startsWith("reset-key") ? "rrq" : "some text\rq";
        List<String> histories = new ArrayList<>();
        for (long seed = 0; seed <= SEEDS; seed++) {
            MachineSpec spec = MachineRuns.smallSpec(guest, seed, CALLERS.contains(guest) ? CALLERS_LIMIT : LIMIT);
            Path recording = directory.resolve("seed-" + seed);

            // The history does not depend on how it is stored, so the durabilities are used in turn.
            Durability durability = DURABILITIES[(int) (seed % DURABILITIES.length)];
            // It does not depend on the engine's shortcuts either: a recording with shortcuts is replayed without, and
            // the reverse.
            boolean shortcuts = seed % 2 == 0;
            Finished first = (shortcuts ? RUNS : PLAIN).record(spec, image, input, recording, durability);
            Finished again = RUNS.run(spec, image, input);
            Finished replayed = (shortcuts ? PLAIN : RUNS).replay(recording);

            String what = "%s under %s with seed %d, durability %s, recorded %s shortcuts"
                    .formatted(guest, spec.schedule().kind(), seed, durability.id(), shortcuts ? "with" : "without");
            assertThat(first.report().progress().slices()).as(what).isPositive();
            MachineRuns.assertEqual(again, first, what + ", run again");
            MachineRuns.assertEqual(replayed, first, what + ", replayed");
            if (seed <= KNOWN) {
                histories.add(KnownHistories.line(spec, first));
            }
        }
        KnownHistories.check(guest, histories);
    }

    @ParameterizedTest
    @ValueSource(strings = {"smp-race.elf", "hypercall-loop-1k.elf", "wfi-all.elf", "echo.elf"})
    void theHistoryIsTheSameRecordByRecordHoweverItIsStored(String guest, @TempDir Path directory) throws IOException {
        List<List<JournalRecord>> histories = new ArrayList<>();
        for (Durability durability : DURABILITIES) {
            Path recording = directory.resolve(durability.id());
            RUNS.record(
                    MachineRuns.smallSpec(guest, 3, LIMIT), Guests.image(guest), "some text\rq", recording, durability);
            List<JournalRecord> history = new ArrayList<>();
            try (RecordingReader reader = Recordings.open(recording, OpenOptions.STRICT)) {
                reader.entries().forEachRemaining(entry -> history.add(entry.record()));
            }
            histories.add(history);
        }
        assertThat(histories.getFirst()).as("%s has a history", guest).isNotEmpty();
        assertThat(histories)
                .as("the history of %s under each durability", guest)
                .allMatch(histories.getFirst()::equals);
    }
}
