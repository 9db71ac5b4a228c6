package dev.trapline.board.gic;

import static dev.trapline.board.gic.GicCpu.ACK_CTL;
import static dev.trapline.board.gic.GicCpu.ENABLE_GRP0;
import static dev.trapline.board.gic.GicCpu.ENABLE_GRP1;
import static dev.trapline.board.gic.GicCpu.FIQ_EN;
import static dev.trapline.board.gic.GicCpu.GICC_AEOIR;
import static dev.trapline.board.gic.GicCpu.GICC_AHPPIR;
import static dev.trapline.board.gic.GicCpu.GICC_AIAR;
import static dev.trapline.board.gic.GicCpu.GICC_CTLR;
import static dev.trapline.board.gic.GicCpu.GICC_HPPIR;
import static dev.trapline.board.gic.GicCpu.GICC_IAR;
import static dev.trapline.board.gic.GicCpu.GICC_NSAPR;
import static dev.trapline.board.gic.GicCpu.GICC_RPR;
import static dev.trapline.board.gic.GicCpu.GICD_CTLR;
import static dev.trapline.board.gic.GicCpu.GICD_IGROUPR;
import static dev.trapline.board.gic.GicCpu.GROUP_1_PENDING;
import static dev.trapline.board.gic.GicCpu.IDLE;
import static dev.trapline.board.gic.GicCpu.SPURIOUS;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The two groups (IHI 0048B §3.4, §3.5), FIQ, and the registers that are aliases for Group 1.
class GicGroupsTest {

    private static final int GROUP0 = 40;
    private static final int GROUP1 = 41;

    private final Gicv2 gic = new Gicv2(2);
    private final GicCpu cpu = new GicCpu(gic, 0)
            .enableAll(0)
            .enable(GROUP0, 0x80)
            .enable(GROUP1, 0x80)
            .inGroup1(GROUP1);

    /// §4.3.1, §4.4.1: both enables of the group must be set. FIQEn makes Group 0 an FIQ; Group 1 is always an IRQ.
    @ParameterizedTest(name = "group {0}, GICD_CTLR {1}, GICC_CTLR {2}: IRQ {3}, FIQ {4}")
    @CsvSource({
        "0, 0, 0x0, false, false",
        "0, 0, 0x3, false, false",
        "0, 1, 0x0, false, false",
        "0, 1, 0x1, true, false",
        "0, 1, 0x2, false, false",
        "0, 2, 0x3, false, false",
        "0, 3, 0x3, true, false",
        "0, 1, 0x9, false, true",
        "0, 3, 0xb, false, true",
        "0, 3, 0xa, false, false",
        "0, 2, 0xb, false, false",
        "1, 0, 0x3, false, false",
        "1, 1, 0x3, false, false",
        "1, 2, 0x1, false, false",
        "1, 2, 0x2, true, false",
        "1, 3, 0x3, true, false",
        "1, 2, 0xa, true, false",
        "1, 3, 0xb, true, false",
        "1, 3, 0x9, false, false"
    })
    void theEnablesOfItsGroupDecideWhetherAnInterruptIsSignalled(
            int group, int distributor, String cpuInterface, boolean irq, boolean fiq) {
        cpu.write(GICD_CTLR, distributor);
        cpu.write(GICC_CTLR, Long.decode(cpuInterface));
        cpu.setPending(group == 0 ? GROUP0 : GROUP1);
        assertThat(cpu.irq()).isEqualTo(irq);
        assertThat(cpu.fiq()).isEqualTo(fiq);
    }

    /// §3.2.5, §4.4.4, §4.4.7, §4.4.9, §4.4.11: what each register returns for the highest pending interrupt.
    @ParameterizedTest(name = "group {0}, AckCtl {1}: IAR and HPPIR {2}, AIAR and AHPPIR {3}")
    @CsvSource({"0, 0, 40, 1023", "0, 4, 40, 1023", "1, 0, 1022, 41", "1, 4, 41, 41"})
    void aRegisterReturnsOnlyInterruptsOfItsGroup(int group, int ackCtl, int plain, int alias) {
        cpu.enableAll(ackCtl);
        int intid = group == 0 ? GROUP0 : GROUP1;
        cpu.setPending(intid);
        assertThat(cpu.read(GICC_HPPIR)).isEqualTo(plain);
        assertThat(cpu.read(GICC_AHPPIR)).isEqualTo(alias);
        assertThat(cpu.state(intid)).isEqualTo("pending");
        assertThat(cpu.read(GICC_IAR)).isEqualTo(plain);
        assertThat(cpu.state(intid)).isEqualTo(plain == intid ? "active" : "pending");
        cpu.end(plain);
        cpu.setPending(intid);
        assertThat(cpu.read(GICC_AIAR)).isEqualTo(alias);
        assertThat(cpu.state(intid)).isEqualTo(alias == intid ? "active" : "pending");
    }

    @Test
    void theInterruptOfTheOtherGroupIsNotAcknowledged() {
        cpu.setPending(GROUP1);
        assertThat(cpu.read(GICC_IAR)).isEqualTo(GROUP_1_PENDING);
        assertThat(cpu.irq()).isTrue();
        assertThat(cpu.read(GICC_RPR)).isEqualTo(IDLE);
        cpu.end(GROUP_1_PENDING);
        assertThat(cpu.read(GICC_AIAR)).isEqualTo(GROUP1);
        assertThat(cpu.read(GICC_RPR)).isEqualTo(0x80);
        assertThat(cpu.read(GICC_NSAPR + 8)).isEqualTo(1);
        cpu.write(GICC_AEOIR, GROUP1);
        assertThat(cpu.state(GROUP1)).isEqualTo("inactive");
        assertThat(cpu.read(GICC_RPR)).isEqualTo(IDLE);
    }

    /// 1022 needs an interrupt that would be signalled (§3.2.5).
    @Test
    void anInterruptOfGroup1ThatIsMaskedIsSpurious() {
        cpu.setPending(GROUP1);
        cpu.write(GicCpu.GICC_PMR, 0x80);
        assertThat(cpu.read(GICC_IAR)).isEqualTo(SPURIOUS);
        assertThat(cpu.read(GICC_AIAR)).isEqualTo(SPURIOUS);
        assertThat(cpu.read(GICC_HPPIR)).isEqualTo(GROUP_1_PENDING);
    }

    /// Only the highest pending interrupt is signalled (the pseudocode UpdateExceptionState).
    @Test
    void onlyTheHighestPendingInterruptIsSignalled() {
        cpu.enableAll(FIQ_EN);
        cpu.setPending(GROUP0);
        cpu.setPending(GROUP1);
        assertThat(cpu.fiq()).as("the same priority, the lower INTID").isTrue();
        assertThat(cpu.irq()).isFalse();
        cpu.enable(GROUP1, 0x40);
        assertThat(cpu.fiq()).isFalse();
        assertThat(cpu.irq()).as("Group 1 has the higher priority").isTrue();
        assertThat(cpu.read(GICC_AIAR)).isEqualTo(GROUP1);
        assertThat(cpu.fiq()).as("Group 0 does not preempt it").isFalse();
        cpu.write(GICC_AEOIR, GROUP1);
        assertThat(cpu.fiq()).isTrue();
        assertThat(cpu.read(GICC_IAR)).isEqualTo(GROUP0);
    }

    @Test
    void group0CanPreemptGroup1() {
        cpu.enableAll(FIQ_EN);
        cpu.setPending(GROUP1);
        assertThat(cpu.read(GICC_AIAR)).isEqualTo(GROUP1);
        cpu.enable(GROUP0, 0x40).setPending(GROUP0);
        assertThat(cpu.fiq()).isTrue();
        assertThat(cpu.read(GICC_IAR)).isEqualTo(GROUP0);
        assertThat(cpu.read(GICC_RPR)).isEqualTo(0x40);
        cpu.end(GROUP0);
        assertThat(cpu.read(GICC_RPR)).isEqualTo(0x80);
        cpu.write(GICC_AEOIR, GROUP1);
        assertThat(cpu.read(GICC_RPR)).isEqualTo(IDLE);
    }

    /// A group that the Distributor does not forward does not compete (§4.3.1).
    @Test
    void aGroupThatIsNotForwardedHidesNothing() {
        cpu.enable(GROUP0, 0x10);
        cpu.setPending(GROUP0);
        cpu.setPending(GROUP1);
        cpu.write(GICD_CTLR, ENABLE_GRP1);
        assertThat(cpu.read(GICC_AHPPIR)).isEqualTo(GROUP1);
        assertThat(cpu.read(GICC_AIAR)).isEqualTo(GROUP1);
    }

    /// A forwarded interrupt competes also if the CPU interface does not signal its group (the pseudocode
    /// HighestPriorityPendingInterrupt and GenerateExceptions).
    @Test
    void aGroupThatIsForwardedButNotSignalledHidesLowerPriorities() {
        cpu.enable(GROUP0, 0x10);
        cpu.setPending(GROUP0);
        cpu.setPending(GROUP1);
        cpu.write(GICC_CTLR, ENABLE_GRP1 | ACK_CTL);
        assertThat(cpu.irq()).isFalse();
        assertThat(cpu.read(GICC_HPPIR)).isEqualTo(SPURIOUS);
        assertThat(cpu.read(GICC_AHPPIR)).isEqualTo(SPURIOUS);
        assertThat(cpu.read(GICC_IAR)).isEqualTo(SPURIOUS);
        cpu.write(GICC_CTLR, ENABLE_GRP0 | ENABLE_GRP1 | ACK_CTL);
        assertThat(cpu.read(GICC_IAR)).isEqualTo(GROUP0);
    }

    /// §4.3.4: the groups of SGIs and PPIs are banked.
    @Test
    void aPrivateInterruptCanHaveAnotherGroupOnEachVcpu() {
        GicCpu other = new GicCpu(gic, 1).enableAll(FIQ_EN);
        cpu.enableAll(FIQ_EN);
        other.write(GICD_IGROUPR, 1 << 20);
        for (GicCpu each : new GicCpu[] {cpu, other}) {
            each.enable(20, 0x10).setPending(20);
        }
        assertThat(cpu.fiq()).isTrue();
        assertThat(cpu.irq()).isFalse();
        assertThat(other.fiq()).isFalse();
        assertThat(other.irq()).isTrue();
    }

    @Test
    void theAliasForTheEndIgnoresInterruptsOfGroup0() {
        cpu.setPending(GROUP0);
        cpu.acknowledge();
        cpu.write(GICC_AEOIR, GROUP0);
        assertThat(cpu.state(GROUP0)).isEqualTo("active");
        assertThat(cpu.read(GICC_RPR)).isEqualTo(0x80);
    }
}
