package dev.trapline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.board.memory.MachineMemory;
import dev.trapline.testkit.FakeEngines;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Stolen time as a guest reads it (DEN0057A): 0 after the first call, and never decreasing.
class StolenTimeTest {

    private static final VcpuId ONE = new VcpuId(1);
    private static final long WORD = BoardSpec.RAM_BASE + 8;

    private final MachineMemory memory = new MachineMemory(new FakeEngines(), 1 << 20, 0);
    private final StolenTime stolen = new StolenTime(4, memory);

    @AfterEach
    void close() {
        memory.close();
    }

    private long read(long address) {
        return ByteBuffer.wrap(memory.read(address, Long.BYTES).toArray())
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
    }

    @Test
    void whatStoodThereBeforeIsZeroAtOnce() {
        memory.write(WORD, Bytes.copyOf(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}));
        stolen.share(ONE, WORD);
        assertThat(read(WORD)).as("before its next slice").isZero();
    }

    @Test
    void askingAgainKeepsWhatWasStolen() {
        stolen.share(ONE, WORD);
        stolen.canRun(ONE.index(), 100);
        stolen.runs(1, 600);
        assertThat(read(WORD)).as("500 ticks of 16 ns").isEqualTo(8000);
        stolen.share(ONE, WORD);
        assertThat(read(WORD)).isEqualTo(8000);
        stolen.canRun(ONE.index(), 700);
        stolen.runs(1, 800);
        assertThat(read(WORD)).isEqualTo(9600);
    }

    @Test
    void askingAgainWritesItAnewWhereTheGuestOverwroteIt() {
        stolen.share(ONE, WORD);
        stolen.canRun(ONE.index(), 100);
        stolen.runs(1, 600);
        memory.write(WORD, Bytes.copyOf(new byte[Long.BYTES]));
        stolen.share(ONE, WORD);
        assertThat(read(WORD)).isEqualTo(8000);
    }

    @Test
    void aResetBeginsAtZero() {
        stolen.share(ONE, WORD);
        stolen.canRun(ONE.index(), 100);
        stolen.runs(1, 600);
        stolen.forgetAll();
        assertThat(stolen.runs(1, 900)).as("it was not requested since then").isEqualTo(-1);
        stolen.share(ONE, WORD);
        assertThat(read(WORD)).as("also after a warm reset, which keeps memory").isZero();
    }

    /// The machine's steps in any order: a slice of a vCPU, CPU_OFF and CPU_ON, another call.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void noSequenceOfSlicesPowerAndCallsTakesTimeBack(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long[] last = new long[4];
        boolean[] asked = new boolean[4];
        long now = 0;
        for (int step = 0; step < 5_000; step++) {
            int vcpu = random.nextInt(4);
            long word = WORD + 64L * vcpu;
            switch (random.nextInt(8)) {
                case 0 -> {
                    stolen.share(new VcpuId(vcpu), word);
                    asked[vcpu] = true;
                }
                // Turned off and on again, immediately or later.
                case 1 -> stolen.canRun(vcpu, now + (long) random.nextInt(2) * random.nextInt(1_000));
                default -> {
                    now += random.nextInt(5_000);
                    stolen.runs(vcpu, now);
                    now += random.nextInt(20_000);
                    stolen.canRun(vcpu, now);
                }
            }
            for (int each = 0; each < 4; each++) {
                long read = read(WORD + 64L * each);
                assertThat(asked[each] || read == 0)
                        .as("nothing is written without a request")
                        .isTrue();
                assertThat(read).as("vCPU %d at step %d", each, step).isGreaterThanOrEqualTo(last[each]);
                last[each] = read;
            }
        }
    }
}
