package dev.trapline.board.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.engine.CpuTimer;
import dev.trapline.abi.engine.Engine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The system registers of time as a CPU reads and writes them, without an engine. Encodings are those of DDI0487.
class TimeRegistersTest {

    private static final int CNTKCTL_EL1 = SystemRegister.of(3, 0, 14, 1, 0);
    private static final int CNTPCT_EL0 = SystemRegister.of(3, 3, 14, 0, 1);
    private static final int CNTVCT_EL0 = SystemRegister.of(3, 3, 14, 0, 2);
    private static final int CNTV_CTL_EL0 = SystemRegister.of(3, 3, 14, 3, 1);
    private static final int CNTV_CVAL_EL0 = SystemRegister.of(3, 3, 14, 3, 2);
    private static final int PMUSERENR_EL0 = SystemRegister.of(3, 3, 9, 14, 0);
    private static final int PMCR_EL0 = SystemRegister.of(3, 3, 9, 12, 0);

    private long completed;
    private final VirtualClock clock = new VirtualClock(() -> completed);
    private final TimeRegisters time = new TimeRegisters(clock, 0x4101_3000L);

    @BeforeEach
    void begin() {
        clock.beginSlice(1000, 0);
    }

    private long read(int register) {
        assertThat(time.read(register, true)).as("served at EL1").isTrue();
        return time.value();
    }

    @Test
    void aCounterIsTheBeginningOfTheSliceAndWhatIsDone() {
        completed = 7;
        assertThat(read(CNTPCT_EL0)).isEqualTo(1007);
        completed = 9;
        assertThat(read(CNTVCT_EL0)).isEqualTo(1009);
    }

    @Test
    void aCounterShowsNoLessThanAnybodyWasShown() {
        clock.beginSlice(1000, 5000);
        assertThat(read(CNTVCT_EL0)).as("another CPU has read 5000").isEqualTo(5000);
        completed = 4001;
        assertThat(read(CNTVCT_EL0)).as("its own clock is ahead").isEqualTo(5001);
        assertThat(clock.shown()).isEqualTo(5001);
    }

    @Test
    void whatAWriteStartsFromIsShownToNobody() {
        time.write(SystemRegister.of(3, 3, 14, 3, 0), 50, true);
        assertThat(clock.shown()).as("after a write of CNTV_TVAL").isZero();
        assertThat(read(CNTV_CVAL_EL0)).isEqualTo(1050);
        assertThat(clock.shown()).as("a read of CVAL does not read the counter").isZero();
        read(CNTV_CTL_EL0);
        assertThat(clock.shown()).as("ISTATUS depends on the counter").isEqualTo(1000);
    }

    @ParameterizedTest(name = "S{0}_{1}_C{2}_C{3}_{4} with CNTKCTL_EL1 {5} and PMUSERENR_EL0 {6}")
    @CsvSource({
        // op0, op1, CRn, CRm, op2; CNTKCTL_EL1, PMUSERENR_EL0; EL0 may read
        "3, 3, 14, 0, 0, 0x0, 0x0, false", // CNTFRQ_EL0
        "3, 3, 14, 0, 0, 0x2, 0x0, true",
        "3, 3, 14, 0, 1, 0x2, 0x0, false", // CNTPCT_EL0
        "3, 3, 14, 0, 1, 0x1, 0x0, true",
        "3, 3, 14, 0, 2, 0x1, 0x0, false", // CNTVCT_EL0
        "3, 3, 14, 0, 2, 0x2, 0x0, true",
        "3, 3, 14, 2, 1, 0x100, 0x0, false", // CNTP_CTL_EL0
        "3, 3, 14, 2, 1, 0x200, 0x0, true",
        "3, 3, 14, 3, 2, 0x200, 0x0, false", // CNTV_CVAL_EL0
        "3, 3, 14, 3, 2, 0x100, 0x0, true",
        "3, 0, 14, 1, 0, 0x3ff, 0x0, false", // CNTKCTL_EL1
        "3, 3, 9, 13, 0, 0x0, 0x0, false", // PMCCNTR_EL0
        "3, 3, 9, 13, 0, 0x0, 0x4, true",
        "3, 3, 9, 14, 0, 0x0, 0x0, true", // PMUSERENR_EL0: EL0 may always read it
        "3, 3, 9, 12, 0, 0x0, 0x0, false" // PMCR_EL0
    })
    void el0ReadsWhatTheKernelHasOpened(
            int op0, int op1, int crn, int crm, int op2, String timers, String monitors, boolean open) {
        time.write(CNTKCTL_EL1, Long.decode(timers), true);
        time.write(PMUSERENR_EL0, Long.decode(monitors), true);
        int register = SystemRegister.of(op0, op1, crn, crm, op2);
        assertThat(TimeRegisters.concerns(register)).as("it is one of those").isTrue();
        assertThat(time.read(register, false)).as("read at EL0").isEqualTo(open);
        assertThat(time.read(register, true)).as("read at EL1").isTrue();
    }

    @Test
    void theFrequencyIsThatOfVirtualTime() {
        assertThat(read(SystemRegister.of(3, 3, 14, 0, 0))).isEqualTo(62_500_000);
    }

    @Test
    void theIdentityInPmcrIsTheModels() {
        time.write(PMCR_EL0, -1, true);
        assertThat(read(PMCR_EL0)).as("IMP, IDCODE, N; LC, DP, X, D and E").isEqualTo(0x4101_3079L);
    }

    @Test
    void whatIsNoRegisterOfTimeIsLeftToTheEngine() {
        assertThat(TimeRegisters.concerns(SystemRegister.SCTLR_EL1)).isFalse();
        assertThat(time.read(SystemRegister.of(3, 3, 14, 4, 0), true))
                .as("no timer")
                .isFalse();
        assertThat(time.write(SystemRegister.of(3, 3, 14, 2, 3), 1, true))
                .as("no register of a timer")
                .isFalse();
    }

    @Test
    void whatIsSavedIsLoaded() {
        time.write(CNTV_CVAL_EL0, 2000, true);
        time.write(CNTV_CTL_EL0, 1, true);
        time.write(PMCR_EL0, 0x48, true);
        TimeRegisters loaded = new TimeRegisters(clock, 0x4101_3000L);
        loaded.load(time.save());
        assertThat(loaded.deadline(CpuTimer.VIRTUAL)).isEqualTo(2000);
        assertThat(loaded.deadline(CpuTimer.PHYSICAL)).isEqualTo(Engine.NO_DEADLINE);
        assertThat(loaded.foldInto(0)).as("digest").isEqualTo(time.foldInto(0));
    }
}
