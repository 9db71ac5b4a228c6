package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.Width;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunSpec;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.abi.machine.ScheduleSpec;
import dev.trapline.abi.policy.Policy;
import dev.trapline.timeline.Checkpoint;
import dev.trapline.timeline.Playback;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Looking at a machine does not change it. At a position, a machine has the same hash for every way to reach the
/// position.
@Tag("native")
class LookingTest {

    private static final int PLACES = Boolean.getBoolean("trapline.full") ? 200 : 12;

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "hypercall-loop-1k, ROUND_ROBIN",
        "smp-hello, RANDOM",
        "smp-patch, RANDOM",
        "reset, RANDOM",
        "conform-psci-suspend, RANDOM",
        "conform-pvtime, RANDOM",
        "conform-sdei-cpus, RANDOM",
        "fp, RANDOM",
        "sysregs, ROUND_ROBIN",
        "smp-counter-a32, RANDOM",
        "smp-counter-t32, RANDOM",
    })
    void guestsAreTheSameWhetherLookedAtOrNot(String guest, Schedule schedule) throws IOException {
        assertOneHashEverywhere(RUNS.recordSmall(guest, 4, schedule, 700, 300_000, directory.resolve("rec")), guest);
    }

    @Test
    void guestsOfEveryWidthThatCallAllTheTimeAreTheSameWhetherLookedAtOrNot() {
        // Calls whose results are pending at nearly every position.
        Finished a64 = record(
                Width.AARCH64,
                0xd2b0_8000, // mov x0, #0x84000000
                0xd400_0002, // hvc #0
                0x8b00_0021, // add x1, x1, x0
                0x17ff_fffd); // b mov
        assertOneHashEverywhere(a64, "A64 calls");
    }

    @Test
    void guestsOfAarch32ThatCallAllTheTimeAreTheSameWhetherLookedAtOrNot() {
        Finished a32 = record(
                Width.AARCH32,
                0xe3a0_0484, // mov r0, #0x84000000
                0xe140_0070, // hvc #0
                0xe081_1000, // add r1, r1, r0
                0xeaff_fffb); // b mov
        assertOneHashEverywhere(a32, "A32 calls");
    }

    @Test
    void conditionsThatFailLeaveNothingInTheHash() {
        int[] code = new int[64];
        for (int at = 0; at < code.length; at++) {
            code[at] = 0xe320_f000; // nop
        }
        code[23] = 0xe344_800f; // movt r8, #0x400f
        code[34] = 0xbe0e_ffd6; // mcrlt p15, 0, pc, c14, c6, 6
        code[36] = 0xea00_0003; // b +20
        code[42] = 0xea00_0003; // b +20
        code[61] = 0xeaff_ffe2; // b -112
        assertOneHashEverywhere(record(Width.AARCH32, code), "A32, a coprocessor's register under a condition");
    }

    private Finished record(Width width, int... words) {
        ByteBuffer code = ByteBuffer.allocate(words.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        code.asIntBuffer().put(words);
        MachineSpec spec = MachineSpec.DEFAULT
                .with(CpuSpec.DEFAULT.withWidth(width))
                .with(BoardSpec.DEFAULT.withRam(BoardSpec.MIN_RAM))
                .with(ScheduleSpec.DEFAULT.withQuantum(50))
                .with(RunSpec.DEFAULT.withMaxInstructions(20_000).withRamDigestInterval(100_000))
                .withPolicy(Policy.DEFAULT.withResident("smccc"));
        Image image = new Image(Image.Kind.RAW, "words.bin", BoardSpec.RAM_BASE, Bytes.copyOf(code.array()));
        return RUNS.record(spec, image, "", directory.resolve("rec"));
    }

    private void assertOneHashEverywhere(Finished recorded, String guest) {
        long slices = recorded.report().position().slice();
        List<Long> places = new ArrayList<>();
        List<String> hashes = new ArrayList<>();
        List<Checkpoint> checkpoints = new ArrayList<>();
        try (Playback straight = playback();
                Playback looked = playback()) {
            for (int n = 0; n < PLACES; n++) {
                long slice = n * slices / PLACES;
                straight.playTo(slice);
                looked.playTo(slice);
                places.add(slice);
                hashes.add(straight.hash());
                checkpoints.add(looked.checkpoint());
                lookAtEverything(looked);
                assertThat(looked.hash())
                        .as("%s, slice %d, looked at here and before", guest, slice)
                        .isEqualTo(hashes.getLast());
            }
            assertRest(looked, recorded, guest + ", looked at");
            for (int n = checkpoints.size() - 1; n >= 0; n--) {
                looked.goTo(checkpoints.get(n));
                assertThat(looked.hash())
                        .as("%s, back at slice %d", guest, places.get(n))
                        .isEqualTo(hashes.get(n));
                if (n + 1 < checkpoints.size()) {
                    looked.playTo(places.get(n + 1));
                    assertThat(looked.hash())
                            .as("%s, slice %d, from the checkpoint before it", guest, places.get(n + 1))
                            .isEqualTo(hashes.get(n + 1));
                }
            }
            assertRest(looked, recorded, guest + ", from a checkpoint");
        }
    }

    private static void lookAtEverything(Playback playback) {
        playback.vcpus();
        playback.openHandlers();
        playback.memory().read(BoardSpec.RAM_BASE, 4096);
        playback.memoryDigest();
        playback.hash();
        playback.checkpoint();
        playback.vcpus();
    }

    private static void assertRest(Playback playback, Finished recorded, String what) {
        playback.playTo(Long.MAX_VALUE);
        MachineRuns.assertAsRecorded(playback.report(), recorded, what);
    }

    private Playback playback() {
        return RUNS.playback(directory.resolve("rec"), (_, _) -> {});
    }
}
