package dev.trapline.board.gic;

import static dev.trapline.board.gic.GicCpu.CBPR;
import static dev.trapline.board.gic.GicCpu.EOI_MODE;
import static dev.trapline.board.gic.GicCpu.GICC_ABPR;
import static dev.trapline.board.gic.GicCpu.GICC_APR;
import static dev.trapline.board.gic.GicCpu.GICC_BPR;
import static dev.trapline.board.gic.GicCpu.GICC_HPPIR;
import static dev.trapline.board.gic.GicCpu.GICC_NSAPR;
import static dev.trapline.board.gic.GicCpu.GICC_PMR;
import static dev.trapline.board.gic.GicCpu.GICC_RPR;
import static dev.trapline.board.gic.GicCpu.GICD_IPRIORITYR;
import static dev.trapline.board.gic.GicCpu.IDLE;
import static dev.trapline.board.gic.GicCpu.SPURIOUS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Priorities, masking and preemption (IHI 0048B §3.3).
class GicPriorityTest {

    private static final int RUNNING = 40;
    private static final int PENDING = 41;

    private final Gicv2 gic = new Gicv2(2);
    private final GicCpu cpu = new GicCpu(gic, 0).enableAll(0);

    private GicCpu pending(int intid, int priority) {
        cpu.enable(intid, priority).setPending(intid);
        return cpu;
    }

    @Test
    void interruptsAreAcknowledgedInTheOrderOfTheirPriority() {
        pending(50, 0x30);
        pending(33, 0x40);
        pending(60, 0x10);
        pending(32, 0x20);
        for (int expected : List.of(60, 32, 50, 33)) {
            assertThat(cpu.read(GICC_HPPIR)).isEqualTo(expected);
            assertThat(cpu.acknowledge()).isEqualTo(expected);
            cpu.end(expected);
        }
        assertThat(cpu.acknowledge()).isEqualTo(SPURIOUS);
    }

    /// §3.3: which of several with the same priority is IMPLEMENTATION SPECIFIC. Here it is the lowest INTID.
    @Test
    void ofTheSamePriorityTheLowestIsFirst() {
        for (int intid : List.of(287, 64, 63, 32, 31, 16)) {
            pending(intid, 0x80);
        }
        for (int expected : List.of(16, 31, 32, 63, 64, 287)) {
            assertThat(cpu.acknowledge()).isEqualTo(expected);
            cpu.end(expected);
        }
    }

    /// §3.3.2: only a priority higher than the mask is signalled.
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
        cpu.write(GICC_PMR, Long.decode(mask));
        pending(PENDING, Integer.decode(priority));
        assertThat(cpu.irq()).isEqualTo(signalled);
        assertThat(cpu.acknowledge()).isEqualTo(signalled ? PENDING : SPURIOUS);
    }

    @Test
    void theMaskDoesNotHideTheHighestPendingInterrupt() {
        cpu.write(GICC_PMR, 0x10);
        pending(PENDING, 0x80);
        assertThat(cpu.read(GICC_HPPIR)).isEqualTo(PENDING);
        assertThat(cpu.irq()).isFalse();
        cpu.write(GICC_PMR, 0x81);
        assertThat(cpu.irq()).as("a change of the mask counts at once").isTrue();
    }

    @Test
    void aChangeOfThePriorityOfAPendingInterruptCountsAtOnce() {
        cpu.write(GICC_PMR, 0x80);
        pending(PENDING, 0x80);
        assertThat(cpu.irq()).isFalse();
        cpu.write(GICD_IPRIORITYR + PENDING, 1, 0x7f);
        assertThat(cpu.irq()).isTrue();
    }

    /// §3.3.3, the table of priority grouping: the group priority field of each value of GICC_BPR. An interrupt
    /// preempts only with a higher group priority (§3.3.1).
    @ParameterizedTest(name = "BPR {0}: group priority {1}")
    @CsvSource({"0, 0xfe", "1, 0xfc", "2, 0xf8", "3, 0xf0", "4, 0xe0", "5, 0xc0", "6, 0x80", "7, 0x00"})
    void theBinaryPointDecidesWhatPreempts(int binaryPoint, String field) {
        cpu.write(GICC_BPR, binaryPoint);
        checkPreemption(Integer.decode(field));
    }

    /// With CBPR 0, a Group 1 interrupt uses GICC_ABPR, whose fields begin one bit lower (§3.3.3, §4.4.8).
    @ParameterizedTest(name = "ABPR {0}: group priority {1}")
    @CsvSource({"1, 0xfe", "2, 0xfc", "3, 0xf8", "4, 0xf0", "5, 0xe0", "6, 0xc0", "7, 0x80"})
    void theAliasedBinaryPointDecidesForGroup1(int binaryPoint, String field) {
        cpu.enableAll(GicCpu.ACK_CTL).inGroup1(RUNNING).inGroup1(PENDING);
        cpu.write(GICC_BPR, 3);
        cpu.write(GICC_ABPR, binaryPoint);
        checkPreemption(Integer.decode(field));
    }

    /// With CBPR 1, both groups use GICC_BPR (§4.4.1).
    @ParameterizedTest(name = "BPR {0}: group priority {1}")
    @CsvSource({"0, 0xfe", "3, 0xf0", "7, 0x00"})
    void theCommonBinaryPointDecidesForBothGroups(int binaryPoint, String field) {
        cpu.enableAll(GicCpu.ACK_CTL | CBPR).inGroup1(RUNNING).inGroup1(PENDING);
        cpu.write(GICC_BPR, binaryPoint);
        cpu.write(GICC_ABPR, 5);
        checkPreemption(Integer.decode(field));
    }

    private void checkPreemption(int field) {
        for (int running = 0; running < 0xff; running += 3) {
            pending(RUNNING, running);
            assertThat(cpu.acknowledge()).isEqualTo(RUNNING);
            assertThat(cpu.read(GICC_RPR))
                    .as("running priority of 0x%x", running)
                    .isEqualTo(running & field);
            cpu.enable(PENDING, 0xff).setPending(PENDING);
            for (int priority = 0; priority < 0x100; priority += 5) {
                cpu.write(GICD_IPRIORITYR + PENDING, 1, priority);
                assertThat(cpu.irq())
                        .as("0x%x preempts 0x%x", priority, running)
                        .isEqualTo((priority & field) < (running & field));
            }
            cpu.clearPending(PENDING);
            cpu.end(RUNNING);
            assertThat(cpu.read(GICC_RPR)).isEqualTo(IDLE);
        }
    }

    @Test
    void nestedInterruptsRestoreTheRunningPriorityStepByStep() {
        int[] priorities = {0xe0, 0xa0, 0x60, 0x20, 0x02, 0x00};
        for (int k = 0; k < priorities.length; k++) {
            pending(40 + k, priorities[k]);
            assertThat(cpu.acknowledge()).as("it preempts").isEqualTo(40 + k);
            assertThat(cpu.read(GICC_RPR)).isEqualTo(priorities[k]);
        }
        for (int k = priorities.length - 1; k >= 0; k--) {
            cpu.end(40 + k);
            assertThat(cpu.read(GICC_RPR)).isEqualTo(k == 0 ? IDLE : priorities[k - 1]);
        }
    }

    @Test
    void anInterruptThatDoesNotPreemptIsSignalledAfterTheEnd() {
        pending(RUNNING, 0x40);
        cpu.acknowledge();
        pending(PENDING, 0x40);
        assertThat(cpu.irq()).isFalse();
        assertThat(cpu.acknowledge()).as("it has no sufficient priority").isEqualTo(SPURIOUS);
        assertThat(cpu.read(GICC_HPPIR)).isEqualTo(PENDING);
        cpu.end(RUNNING);
        assertThat(cpu.acknowledge()).isEqualTo(PENDING);
    }

    /// §3.3: a change of the priority of an active interrupt does not change the running priority.
    @Test
    void theRunningPriorityIsThatOfTheAcknowledgement() {
        pending(RUNNING, 0x40);
        cpu.acknowledge();
        cpu.write(GICD_IPRIORITYR + RUNNING, 1, 0x80);
        cpu.write(GICC_BPR, 7);
        assertThat(cpu.read(GICC_RPR)).isEqualTo(0x40);
        cpu.write(GICC_BPR, 0);
        pending(PENDING, 0x60);
        assertThat(cpu.irq()).isFalse();
        cpu.end(RUNNING);
        assertThat(cpu.irq()).isTrue();
    }

    /// §4.4.12: with 128 preemption levels, each has a bit in GICC_APR0 to 3, the highest in bit 0 of GICC_APR0.
    @ParameterizedTest(name = "priority {0}: register {1}, value {2}")
    @CsvSource({
        "0x00, 0, 0x1",
        "0x01, 0, 0x1",
        "0x02, 0, 0x2",
        "0x3e, 0, 0x80000000",
        "0x40, 1, 0x1",
        "0x7f, 1, 0x80000000",
        "0x80, 2, 0x1",
        "0xc4, 3, 0x4",
        "0xfe, 3, 0x80000000"
    })
    void anAcknowledgementSetsItsBitOfTheActivePriorities(String priority, int register, String value) {
        pending(RUNNING, Integer.decode(priority));
        pending(PENDING, 0xff);
        cpu.acknowledge();
        for (int k = 0; k < 4; k++) {
            assertThat(cpu.read(GICC_APR + 4 * k)).isEqualTo(k == register ? Long.decode(value) : 0);
            assertThat(cpu.read(GICC_NSAPR + 4 * k)).as("of Group 1").isZero();
        }
        cpu.end(RUNNING);
        assertThat(cpu.read(GICC_APR + 4L * register)).isZero();
    }

    @Test
    void activePrioritiesCanBeSavedAndWrittenBack() {
        cpu.enableAll(GicCpu.ACK_CTL | EOI_MODE).inGroup1(PENDING);
        pending(RUNNING, 0x90);
        cpu.acknowledge();
        pending(PENDING, 0x24);
        cpu.acknowledge();
        assertThat(cpu.read(GICC_APR + 8)).isEqualTo(1 << 8);
        assertThat(cpu.read(GICC_NSAPR)).isEqualTo(1 << 18);
        assertThat(cpu.read(GICC_RPR)).isEqualTo(0x24);
        cpu.write(GICC_NSAPR, 0);
        assertThat(cpu.read(GICC_RPR)).isEqualTo(0x90);
        cpu.write(GICC_APR + 8, 0);
        assertThat(cpu.read(GICC_RPR)).isEqualTo(IDLE);
        cpu.write(GICC_APR, 1 << 5);
        assertThat(cpu.read(GICC_RPR)).isEqualTo(0x0a);
        pending(50, 0x0a);
        assertThat(cpu.irq()).isFalse();
        cpu.end(RUNNING);
        assertThat(cpu.irq()).isTrue();
    }
}
