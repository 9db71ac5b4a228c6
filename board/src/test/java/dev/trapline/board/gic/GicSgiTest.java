package dev.trapline.board.gic;

import static dev.trapline.board.gic.GicCpu.ACK_CTL;
import static dev.trapline.board.gic.GicCpu.EOI_MODE;
import static dev.trapline.board.gic.GicCpu.GICC_AIAR;
import static dev.trapline.board.gic.GicCpu.GICC_DIR;
import static dev.trapline.board.gic.GicCpu.GICC_HPPIR;
import static dev.trapline.board.gic.GicCpu.GICD_CPENDSGIR;
import static dev.trapline.board.gic.GicCpu.GICD_CTLR;
import static dev.trapline.board.gic.GicCpu.GICD_ICENABLER;
import static dev.trapline.board.gic.GicCpu.GICD_IPRIORITYR;
import static dev.trapline.board.gic.GicCpu.GICD_SGIR;
import static dev.trapline.board.gic.GicCpu.GICD_SPENDSGIR;
import static dev.trapline.board.gic.GicCpu.SPURIOUS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Software-generated interrupts (IHI 0048B §4.3.15 to §4.3.17, §4.4.4).
class GicSgiTest {

    private final Gicv2 gic = new Gicv2(4);
    private final List<GicCpu> cpus = new ArrayList<>();

    GicSgiTest() {
        for (int k = 0; k < 4; k++) {
            cpus.add(new GicCpu(gic, k).enableAll(0));
        }
    }

    private void send(int from, int filter, int list, int sgi) {
        cpus.get(from).write(GICD_SGIR, ((long) filter << 24) | ((long) list << 16) | sgi);
    }

    /// §4.3.15, TargetListFilter and CPUTargetList. The vCPU 2 sends.
    @ParameterizedTest(name = "filter {0}, list {1}: targets {2}")
    @CsvSource({
        "0, 0x00, 0x0",
        "0, 0x01, 0x1",
        "0, 0x04, 0x4",
        "0, 0x0a, 0xa",
        "0, 0x0f, 0xf",
        "0, 0xff, 0xf",
        "0, 0xf0, 0x0",
        "1, 0x00, 0xb",
        "1, 0xff, 0xb",
        "2, 0x00, 0x4",
        "2, 0xff, 0x4",
        "3, 0xff, 0x0"
    })
    void theFilterSelectsTheTargets(int filter, String list, String targets) {
        send(2, filter, Integer.decode(list), 5);
        for (int k = 0; k < 4; k++) {
            boolean expected = (Integer.decode(targets) >> k & 1) != 0;
            assertThat(cpus.get(k).irq()).as("vCPU %d", k).isEqualTo(expected);
            assertThat(cpus.get(k).acknowledge()).isEqualTo(expected ? (2 << 10) | 5 : SPURIOUS);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0, 15", "1, 7", "2, 0", "3, 15"})
    void theAcknowledgementNamesTheSender(int from, int sgi) {
        send(from, 0, 0b0010, sgi);
        assertThat(cpus.get(1).read(GICC_HPPIR)).isEqualTo(((long) from << 10) | sgi);
        assertThat(cpus.get(1).acknowledge()).isEqualTo(((long) from << 10) | sgi);
        assertThat(cpus.get(1).state(sgi)).isEqualTo("active");
        cpus.get(1).end(((long) from << 10) | sgi);
        assertThat(cpus.get(1).state(sgi)).isEqualTo("inactive");
        assertThat(cpus.get(1).acknowledge()).isEqualTo(SPURIOUS);
    }

    @Test
    void theSameSgiOfSeveralSendersIsHandledOnceForEach() {
        for (int from : List.of(3, 0, 2)) {
            send(from, 0, 0b0010, 6);
        }
        GicCpu target = cpus.get(1);
        assertThat(target.read(GICD_SPENDSGIR + 6, 1)).isEqualTo(0b1101);
        for (int from : List.of(0, 2, 3)) {
            assertThat(target.acknowledge()).as("the lowest sender first").isEqualTo(((long) from << 10) | 6);
            assertThat(target.irq()).as("it is active").isFalse();
            assertThat(target.state(6)).isEqualTo(from == 3 ? "active" : "active and pending");
            target.end(((long) from << 10) | 6);
        }
        assertThat(target.acknowledge()).isEqualTo(SPURIOUS);
    }

    @Test
    void theSameSgiOfOneSenderIsPendingOnce() {
        send(0, 0, 0b0010, 6);
        send(0, 0, 0b0010, 6);
        GicCpu target = cpus.get(1);
        target.end(target.acknowledge());
        assertThat(target.acknowledge()).isEqualTo(SPURIOUS);
        send(0, 0, 0b0010, 6);
        long first = target.acknowledge();
        send(0, 0, 0b0010, 6);
        assertThat(target.state(6)).isEqualTo("active and pending");
        target.end(first);
        assertThat(target.acknowledge()).isEqualTo(first);
    }

    @Test
    void theTargetsAcknowledgeIndependently() {
        send(0, 1, 0, 3);
        assertThat(cpus.get(1).acknowledge()).isEqualTo(3);
        assertThat(cpus.get(2).irq()).isTrue();
        assertThat(cpus.get(2).acknowledge()).isEqualTo(3);
        cpus.get(1).end(3);
        assertThat(cpus.get(2).state(3)).isEqualTo("active");
        assertThat(cpus.get(3).state(3)).isEqualTo("pending");
    }

    /// §4.3.7, §4.3.8, §4.3.6: these registers do not change SGIs.
    @Test
    void anSgiIsSetAndClearedByItsOwnRegistersOnly() {
        GicCpu cpu = cpus.getFirst();
        cpu.setPending(4);
        assertThat(cpu.isPending(4)).isFalse();
        cpu.write(GICD_SPENDSGIR + 4, 1, 0b0100);
        cpu.clearPending(4);
        assertThat(cpu.isPending(4)).isTrue();
        cpu.write(GICD_ICENABLER, 0xffff);
        assertThat(cpu.irq()).as("SGIs are always enabled").isTrue();
        assertThat(cpu.read(GICC_HPPIR)).isEqualTo((2 << 10) | 4);
        cpu.write(GICD_CPENDSGIR + 4, 1, 0b0100);
        assertThat(cpu.irq()).isFalse();
    }

    @Test
    void sgisHaveAPriorityOnEachVcpu() {
        cpus.get(1).write(GICD_IPRIORITYR + 1, 1, 0x80);
        cpus.get(1).write(GICD_IPRIORITYR + 2, 1, 0x40);
        for (int sgi : List.of(1, 2)) {
            send(0, 0, 0b0011, sgi);
        }
        assertThat(cpus.get(0).acknowledge())
                .as("the same priority: the lowest")
                .isEqualTo(1);
        assertThat(cpus.get(1).acknowledge()).isEqualTo(2);
    }

    @Test
    void anSgiThatIsSentWhileNothingIsForwardedIsPendingLater() {
        cpus.getFirst().write(GICD_CTLR, 0);
        send(0, 2, 0, 9);
        assertThat(cpus.getFirst().irq()).isFalse();
        cpus.getFirst().write(GICD_CTLR, 1);
        assertThat(cpus.getFirst().acknowledge()).isEqualTo(9);
    }

    @Test
    void anSgiOfGroup1NamesItsSenderInTheAliasRegisters() {
        GicCpu target = cpus.get(1).inGroup1(8);
        send(3, 0, 0b0010, 8);
        assertThat(target.read(GicCpu.GICC_AHPPIR)).isEqualTo((3 << 10) | 8);
        assertThat(target.acknowledge()).as("no CPUID with a special INTID").isEqualTo(GicCpu.GROUP_1_PENDING);
        assertThat(target.read(GICC_AIAR)).isEqualTo((3 << 10) | 8);
    }

    @Test
    void anSgiCanBeDeactivatedSeparately() {
        GicCpu target = cpus.get(1).enableAll(ACK_CTL | EOI_MODE);
        send(2, 0, 0b0010, 8);
        long iar = target.acknowledge();
        target.end(iar);
        assertThat(target.state(8)).isEqualTo("active");
        target.write(GICC_DIR, iar);
        assertThat(target.state(8)).isEqualTo("inactive");
    }
}
