package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.machine.VcpuView;
import dev.trapline.timeline.Playback;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Playback of recordings slice by slice, with real guests.
@Tag("native")
class PlaybackTest {

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"smp-hello", "smp-patch", "reset", "conform-psci-suspend", "fault-read", "smp-counter-a32"})
    void playedToItsEndItIsTheRecordedRun(String guest) throws IOException {
        Finished recorded = record(guest, 4, Schedule.RANDOM, 20_000);
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (Playback playback =
                RUNS.playback(directory.resolve("rec"), (bytes, length) -> printed.write(bytes, 0, length))) {
            playback.playTo(Long.MAX_VALUE);
            String console = printed.toString(StandardCharsets.ISO_8859_1).replace("\r", "");
            MachineRuns.assertEqual(new Finished(console, playback.report()), recorded, guest + ", played");
        }
    }

    @Test
    void itStopsBeforeTheSliceThatIsAskedFor() throws IOException {
        record("smp-hello", 4, Schedule.ROUND_ROBIN, 20_000);
        try (Playback playback = playback()) {
            assertThat(playback.position().slice()).as("before the first slice").isZero();
            playback.playTo(7);
            assertThat(playback.position().slice())
                    .as("seven slices have ended")
                    .isEqualTo(7);
            assertThat(playback.vcpus().stream().filter(VcpuView::next))
                    .as("one vCPU holds the token")
                    .hasSize(1);
            assertThat(playback.outcome()).as("the run continues").isNull();
        }
    }

    @Test
    void theLastPositionIsTheEndAndShowsWhatTheRunLeft() throws IOException {
        Finished recorded = record("fault-read", 1, Schedule.ROUND_ROBIN, 20_000);
        try (Playback playback = playback()) {
            playback.playTo(recorded.report().position().slice());
            assertThat(playback.outcome())
                    .as("how the recorded run ended")
                    .isInstanceOfSatisfying(
                            RunOutcome.GuestFailed.class,
                            failed -> assertThat(registers(playback))
                                    .as("the registers of the fault")
                                    .isEqualTo(failed.registers()));
            assertThatThrownBy(() -> playback.playInto(1))
                    .as("nothing runs any more")
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void anInstructionInASliceIsWhereThatManySlicesOfOneInstructionCome() throws IOException {
        record("compute-short", 1, Schedule.ROUND_ROBIN, 20_000);
        record("compute-short", 1, Schedule.ROUND_ROBIN, 1, "single");
        try (Playback single = RUNS.playback(directory.resolve("single"), (_, _) -> {})) {
            for (int instruction : new int[] {1, 2, 17, 63, 64, 65}) {
                single.playTo(instruction);
                try (Playback playback = playback()) {
                    assertThat(playback.playInto(instruction))
                            .as("the slice is longer than %d instructions", instruction)
                            .isTrue();
                    assertThat(registers(playback))
                            .as("registers after %d instructions", instruction)
                            .isEqualTo(registers(single));
                    assertThat(playback.memoryDigest())
                            .as("memory after %d instructions", instruction)
                            .isEqualTo(single.memoryDigest());
                }
            }
        }
    }

    @Test
    void aCallIsSeenBeforeItsAnswerAndTheNextSliceAfterIt() throws IOException {
        record("hypercall-loop-1k", 1, Schedule.ROUND_ROBIN, 20_000);
        try (Playback playback = playback()) {
            playback.playToExit();
            assertThat(registers(playback).x(0))
                    .as("PSCI_VERSION as the guest calls it (DEN0022)")
                    .isEqualTo(0x8400_0000L);
            assertThatThrownBy(() -> playback.playToExit())
                    .as("the history has not continued: nothing may follow")
                    .isInstanceOf(IllegalStateException.class);
        }
        try (Playback playback = playback()) {
            playback.playTo(1);
            assertThat(registers(playback).x(0))
                    .as("the version that it gets, not written into the engine yet")
                    .isEqualTo(0x1_0003L);
        }
    }

    private Finished record(String guest, int vcpus, Schedule schedule, long slice) throws IOException {
        return record(guest, vcpus, schedule, slice, "rec");
    }

    private Finished record(String guest, int vcpus, Schedule schedule, long slice, String name) throws IOException {
        return RUNS.recordSmall(guest, vcpus, schedule, slice, 2_000_000, directory.resolve(name));
    }

    private Playback playback() {
        return RUNS.playback(directory.resolve("rec"), (_, _) -> {});
    }

    private static GeneralRegisters registers(Playback playback) {
        return Objects.requireNonNull(playback.vcpus().get(0).registers(), "vCPU 0 has power");
    }
}
