package dev.trapline.board.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.engine.CpuTimer;
import dev.trapline.abi.engine.Engine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// The registers of the generic timers (DDI0487 D12.2), without an engine.
class GenericTimersTest {

    private final GenericTimers timers = new GenericTimers();

    @ParameterizedTest(name = "CTL {0}, CVAL {1} at {2}")
    @CsvSource({
        // CTL and CVAL as written, counter; CTL as read: ENABLE 1, IMASK 2, ISTATUS 4
        "0, 100, 200, 0",
        "1, 100, 99, 1",
        "1, 100, 100, 5",
        "1, 100, 101, 5",
        "3, 100, 99, 3",
        "3, 100, 100, 7",
        "2, 100, 100, 2",
        "7, 100, 99, 3",
        "0xfffffffc, 0, 0, 0",
        "1, -1, 0x7fffffffffffffff, 1",
        "1, 0x7fffffffffffffff, -1, 5"
    })
    void theConditionIsMetFromTheCompareValueOnUnsigned(String ctl, String cval, String counter, long read) {
        for (CpuTimer timer : CpuTimer.values()) {
            timers.writeControl(timer, Long.decode(ctl));
            timers.writeCompareValue(timer, Long.decode(cval));
            assertThat(timers.control(timer, Long.decode(counter)))
                    .as("CTL of %s", timer)
                    .isEqualTo(read);
        }
    }

    @ParameterizedTest(name = "TVAL {0} at {1}")
    @CsvSource({
        // TVAL as written, counter; CVAL, TVAL ten ticks later
        "50, 1000, 1050, 0x28",
        "5, 1000, 1005, 0xfffffffb",
        "0x80000000, 0x100000000, 0x80000000, 0x7ffffff6",
        "0xffffffff, 1000, 999, 0xfffffff5",
        "0x100000001, 1000, 1001, 0xfffffff7"
    })
    void aTimerValueIsThirtyTwoBitsWithASign(String tval, String counter, String cval, String later) {
        long now = Long.decode(counter);
        timers.writeTimerValue(CpuTimer.VIRTUAL, Long.decode(tval), now);
        assertThat(timers.compareValue(CpuTimer.VIRTUAL)).as("CVAL").isEqualTo(Long.decode(cval));
        assertThat(timers.timerValue(CpuTimer.VIRTUAL, now + 10)).as("TVAL").isEqualTo(Long.decode(later));
        assertThat(timers.compareValue(CpuTimer.PHYSICAL))
                .as("CVAL of the other timer")
                .isZero();
    }

    @ParameterizedTest(name = "CTL {0}, CVAL {1}")
    @CsvSource({
        "0, 100, never",
        "1, 100, 100",
        "2, 100, never",
        "3, 100, never",
        "1, 0x400000000000000, 0x400000000000000",
        "1, 0x400000000000001, never",
        "1, -1, never"
    })
    void aTimerAssertsItsInterruptIfItIsEnabledAndNotMasked(String ctl, String cval, String deadline) {
        for (CpuTimer timer : CpuTimer.values()) {
            timers.writeControl(timer, Long.decode(ctl));
            timers.writeCompareValue(timer, Long.decode(cval));
            assertThat(timers.deadline(timer))
                    .as("deadline of %s", timer)
                    .isEqualTo(deadline.equals("never") ? Engine.NO_DEADLINE : Long.decode(deadline));
        }
    }

    @Test
    void eachTimerHasADeadlineOfItsOwn() {
        timers.writeControl(CpuTimer.PHYSICAL, 1);
        timers.writeCompareValue(CpuTimer.PHYSICAL, 7);
        assertThat(timers.deadline(CpuTimer.PHYSICAL))
                .as("the one that is enabled")
                .isEqualTo(7);
        assertThat(timers.deadline(CpuTimer.VIRTUAL)).as("the other one").isEqualTo(Engine.NO_DEADLINE);
    }

    @ParameterizedTest(name = "CNTKCTL_EL1 {0}")
    @CsvSource({
        // CNTKCTL_EL1; EL0 may read CNTPCT, CNTVCT, CNTFRQ; may use CNTP, CNTV
        "0x000, false, false, false, false, false",
        "0x001, true, false, true, false, false",
        "0x002, false, true, true, false, false",
        "0x003, true, true, true, false, false",
        "0x100, false, false, false, false, true",
        "0x200, false, false, false, true, false",
        "0x0fc, false, false, false, false, false",
        "0x3ff, true, true, true, true, true"
    })
    void theKernelOpensEachToEl0ByABit(
            String control, boolean cntpct, boolean cntvct, boolean cntfrq, boolean cntp, boolean cntv) {
        timers.writeKernelControl(Long.decode(control));
        assertThat(timers.counterOpenToEl0(CpuTimer.PHYSICAL)).as("CNTPCT").isEqualTo(cntpct);
        assertThat(timers.counterOpenToEl0(CpuTimer.VIRTUAL)).as("CNTVCT").isEqualTo(cntvct);
        assertThat(timers.frequencyOpenToEl0()).as("CNTFRQ").isEqualTo(cntfrq);
        assertThat(timers.timerOpenToEl0(CpuTimer.PHYSICAL)).as("CNTP").isEqualTo(cntp);
        assertThat(timers.timerOpenToEl0(CpuTimer.VIRTUAL)).as("CNTV").isEqualTo(cntv);
    }

    @ParameterizedTest
    @EnumSource(CpuTimer.class)
    void whatIsSavedIsLoadedAndGoesIntoTheDigest(CpuTimer timer) {
        long before = timers.foldInto(0);
        timers.writeKernelControl(0x301);
        timers.writeControl(timer, 3);
        timers.writeCompareValue(timer, -2);
        GenericTimers loaded = new GenericTimers();
        loaded.load(timers.save());
        assertThat(loaded.control(timer, 0)).as("CTL").isEqualTo(3);
        assertThat(loaded.compareValue(timer)).as("CVAL").isEqualTo(-2);
        assertThat(loaded.kernelControl()).as("CNTKCTL_EL1").isEqualTo(0x301);
        assertThat(loaded.foldInto(0))
                .as("digest")
                .isEqualTo(timers.foldInto(0))
                .isNotEqualTo(before);
    }

    @Test
    void whatOutlivesTheCpusPowerIsTheTimersAndNotWhoMayUseThem() {
        timers.writeKernelControl(3);
        timers.writeControl(CpuTimer.PHYSICAL, 1);
        timers.writeCompareValue(CpuTimer.PHYSICAL, 10);
        timers.writeControl(CpuTimer.VIRTUAL, 3);
        timers.writeCompareValue(CpuTimer.VIRTUAL, 20);
        long[] words = new long[Engine.TIMER_WORDS];
        timers.readInto(words);
        assertThat(words).as("CNTP_CTL, CNTP_CVAL, CNTV_CTL, CNTV_CVAL").containsExactly(1, 10, 3, 20);
        GenericTimers fresh = new GenericTimers();
        fresh.writeFrom(words);
        assertThat(fresh.deadline(CpuTimer.PHYSICAL)).isEqualTo(10);
        assertThat(fresh.compareValue(CpuTimer.VIRTUAL)).isEqualTo(20);
        assertThat(fresh.kernelControl()).as("CNTKCTL_EL1").isZero();
    }
}
