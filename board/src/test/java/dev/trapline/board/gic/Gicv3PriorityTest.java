package dev.trapline.board.gic;

import static dev.trapline.board.gic.Gicv3Cpu.AP0R0;
import static dev.trapline.board.gic.Gicv3Cpu.AP1R0;
import static dev.trapline.board.gic.Gicv3Cpu.BPR0;
import static dev.trapline.board.gic.Gicv3Cpu.BPR1;
import static dev.trapline.board.gic.Gicv3Cpu.CBPR;
import static dev.trapline.board.gic.Gicv3Cpu.CTLR;
import static dev.trapline.board.gic.Gicv3Cpu.DIR;
import static dev.trapline.board.gic.Gicv3Cpu.EOIR0;
import static dev.trapline.board.gic.Gicv3Cpu.EOIR1;
import static dev.trapline.board.gic.Gicv3Cpu.EOI_MODE;
import static dev.trapline.board.gic.Gicv3Cpu.GICD_CTLR;
import static dev.trapline.board.gic.Gicv3Cpu.HPPIR0;
import static dev.trapline.board.gic.Gicv3Cpu.HPPIR1;
import static dev.trapline.board.gic.Gicv3Cpu.IAR0;
import static dev.trapline.board.gic.Gicv3Cpu.IAR1;
import static dev.trapline.board.gic.Gicv3Cpu.IDLE;
import static dev.trapline.board.gic.Gicv3Cpu.IGRPEN0;
import static dev.trapline.board.gic.Gicv3Cpu.IGRPEN1;
import static dev.trapline.board.gic.Gicv3Cpu.PMR;
import static dev.trapline.board.gic.Gicv3Cpu.RPR;
import static dev.trapline.board.gic.Gicv3Cpu.SPURIOUS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.board.bus.Line;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Priorities, preemption, groups and the end of interrupts by the system registers of the CPU interface (IHI 0069 §4.6
/// to §4.8, §12.2).
class Gicv3PriorityTest {

    private static final int RUNNING = 40;
    private static final int PENDING = 41;

    private final Gicv3 gic = Gicv3Cpu.controller(2, 16);
    private final Gicv3Cpu cpu = new Gicv3Cpu(gic, 0).enableAll(0);

    private void pending(int intid, int priority) {
        cpu.enable1(intid, priority).setPending(intid);
    }

    @Test
    void interruptsAreAcknowledgedInTheOrderOfTheirPriority() {
        pending(50, 0x30);
        pending(33, 0x40);
        pending(60, 0x10);
        pending(27, 0x20);
        pending(3, 0x50);
        for (int expected : List.of(60, 27, 50, 33, 3)) {
            assertThat(cpu.irq()).isTrue();
            assertThat(cpu.icc(HPPIR1)).isEqualTo(expected);
            assertThat(cpu.icc(IAR1)).isEqualTo(expected);
            assertThat(cpu.state(expected)).isEqualTo("active");
            cpu.icc(EOIR1, expected);
            assertThat(cpu.state(expected)).isEqualTo("inactive");
        }
        assertThat(cpu.irq()).isFalse();
        assertThat(cpu.icc(IAR1)).isEqualTo(SPURIOUS);
    }

    /// Which of several with the same priority is first is IMPLEMENTATION DEFINED. Here it is the lowest INTID.
    @Test
    void ofTheSamePriorityTheLowestIsFirst() {
        for (int intid : List.of(287, 64, 63, 32, 31, 16, 0)) {
            pending(intid, 0x80);
        }
        for (int expected : List.of(0, 16, 31, 32, 63, 64, 287)) {
            assertThat(cpu.icc(IAR1)).isEqualTo(expected);
            cpu.icc(EOIR1, expected);
        }
    }

    /// Only a priority higher than the mask is signalled.
    @ParameterizedTest(name = "priority {0}, mask {1}: {2}")
    @CsvSource({
        "0x00, 0x00, false",
        "0x00, 0x01, true",
        "0x7f, 0x80, true",
        "0x80, 0x80, false",
        "0x81, 0x80, false",
        "0xfe, 0xff, true",
        "0xff, 0xff, false"
    })
    void thePriorityMaskLetsHigherPrioritiesThrough(String priority, String mask, boolean signalled) {
        cpu.icc(PMR, Long.decode(mask));
        pending(PENDING, Integer.decode(priority));
        assertThat(cpu.irq()).isEqualTo(signalled);
        assertThat(cpu.icc(IAR1)).isEqualTo(signalled ? PENDING : SPURIOUS);
    }

    @Test
    void theMaskDoesNotHideTheHighestPendingInterrupt() {
        cpu.icc(PMR, 0x10);
        pending(PENDING, 0x80);
        assertThat(cpu.icc(HPPIR1)).isEqualTo(PENDING);
        assertThat(cpu.irq()).isFalse();
        cpu.icc(PMR, 0x81);
        assertThat(cpu.irq()).as("a change of the mask counts at once").isTrue();
    }

    /// The bits of ICC_BPR0_EL1 n are 7 to n+1, for Group 0.
    @ParameterizedTest(name = "BPR0 {0}: group priority {1}")
    @CsvSource({"0, 0xfe", "1, 0xfc", "2, 0xf8", "3, 0xf0", "4, 0xe0", "5, 0xc0", "6, 0x80", "7, 0x00"})
    void theBinaryPointDecidesWhatPreemptsInGroup0(int point, String field) {
        cpu.icc(BPR0, point);
        checkPreemption(0, Integer.decode(field));
    }

    /// The bits of ICC_BPR1_EL1 n are 7 to n, for Group 1.
    @ParameterizedTest(name = "BPR1 {0}: group priority {1}")
    @CsvSource({"1, 0xfe", "2, 0xfc", "3, 0xf8", "4, 0xf0", "5, 0xe0", "6, 0xc0", "7, 0x80"})
    void theBinaryPointDecidesWhatPreemptsInGroup1(int point, String field) {
        cpu.icc(BPR0, 7);
        cpu.icc(BPR1, point);
        checkPreemption(1, Integer.decode(field));
    }

    /// With ICC_CTLR_EL1.CBPR, both groups use ICC_BPR0_EL1.
    @ParameterizedTest(name = "BPR0 {0}: group priority {1}")
    @CsvSource({"0, 0xfe", "3, 0xf0", "7, 0x00"})
    void aSharedBinaryPointDecidesForGroup1(int point, String field) {
        cpu.icc(BPR1, 5);
        cpu.icc(CTLR, CBPR);
        cpu.icc(BPR0, point);
        checkPreemption(1, Integer.decode(field));
    }

    private void checkPreemption(int group, int field) {
        for (int running : new int[] {0xfe, 0xa0, 0x80, 0x5b, 0x02, 0x00}) {
            for (int pending : new int[] {0xfd, 0xa1, 0x9f, 0x7f, 0x5a, 0x01, 0x00}) {
                Gicv3 fresh = Gicv3Cpu.controller(1, 1);
                Gicv3Cpu other = new Gicv3Cpu(fresh, 0).enableAll((int) cpu.icc(CTLR) & CBPR);
                other.icc(BPR0, cpu.icc(BPR0));
                other.icc(BPR1, cpu.icc(BPR1));
                other.group(RUNNING, group).enable(RUNNING).priority(RUNNING, running);
                other.setPending(RUNNING);
                assertThat(other.icc(group == 0 ? IAR0 : IAR1)).isEqualTo(RUNNING);
                assertThat(other.icc(RPR)).as("only the group priority").isEqualTo(running & field);
                other.group(PENDING, group).enable(PENDING).priority(PENDING, pending);
                other.setPending(PENDING);
                assertThat(other.irq() || other.fiq())
                        .as("priority 0x%x during 0x%x", pending, running)
                        .isEqualTo((pending & field) < (running & field));
            }
        }
    }

    /// ICC_BPR1_EL1: with a shared binary point, it reads as ICC_BPR0_EL1 plus 1, at most 7, and ignores writes.
    /// Its own smallest value is one more than that of ICC_BPR0_EL1.
    @Test
    void aSharedBinaryPointReadsAsOneOfGroup1() {
        cpu.icc(BPR1, 0);
        assertThat(cpu.icc(BPR1)).as("the smallest").isEqualTo(1);
        cpu.icc(BPR1, 4);
        cpu.icc(CTLR, CBPR);
        cpu.icc(BPR0, 2);
        cpu.icc(BPR1, 6);
        assertThat(cpu.icc(BPR1)).isEqualTo(3);
        cpu.icc(BPR0, 7);
        assertThat(cpu.icc(BPR1)).isEqualTo(7);
        cpu.icc(CTLR, 0);
        assertThat(cpu.icc(BPR1)).as("it has kept its own value").isEqualTo(4);
    }

    @Test
    void aPreemptedInterruptContinuesAfterThePriorityDrop() {
        pending(RUNNING, 0x80);
        cpu.icc(IAR1);
        pending(PENDING, 0x40);
        assertThat(cpu.icc(IAR1)).isEqualTo(PENDING);
        assertThat(cpu.icc(RPR)).isEqualTo(0x40);
        cpu.icc(EOIR1, PENDING);
        assertThat(cpu.icc(RPR)).isEqualTo(0x80);
        cpu.icc(EOIR1, RUNNING);
        assertThat(cpu.icc(RPR)).isEqualTo(IDLE);
    }

    /// One bit for each preemption level: level n is bit n % 32 of register n / 32.
    @ParameterizedTest(name = "priority {0}: register {1} has {2}")
    @CsvSource({"0x00, 0, 0x1", "0x3e, 0, 0x80000000", "0x40, 1, 0x1", "0xa1, 2, 0x10000", "0xfe, 3, 0x80000000"})
    void activePrioritiesAreInTheRegistersOfTheGroup(String priority, int register, String value) {
        pending(RUNNING, Integer.decode(priority));
        cpu.icc(IAR1);
        for (int number = 0; number < 4; number++) {
            assertThat(cpu.icc(AP1R0 + number)).isEqualTo(number == register ? Long.decode(value) : 0);
            assertThat(cpu.icc(AP0R0 + number)).isZero();
        }
        cpu.icc(AP1R0 + register, 0);
        assertThat(cpu.icc(RPR)).as("software can restore them").isEqualTo(IDLE);
    }

    @Test
    void group0IsFiqAndGroup1IsIrq() {
        cpu.enable0(RUNNING, 0x20).setPending(RUNNING);
        assertThat(cpu.fiq()).isTrue();
        assertThat(cpu.irq()).isFalse();
        cpu.group(RUNNING, 1);
        assertThat(cpu.fiq()).isFalse();
        assertThat(cpu.irq()).isTrue();
    }

    /// ICC_IAR0_EL1 and ICC_HPPIR0_EL1 return 1023 if the highest pending interrupt is in Group 1, and the other
    /// way round: with one Security state, the INTIDs 1020 to 1022 have no use.
    @ParameterizedTest(name = "group {0}")
    @CsvSource({"0", "1"})
    void theRegistersOfAGroupDoNotShowTheOther(int group) {
        cpu.group(RUNNING, group).enable(RUNNING).priority(RUNNING, 0x20).setPending(RUNNING);
        cpu.group(PENDING, 1 - group).enable(PENDING).priority(PENDING, 0x30).setPending(PENDING);
        assertThat(cpu.icc(group == 0 ? HPPIR0 : HPPIR1)).isEqualTo(RUNNING);
        assertThat(cpu.icc(group == 0 ? HPPIR1 : HPPIR0)).isEqualTo(SPURIOUS);
        assertThat(cpu.icc(group == 0 ? IAR1 : IAR0)).isEqualTo(SPURIOUS);
        assertThat(cpu.state(RUNNING)).isEqualTo("pending");
        assertThat(cpu.icc(group == 0 ? IAR0 : IAR1)).isEqualTo(RUNNING);
    }

    /// A group that the CPU interface or the Distributor does not accept is not signalled, and does not keep the
    /// other back.
    @ParameterizedTest(name = "the Distributor forwards {0}, ICC_IGRPEN0 is {1}, ICC_IGRPEN1 is {2}: {3} and {4}")
    @CsvSource({
        "3, 1, 1, 40,   1023",
        "2, 1, 1, 1023, 41",
        "1, 1, 1, 40,   1023",
        "0, 1, 1, 1023, 1023",
        "3, 0, 1, 1023, 41",
        "3, 1, 0, 40,   1023",
        "3, 0, 0, 1023, 1023"
    })
    void onlyGroupsThatAreEnabledTwiceAreSignalled(int forwarded, int group0, int group1, int first, int second) {
        cpu.enable0(RUNNING, 0x20).setPending(RUNNING);
        cpu.enable1(PENDING, 0x30).setPending(PENDING);
        cpu.distributor(GICD_CTLR, forwarded);
        cpu.icc(IGRPEN0, group0);
        cpu.icc(IGRPEN1, group1);
        assertThat(cpu.icc(HPPIR0)).isEqualTo(first);
        assertThat(cpu.icc(HPPIR1)).isEqualTo(second);
        assertThat(cpu.fiq()).isEqualTo(first == RUNNING);
        assertThat(cpu.irq()).isEqualTo(second == PENDING);
        assertThat(cpu.icc(IAR0)).isEqualTo(first);
        assertThat(cpu.icc(IAR1)).isEqualTo(first == RUNNING ? SPURIOUS : second);
    }

    @Test
    void aDisabledInterruptIsNotSignalled() {
        pending(PENDING, 0x20);
        cpu.disable(PENDING);
        assertThat(cpu.irq()).isFalse();
        assertThat(cpu.state(PENDING)).isEqualTo("pending");
    }

    /// ICC_CTLR_EL1.EOImode 1: ICC_EOIR1_EL1 drops the priority, ICC_DIR_EL1 deactivates. Each alone does not do
    /// the other.
    @ParameterizedTest(name = "group {0}")
    @CsvSource({"0", "1"})
    void theEndOfAnInterruptCanBeSplit(int group) {
        cpu.icc(CTLR, EOI_MODE);
        cpu.group(RUNNING, group).enable(RUNNING).priority(RUNNING, 0x20).setPending(RUNNING);
        cpu.icc(group == 0 ? IAR0 : IAR1);
        cpu.icc(group == 0 ? EOIR0 : EOIR1, RUNNING);
        assertThat(cpu.icc(RPR)).isEqualTo(IDLE);
        assertThat(cpu.state(RUNNING)).isEqualTo("active");
        cpu.setPending(RUNNING);
        assertThat(cpu.irq() || cpu.fiq())
                .as("an active interrupt is not signalled")
                .isFalse();
        cpu.icc(DIR, RUNNING);
        assertThat(cpu.state(RUNNING)).isEqualTo("pending");
        assertThat(cpu.irq() || cpu.fiq()).isTrue();
    }

    @Test
    void withoutTheSplitDirIsIgnored() {
        pending(RUNNING, 0x20);
        cpu.icc(IAR1);
        cpu.icc(DIR, RUNNING);
        assertThat(cpu.state(RUNNING)).isEqualTo("active");
        assertThat(cpu.icc(RPR)).isEqualTo(0x20);
    }

    @ParameterizedTest
    @ValueSource(ints = {288, 1020, 1021, 1022, 1023, 8192})
    void theEndOfASpecialOrMissingIntidIsIgnored(int intid) {
        pending(RUNNING, 0x20);
        cpu.icc(IAR1);
        cpu.icc(EOIR1, intid);
        cpu.icc(CTLR, EOI_MODE);
        cpu.icc(DIR, intid);
        assertThat(cpu.icc(RPR)).isEqualTo(0x20);
        assertThat(cpu.state(RUNNING)).isEqualTo("active");
    }

    @Test
    void theRegisterOfTheOtherGroupEndsNothing() {
        pending(RUNNING, 0x20);
        cpu.icc(IAR1);
        cpu.icc(EOIR0, RUNNING);
        assertThat(cpu.icc(RPR)).isEqualTo(0x20);
        assertThat(cpu.state(RUNNING)).isEqualTo("active");
        cpu.icc(EOIR1, RUNNING);
        cpu.icc(EOIR1, RUNNING);
        assertThat(cpu.icc(RPR)).as("no priority is active any more").isEqualTo(IDLE);
    }

    /// A level-sensitive interrupt whose input stays high is active and pending, and is signalled again after its
    /// end.
    @Test
    void aLevelThatStaysHighIsSignalledAgain() {
        cpu.enable1(RUNNING, 0x20);
        gic.spi(RUNNING).changed(new Line("level"), true);
        assertThat(cpu.icc(IAR1)).isEqualTo(RUNNING);
        assertThat(cpu.state(RUNNING)).isEqualTo("active and pending");
        cpu.icc(EOIR1, RUNNING);
        assertThat(cpu.irq()).isTrue();
        gic.spi(RUNNING).changed(new Line("level"), false);
        assertThat(cpu.irq()).isFalse();
    }

    @Test
    void anEdgeIsPendingUntilItIsAcknowledged() {
        cpu.enable1(RUNNING, 0x20).edge(RUNNING, true);
        gic.spi(RUNNING).changed(new Line("edge"), true);
        gic.spi(RUNNING).changed(new Line("edge"), false);
        assertThat(cpu.state(RUNNING)).isEqualTo("pending");
        assertThat(cpu.icc(IAR1)).isEqualTo(RUNNING);
        assertThat(cpu.state(RUNNING)).isEqualTo("active");
    }
}
