package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.Width;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.board.Board;
import dev.trapline.board.bus.Alarm;
import dev.trapline.board.bus.Echo;
import dev.trapline.machine.MachineSetupException;
import dev.trapline.testkit.Assembler;
import dev.trapline.timeline.Checkpoint;
import dev.trapline.timeline.Playback;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// A guest uses custom devices of a test: an alarm clock whose line is wired to the vCPU, and another device in the
/// same page.
@Tag("native")
class BoardDeviceTest {

    private static final long ALARM = 0x0a00_0000L;
    private static final long ECHO = ALARM + 0x200;
    private static final int RINGS = 3;
    private static final long SLEEP = 100_000;

    /// Sets the alarm and waits for it, three times. Then prints the number of alarms, and the byte that the other
    /// device returns at offset 5.
    private static final String SLEEPER = """
            movz x1, #0x0a00, lsl #16
            movz x9, #0x0900, lsl #16
            movz w4, #0x86a0
            movk w4, #1, lsl #16
            mov w6, #1
        again:
            ldr w3, [x1]
            add w3, w3, w4
            str w3, [x1]
        wait:
            wfi
            ldr w5, [x1, #8]
            cmp w5, w6
            b.ne wait
            str wzr, [x1, #8]
            add w6, w6, #1
            cmp w6, #4
            b.ne again
            add w5, w5, #0x30
            str w5, [x9]
            ldrb w5, [x1, #0x205]
            add w5, w5, #0x40
            str w5, [x9]
            movz x0, #8
            movk x0, #0x8400, lsl #16
            hvc #0
        """;

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    @TempDir
    private Path directory;

    private static void fit(Board board) {
        Alarm alarm = new Alarm();
        board.device(ALARM, alarm)
                .device(ECHO, new Echo("echo", 0x10))
                .wake(VcpuId.BOOT, alarm.lines().getFirst());
    }

    private Finished record(String source, Path recording) {
        return RUNS.record(Specs.withVcpus(1).limit(1_000_000).spec(), guest(source), BoardDeviceTest::fit, recording);
    }

    private static Image guest(String source) {
        return Assembler.image("assembled.bin", ExecutionState.A64, source);
    }

    @Test
    void aGuestWaitsForADeviceAndReadsIt() {
        Finished run = record(SLEEPER, directory.resolve("rec"));
        assertThat(run.report().outcome()).isEqualTo(new RunOutcome.PoweredOff());
        assertThat(run.console()).as("three alarms, and one byte at offset 5").isEqualTo("3A");
        assertThat(run.report().progress().virtualTime())
                .as("it waited three times, and executed little else")
                .isBetween(RINGS * SLEEP, (RINGS + 1) * SLEEP);
    }

    @Test
    void theRecordingReplaysWithTheSameDevicesAndFromACheckpoint() {
        Path recording = directory.resolve("rec");
        Finished recorded = record(SLEEPER, recording);
        MachineRuns.assertEqual(RUNS.replay(recording, BoardDeviceTest::fit), recorded, "replayed");

        long slices = recorded.report().position().slice();
        for (long at = 0; at < slices; at++) {
            try (Playback playback = RUNS.playback(recording, BoardDeviceTest::fit)) {
                playback.playTo(at);
                Checkpoint checkpoint = playback.checkpoint();
                playback.playTo(Long.MAX_VALUE);
                MachineRuns.assertAsRecorded(playback.report(), recorded, "played past slice " + at);
                playback.goTo(checkpoint);
                playback.playTo(Long.MAX_VALUE);
                MachineRuns.assertAsRecorded(playback.report(), recorded, "restored before slice " + at);
            }
        }
    }

    @Test
    void aReplayWithOtherDevicesIsRefused() {
        Path recording = directory.resolve("rec");
        record(SLEEPER, recording);
        assertThatThrownBy(() -> RUNS.replay(recording))
                .as("without devices")
                .isInstanceOf(MachineSetupException.class)
                .hasMessageContaining("'alarm' (version 1, 0x10 bytes) at 0xa000000")
                .hasMessageContaining("no device there");
        assertThatThrownBy(() -> RUNS.playback(
                        recording, board -> board.device(ALARM, new Alarm()).device(ECHO, new Echo("echo", 0x20))))
                .as("with one of another size")
                .isInstanceOf(MachineSetupException.class)
                .hasMessageContaining("'echo' (version 1, 0x10 bytes) at 0xa000200")
                .hasMessageContaining("'echo' (version 1, 0x20 bytes) at 0xa000200");
        assertThatThrownBy(() -> RUNS.playback(recording, board -> {
                    fit(board);
                    board.device(ALARM + 0x1000, new Echo("more", 0x10));
                }))
                .as("with one more")
                .isInstanceOf(MachineSetupException.class)
                .hasMessageContaining("'more' (version 1, 0x10 bytes) at 0xa001000");
    }

    @Test
    void whereNoDeviceOfAPageIsThereIsNothing() {
        Finished run = record("movz x1, #0x0a00, lsl #16; ldr w0, [x1, #0x100]", directory.resolve("rec"));
        assertThat(run.report().outcome()).isInstanceOfSatisfying(RunOutcome.GuestFailed.class, failed -> {
            assertThat(failed.fault().kind()).isEqualTo(GuestFault.Kind.UNMAPPED_READ);
            assertThat(failed.fault().address()).isEqualTo(ALARM + 0x100);
        });
    }

    @Test
    void devicesThatDoNotFitAreRefusedBeforeTheMachineStarts() {
        Board.Fitting inRam = board -> board.device(0x4000_0000L, new Echo("rtc", 0x1000));
        assertThatThrownBy(() -> RUNS.record(Specs.withVcpus(1).spec(), guest("nop"), inRam, directory.resolve("rec")))
                .isInstanceOf(MachineSetupException.class)
                .hasMessageContaining("rtc (0x40000000 to 0x40001000)")
                .hasMessageContaining("RAM (0x40000000 to 0x40100000)");
        Board.Fitting tooHigh = board -> board.device(1L << 32, new Echo("rtc", 0x1000));
        assertThatThrownBy(() -> RUNS.record(
                        Specs.withVcpus(1).spec().with(CpuSpec.DEFAULT.withWidth(Width.AARCH32)),
                        Assembler.image("assembled.bin", ExecutionState.A32, "nop"),
                        tooHigh,
                        directory.resolve("rec")))
                .isInstanceOf(MachineSetupException.class)
                .hasMessageContaining("rtc");
        Board.Fitting noVcpu = board -> {
            Alarm alarm = new Alarm();
            board.device(ALARM, alarm).wake(new VcpuId(1), alarm.lines().getFirst());
        };
        assertThatThrownBy(() -> RUNS.record(Specs.withVcpus(1).spec(), guest("nop"), noVcpu, directory.resolve("rec")))
                .isInstanceOf(MachineSetupException.class)
                .hasMessageContaining("'alarm'")
                .hasMessageContaining("1 vCPU");
    }
}
