package dev.trapline.vcpu;

import static dev.trapline.vcpu.MachineRuns.assertAsRecorded;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.abi.policy.Policy;
import dev.trapline.journal.HistoryEntry;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.testkit.Guests;
import dev.trapline.timeline.Checkpoint;
import dev.trapline.timeline.Playback;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A full engine is replaced. Only a guest without the required cache maintenance can observe this; for such a guest it
/// happens at the same positions in every replay.
@Tag("native")
class RenewalTest {

    private static final MachineRuns PLAIN = new MachineRuns();
    /// No slice of these tests is a multiple of 700 long, so engines are also replaced within slices.
    private static final MachineRuns EAGER = PLAIN.with(engines -> new EagerEngines(engines, 700, 3));
    /// An engine takes a millisecond to open.
    private static final MachineRuns SELDOM = PLAIN.with(engines -> new EagerEngines(engines, 700, 40));

    /// How far the checkpoints are apart that a run is continued from.
    private static final int APART = Boolean.getBoolean("trapline.full") ? 11 : 101;

    @TempDir
    private Path directory;

    @AfterAll
    static void stop() {
        PLAIN.close();
    }

    @Test
    void aReplayOfAGuestThatForgetsItsMaintenanceRenewsWhereTheRunDid() {
        MachineSpec spec = Specs.withVcpus(2).slice(1000).spec();
        Image image = ForgetfulGuest.A64_CODE.image();
        Finished recorded = EAGER.record(spec, image, "", directory.resolve("rec"));
        assertThat(PLAIN.run(spec, image, "").report().memoryDigest())
                .as("this guest can observe that engines are replaced")
                .isNotEqualTo(recorded.report().memoryDigest());
        MachineRuns.assertEqual(PLAIN.replay(directory.resolve("rec")), recorded, "replay by engines that never ask");
        MachineRuns.assertEqual(EAGER.replay(directory.resolve("rec")), recorded, "replay by engines that ask often");
        assertThat(renewals()).as("some are within slices").anyMatch(after -> after > 0);
        assertThat(renewals()).as("some are before slices").contains(0L);
    }

    @Test
    void anInstructionWithinASliceIsTheSameByEitherWay() {
        MachineSpec spec = Specs.withVcpus(2).slice(1000).spec();
        EAGER.record(spec, ForgetfulGuest.A64_CODE.image(), "", directory.resolve("rec"));
        for (int slice : new int[] {1, 2, 3, 20, 21, 50, 51}) {
            try (Playback whole = PLAIN.playback(directory.resolve("rec"), (_, _) -> {});
                    Playback parts = EAGER.playback(directory.resolve("rec"), (_, _) -> {})) {
                whole.playTo(slice);
                parts.playTo(slice);
                whole.playInto(900);
                parts.playInto(900);
                assertThat(Sight.of(parts))
                        .as("900 instructions into slice %d", slice)
                        .isEqualTo(Sight.of(whole));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "smp-patch, RANDOM",
        "smp-counter-t32, RANDOM",
        "conditions-t32, ROUND_ROBIN",
        "times-a32, ROUND_ROBIN",
        "fp, RANDOM",
        "conform-sdei-states, RANDOM",
    })
    void noOtherGuestCanTell(String guest, Schedule schedule) throws IOException {
        MachineSpec spec = MachineRuns.spec(2, schedule, 11, Guests.width(guest + ".elf"), Policy.DEFAULT);
        Finished expected = PLAIN.run(spec, Guests.image(guest + ".elf"), "");
        Finished renewed = SELDOM.record(spec, Guests.image(guest + ".elf"), "", directory.resolve("rec"));
        MachineRuns.assertEqual(renewed, expected, guest + " on engines that are replaced all the time");
        assertThat(renewals()).as("engines were replaced").isNotEmpty();
    }

    @Test
    void theRestFromACheckpointRenewsWhereTheRunDid() throws IOException {
        MachineSpec spec = MachineRuns.spec(2, Schedule.RANDOM, 3);
        Finished recorded = EAGER.record(spec, Guests.image("smp-patch.elf"), "", directory.resolve("rec"));
        try (Playback playback = PLAIN.playback(directory.resolve("rec"), (_, _) -> {})) {
            List<Checkpoint> checkpoints = new ArrayList<>();
            for (int slice = 0; playback.outcome() == null; slice += APART) {
                checkpoints.add(playback.checkpoint());
                playback.playTo(slice);
            }
            for (Checkpoint checkpoint : checkpoints.reversed()) {
                playback.goTo(checkpoint);
                playback.playTo(Long.MAX_VALUE);
                assertAsRecorded(playback.report(), recorded, "the rest from " + checkpoint.position());
            }
        }
    }

    private List<Long> renewals() {
        List<Long> found = new ArrayList<>();
        try (RecordingReader reader = Recordings.open(directory.resolve("rec"), OpenOptions.STRICT)) {
            for (Iterator<HistoryEntry> entries = reader.entries(); entries.hasNext(); ) {
                if (entries.next().record() instanceof JournalRecord.Renewed(long after)) {
                    found.add(after);
                }
            }
        }
        return found;
    }
}
