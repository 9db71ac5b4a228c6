package dev.trapline.board.gic;

import static dev.trapline.board.gic.GicCpu.EOI_MODE;
import static dev.trapline.board.gic.GicCpu.GICC_AEOIR;
import static dev.trapline.board.gic.GicCpu.GICC_CTLR;
import static dev.trapline.board.gic.GicCpu.GICC_DIR;
import static dev.trapline.board.gic.GicCpu.GICC_HPPIR;
import static dev.trapline.board.gic.GicCpu.GICC_PMR;
import static dev.trapline.board.gic.GicCpu.GICC_RPR;
import static dev.trapline.board.gic.GicCpu.GICD_CTLR;
import static dev.trapline.board.gic.GicCpu.GICD_ICACTIVER;
import static dev.trapline.board.gic.GicCpu.GICD_ICENABLER;
import static dev.trapline.board.gic.GicCpu.GICD_ISACTIVER;
import static dev.trapline.board.gic.GicCpu.GICD_ISENABLER;
import static dev.trapline.board.gic.GicCpu.GICD_ITARGETSR;
import static dev.trapline.board.gic.GicCpu.IDLE;
import static dev.trapline.board.gic.GicCpu.SPURIOUS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.VcpuId;
import dev.trapline.board.bus.Line;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The states of an interrupt (IHI 0048B §3.2.4), level-sensitive and edge-triggered (§4.3.7, §4.3.8), and its way to
/// one of several vCPUs.
class GicHandlingTest {

    private static final int SPI = 33;
    private static final int EDGE = 34;

    private final Gicv2 gic = new Gicv2(2);
    private final GicCpu cpu =
            new GicCpu(gic, 0).enableAll(0).enable(SPI, 0xa0).enable(EDGE, 0xa0).edge(EDGE);
    private final GicCpu other = new GicCpu(gic, 1).enableAll(0);
    private final Line level = new Line("level");
    private final Line pulse = new Line("pulse");

    GicHandlingTest() {
        level.listen(gic.spi(SPI));
        pulse.listen(gic.spi(EDGE));
    }

    @Test
    void aLevelIsPendingWhileItsInputIsHigh() {
        assertThat(cpu.irq()).isFalse();
        level.drive(true);
        assertThat(cpu.state(SPI)).isEqualTo("pending");
        assertThat(cpu.irq()).isTrue();
        assertThat(cpu.fiq()).as("FIQEn is 0").isFalse();
        level.drive(false);
        assertThat(cpu.state(SPI)).isEqualTo("inactive");
        assertThat(cpu.irq()).isFalse();
    }

    @Test
    void aLevelThatIsHighAtItsEndIsPendingAgain() {
        level.drive(true);
        assertThat(cpu.acknowledge()).isEqualTo(SPI);
        assertThat(cpu.state(SPI)).as("the input is still high").isEqualTo("active and pending");
        assertThat(cpu.irq()).isFalse();
        cpu.end(SPI);
        assertThat(cpu.state(SPI)).isEqualTo("pending");
        assertThat(cpu.irq()).isTrue();
        assertThat(cpu.acknowledge()).isEqualTo(SPI);
        level.drive(false);
        assertThat(cpu.state(SPI)).isEqualTo("active");
        cpu.end(SPI);
        assertThat(cpu.state(SPI)).isEqualTo("inactive");
        assertThat(cpu.irq()).isFalse();
        assertThat(cpu.acknowledge()).isEqualTo(SPURIOUS);
    }

    @Test
    void anEdgeStaysPendingAfterItsInputFell() {
        pulse.drive(true);
        pulse.drive(false);
        assertThat(cpu.state(EDGE)).isEqualTo("pending");
        assertThat(cpu.acknowledge()).isEqualTo(EDGE);
        assertThat(cpu.state(EDGE)).isEqualTo("active");
        cpu.end(EDGE);
        assertThat(cpu.state(EDGE)).isEqualTo("inactive");
    }

    @Test
    void anEdgeCountsOnceHoweverLongItsInputIsHigh() {
        pulse.drive(true);
        assertThat(cpu.acknowledge()).isEqualTo(EDGE);
        assertThat(cpu.state(EDGE)).isEqualTo("active");
        cpu.end(EDGE);
        assertThat(cpu.state(EDGE)).isEqualTo("inactive");
        pulse.drive(false);
        assertThat(cpu.irq()).isFalse();
    }

    @Test
    void anEdgeWhileTheInterruptIsActiveIsPendingAtItsEnd() {
        pulse.drive(true);
        cpu.acknowledge();
        pulse.drive(false);
        pulse.drive(true);
        assertThat(cpu.state(EDGE)).isEqualTo("active and pending");
        assertThat(cpu.irq()).isFalse();
        cpu.end(EDGE);
        assertThat(cpu.state(EDGE)).isEqualTo("pending");
        assertThat(cpu.acknowledge()).isEqualTo(EDGE);
    }

    @Test
    void twoEdgesBeforeTheAcknowledgementAreOneInterrupt() {
        pulse.drive(true);
        pulse.drive(false);
        pulse.drive(true);
        cpu.end(cpu.acknowledge());
        assertThat(cpu.state(EDGE)).isEqualTo("inactive");
    }

    /// §4.3.7 and §4.3.8: what software makes pending does not need the input. Clearing it does not lower the
    /// input.
    @Test
    void softwareCanMakeALevelPending() {
        cpu.setPending(SPI);
        level.drive(true);
        level.drive(false);
        assertThat(cpu.state(SPI)).as("the input fell").isEqualTo("pending");
        cpu.clearPending(SPI);
        assertThat(cpu.state(SPI)).isEqualTo("inactive");
        level.drive(true);
        cpu.clearPending(SPI);
        assertThat(cpu.state(SPI)).as("the input is high").isEqualTo("pending");
    }

    @Test
    void theAcknowledgementEndsWhatSoftwareMadePending() {
        cpu.setPending(SPI);
        assertThat(cpu.acknowledge()).isEqualTo(SPI);
        assertThat(cpu.state(SPI)).isEqualTo("active");
        cpu.setPending(SPI);
        assertThat(cpu.state(SPI)).isEqualTo("active and pending");
        cpu.end(SPI);
        assertThat(cpu.state(SPI)).isEqualTo("pending");
    }

    @Test
    void softwareCanClearAnEdgeAlsoWhileItsInputIsHigh() {
        pulse.drive(true);
        cpu.clearPending(EDGE);
        assertThat(cpu.state(EDGE)).isEqualTo("inactive");
        assertThat(cpu.irq()).isFalse();
    }

    /// §4.3.6: a disabled interrupt can become pending, and is not forwarded.
    @Test
    void aDisabledInterruptIsPendingButNotSignalled() {
        cpu.write(GICD_ICENABLER + 4, 1 << 1);
        level.drive(true);
        assertThat(cpu.state(SPI)).isEqualTo("pending");
        assertThat(cpu.irq()).isFalse();
        assertThat(cpu.read(GICC_HPPIR)).isEqualTo(SPURIOUS);
        assertThat(cpu.acknowledge()).isEqualTo(SPURIOUS);
        cpu.write(GICD_ISENABLER + 4, 1 << 1);
        assertThat(cpu.irq()).isTrue();
    }

    /// §4.3.6: disabling does not change an active state.
    @Test
    void anActiveInterruptThatIsDisabledStaysActive() {
        level.drive(true);
        cpu.acknowledge();
        cpu.write(GICD_ICENABLER + 4, 1 << 1);
        assertThat(cpu.state(SPI)).isEqualTo("active and pending");
        cpu.end(SPI);
        assertThat(cpu.state(SPI)).isEqualTo("pending");
        assertThat(cpu.irq()).isFalse();
    }

    @Test
    void aReadWhileNothingIsSignalledIsSpuriousAndChangesNothing() {
        assertThat(cpu.acknowledge()).isEqualTo(SPURIOUS);
        level.drive(true);
        cpu.write(GICC_CTLR, 0);
        assertThat(cpu.acknowledge()).as("the CPU interface is disabled").isEqualTo(SPURIOUS);
        cpu.write(GICC_CTLR, 3);
        cpu.write(GICD_CTLR, 0);
        assertThat(cpu.acknowledge()).as("the Distributor is disabled").isEqualTo(SPURIOUS);
        cpu.write(GICD_CTLR, 3);
        cpu.write(GICC_PMR, 0xa0);
        assertThat(cpu.acknowledge()).as("the priority is masked").isEqualTo(SPURIOUS);
        assertThat(cpu.state(SPI)).isEqualTo("pending");
        assertThat(cpu.read(GICC_RPR)).isEqualTo(IDLE);
    }

    @ParameterizedTest
    @ValueSource(ints = {288, 1019, 1020, 1022, 1023})
    void theEndOfAnInterruptThatDoesNotExistIsIgnored(int intid) {
        level.drive(true);
        cpu.acknowledge();
        cpu.end(intid);
        cpu.write(GICC_AEOIR, intid);
        assertThat(cpu.state(SPI)).isEqualTo("active and pending");
        assertThat(cpu.read(GICC_RPR)).isEqualTo(0xa0);
    }

    /// §4.4.5, §4.4.15: with EOImode 1, the end only drops the priority, and GICC_DIR deactivates.
    @Test
    void priorityDropAndDeactivationCanBeSeparate() {
        cpu.enableAll(EOI_MODE);
        level.drive(true);
        cpu.acknowledge();
        assertThat(cpu.read(GICC_RPR)).isEqualTo(0xa0);
        cpu.end(SPI);
        assertThat(cpu.read(GICC_RPR)).as("dropped").isEqualTo(IDLE);
        assertThat(cpu.state(SPI)).isEqualTo("active and pending");
        assertThat(cpu.irq()).as("an active interrupt is not signalled again").isFalse();
        pulse.drive(true);
        assertThat(cpu.acknowledge()).as("another of the same priority is").isEqualTo(EDGE);
        cpu.write(GICC_DIR, SPI);
        assertThat(cpu.state(SPI)).isEqualTo("pending");
        assertThat(cpu.irq()).as("not higher than the running priority").isFalse();
        cpu.end(EDGE);
        assertThat(cpu.irq()).isTrue();
        assertThat(cpu.state(EDGE)).isEqualTo("active");
    }

    @Test
    void anInterruptCanBeDeactivatedBeforeAnother() {
        cpu.enableAll(EOI_MODE);
        pulse.drive(true);
        cpu.end(cpu.acknowledge());
        level.drive(true);
        cpu.end(cpu.acknowledge());
        level.drive(false);
        cpu.write(GICC_DIR, EDGE);
        assertThat(cpu.state(EDGE)).isEqualTo("inactive");
        assertThat(cpu.state(SPI)).isEqualTo("active");
        other.write(GICC_CTLR, 3 | EOI_MODE);
        other.write(GICC_DIR, SPI);
        assertThat(cpu.state(SPI)).as("any vCPU may deactivate an SPI").isEqualTo("inactive");
    }

    @Test
    void deactivationIsIgnoredWhileTheEndDeactivates() {
        pulse.drive(true);
        cpu.acknowledge();
        cpu.write(GICC_DIR, EDGE);
        assertThat(cpu.state(EDGE)).isEqualTo("active");
    }

    /// §4.3.9, §4.3.10: the active state is not the running priority.
    @Test
    void softwareCanSetAndClearTheActiveState() {
        cpu.write(GICD_ISACTIVER + 4, 1 << 1);
        level.drive(true);
        assertThat(cpu.irq()).as("active").isFalse();
        assertThat(cpu.read(GICC_RPR)).isEqualTo(IDLE);
        cpu.write(GICD_ICACTIVER + 4, 1 << 1);
        assertThat(cpu.acknowledge()).isEqualTo(SPI);
        cpu.write(GICD_ICACTIVER + 4, 1 << 1);
        assertThat(cpu.state(SPI)).isEqualTo("pending");
        assertThat(cpu.read(GICC_RPR)).isEqualTo(0xa0);
        assertThat(cpu.irq()).isFalse();
        cpu.end(SPI);
        assertThat(cpu.irq()).as("the priority was dropped").isTrue();
    }

    /// §3.2.3: the 1-N model. All targets are interrupted, one of them gets it.
    @Test
    void theFirstOfSeveralTargetsThatAcknowledgesHandlesIt() {
        cpu.write(GICD_ITARGETSR + SPI, 1, 0b11);
        level.drive(true);
        assertThat(cpu.irq()).isTrue();
        assertThat(other.irq()).isTrue();
        assertThat(other.acknowledge()).isEqualTo(SPI);
        assertThat(cpu.irq()).isFalse();
        assertThat(cpu.acknowledge()).isEqualTo(SPURIOUS);
        assertThat(cpu.state(SPI)).as("the state of an SPI is shared").isEqualTo("active and pending");
        assertThat(cpu.read(GICC_RPR)).isEqualTo(IDLE);
        other.end(SPI);
        assertThat(cpu.irq()).as("again for both").isTrue();
        assertThat(other.irq()).isTrue();
    }

    /// §4.3.12: a change of the targets affects a pending interrupt at once.
    @Test
    void aPendingInterruptFollowsItsTargets() {
        level.drive(true);
        assertThat(other.irq()).isFalse();
        cpu.write(GICD_ITARGETSR + SPI, 1, 0b10);
        assertThat(cpu.irq()).isFalse();
        assertThat(other.irq()).isTrue();
        cpu.write(GICD_ITARGETSR + SPI, 1, 0);
        assertThat(other.irq()).as("without a target it is pending only").isFalse();
        assertThat(cpu.state(SPI)).isEqualTo("pending");
    }

    @Test
    void oneVcpuIsTheTargetOfAllInterrupts() {
        Gicv2 single = new Gicv2(1);
        GicCpu only = new GicCpu(single, 0).enableAll(0).enable(287, 0);
        Line line = new Line("last");
        line.listen(single.spi(287));
        line.drive(true);
        assertThat(only.irq()).isTrue();
        assertThat(only.acknowledge()).isEqualTo(287);
    }

    @Test
    void aPpiIsSignalledToItsOwnVcpuOnly() {
        Line timer = new Line("timer");
        timer.listen(gic.ppi(new VcpuId(1), 27));
        other.enable(27, 0x80);
        cpu.enable(27, 0x80);
        timer.drive(true);
        assertThat(other.irq()).isTrue();
        assertThat(cpu.irq()).isFalse();
        assertThat(other.acknowledge()).isEqualTo(27);
        assertThat(other.state(27)).isEqualTo("active and pending");
        assertThat(cpu.state(27)).isEqualTo("inactive");
    }

    @Test
    void aLineThatStaysHighIsPendingAfterAReset() {
        level.drive(true);
        pulse.drive(true);
        cpu.acknowledge();
        gic.reset();
        assertThat(cpu.irq()).isFalse();
        assertThat(cpu.state(SPI)).isEqualTo("pending");
        assertThat(cpu.state(EDGE)).as("it is level-sensitive after a reset").isEqualTo("pending");
        level.drive(false);
        assertThat(cpu.state(SPI)).isEqualTo("inactive");
    }
}
