package dev.trapline.board.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// PMCCNTR_EL0 and the bits that enable it (DDI0487 D13.4), without an engine.
class CycleCounterTest {

    private static final long E = 1;
    private static final long C = 4;
    private static final long CYCLES = 1L << 31;

    private final CycleCounter cycles = new CycleCounter();

    @Test
    void itCountsWhileBothOfItsBitsAreSet() {
        cycles.writeControl(E, 100);
        assertThat(cycles.read(150)).as("PMCR.E alone").isZero();
        cycles.writeEnable(CYCLES, true, 200);
        assertThat(cycles.read(260)).as("both").isEqualTo(60);
        cycles.writeControl(0, 300);
        assertThat(cycles.read(900)).as("held from when PMCR.E was cleared").isEqualTo(100);
        cycles.writeControl(E, 1000);
        cycles.writeEnable(CYCLES, false, 1010);
        assertThat(cycles.read(2000)).as("held from when it was disabled").isEqualTo(110);
    }

    @Test
    void theBitsOfEventCountersEnableNothing() {
        cycles.writeControl(E, 0);
        cycles.writeEnable(CYCLES - 1, true, 0);
        assertThat(cycles.read(50)).isZero();
    }

    @Test
    void aResetBeginsAgainAtZeroAndAWriteAtWhatIsWritten() {
        cycles.writeControl(E, 0);
        cycles.writeEnable(CYCLES, true, 0);
        cycles.writeControl(E | C, 70);
        assertThat(cycles.read(75)).as("PMCR.C at 70").isEqualTo(5);
        cycles.write(1000, 80);
        assertThat(cycles.read(90)).isEqualTo(1010);
    }

    @ParameterizedTest(name = "PMUSERENR_EL0 {0}")
    @CsvSource({
        // EN 1, SW 2, CR 4, ER 8
        "0x0, false, false",
        "0x1, true, true",
        "0x2, false, false",
        "0x4, true, false",
        "0x8, false, false",
        "0xf, true, true"
    })
    void el0MayReadAndWriteItAsTheKernelSays(String control, boolean read, boolean write) {
        cycles.writeUserEnable(Long.decode(control));
        assertThat(cycles.readableByEl0()).as("read").isEqualTo(read);
        assertThat(cycles.writableByEl0()).as("write").isEqualTo(write);
    }

    @Test
    void whatIsSavedIsLoaded() {
        cycles.writeUserEnable(5);
        cycles.writeControl(E, 10);
        cycles.writeEnable(CYCLES, true, 20);
        CycleCounter loaded = new CycleCounter();
        loaded.load(cycles.save());
        assertThat(loaded.read(100)).as("it continues to count").isEqualTo(80);
        assertThat(loaded.userEnable()).isEqualTo(5);
        assertThat(loaded.foldInto(1)).as("digest").isEqualTo(cycles.foldInto(1));
    }
}
