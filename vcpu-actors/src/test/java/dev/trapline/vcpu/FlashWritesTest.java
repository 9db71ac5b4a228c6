package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Two vCPUs run from flash and write to it. The writes are ignored and counted, in the run and in its replay.
class FlashWritesTest {

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    private static final int ROUNDS = 3000;
    /// STR one access, STRB one, STP two; the STR across pages one, and one for each of its eight bytes.
    private static final int ACCESSES_IN_A_ROUND = 13;

    /// ```text
    ///       CPU_ON(1, work)
    /// work: x4 = 0x400_0000: flash behind the image; x8 = x4 + 0xffd
    /// loop: str x5, [x4]; stp x5, x5, [x4, #16]; strb w5, [x4, #64]; str x5, [x8]
    ///       x6 = [x4]; if it is not all ones, brk
    ///       3000 times; then vCPU 1 calls CPU_OFF and vCPU 0 SYSTEM_OFF
    /// ```
    private static final int[] CODE = {
        0x5280_0060, 0x72b8_8000, 0xd280_0021, 0x1000_0062, 0xd280_0003, 0xd400_0002, 0xd2a0_8004, 0xd280_0005,
        0x913f_f488, 0xf900_0085, 0xa901_1485, 0x3901_0085, 0xf900_0105, 0xf940_0086, 0x9100_04c6, 0xb500_01a6,
        0x9100_04a5, 0xf12e_e0bf, 0x54ff_fee1, 0xd538_00a0, 0x9240_1c00, 0xb400_0080, 0x5280_0040, 0x72b0_8000,
        0xd400_0002, 0x5280_0100, 0x72b0_8000, 0xd400_0002, 0xd420_0000
    };

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path temp;

    @Test
    void writesToFlashAreIgnoredAndCountedInARunAsInItsReplay() {
        ByteBuffer code = ByteBuffer.allocate(4 * CODE.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int word : CODE) {
            code.putInt(word);
        }
        Image flash = new Image(Image.Kind.FLASH, "flash", 0, Bytes.copyOf(code.array()));
        for (int seed = 0; seed < (Boolean.getBoolean("trapline.full") ? 200 : 12); seed++) {
            String what = "seed " + seed;
            MachineSpec spec = MachineRuns.spec(2, Schedule.RANDOM, seed);
            Path recording = temp.resolve("rec" + seed);
            Finished run = RUNS.record(spec, flash, "", recording);
            assertThat(run.report().outcome())
                    .as("%s: flash is unchanged, and the run continues", what)
                    .isEqualTo(new RunOutcome.PoweredOff());
            assertThat(run.report().flashWrites().firstAddress()).as(what).isEqualTo(0x400_0000);
            assertThat(run.report().flashWrites().firstPc()).as(what).isEqualTo(0x24);
            assertThat(run.report().flashWrites().count())
                    .as("%s: the writes of vCPU 0, and of vCPU 1 before the end", what)
                    .isBetween((long) ROUNDS * ACCESSES_IN_A_ROUND, 2L * ROUNDS * ACCESSES_IN_A_ROUND);

            Finished again = RUNS.run(spec, flash, "");
            MachineRuns.assertEqual(again, run, what + ", run again");
            Finished replayed = RUNS.replay(recording);
            MachineRuns.assertEqual(replayed, run, what + ", replayed");
            assertThat(replayed.report().flashWrites())
                    .as(what)
                    .isEqualTo(run.report().flashWrites());
        }
    }
}
