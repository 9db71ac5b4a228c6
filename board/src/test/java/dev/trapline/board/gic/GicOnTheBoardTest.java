package dev.trapline.board.gic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.devicetree.TreeNode;
import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.abi.state.StateDamagedException;
import dev.trapline.board.bus.Bus;
import dev.trapline.board.bus.Echo;
import dev.trapline.board.bus.Line;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The controller as a device: its views on a bus, its node, its inputs, and what it refuses.
class GicOnTheBoardTest {

    private static final long BASE = 0x800_0000L;

    private final Gicv2 gic = new Gicv2(2);

    private static MemoryMap.Device region(MemoryMap map, int number) {
        return (MemoryMap.Device) map.regions().get(number);
    }

    @Test
    void eachVcpuHasItsMap() {
        Bus bus = new Bus();
        bus.device(BASE, gic);
        for (int cpu = 0; cpu < 2; cpu++) {
            MemoryMap.Device mapped = region(bus.map(new VcpuId(cpu)), 0);
            assertThat(mapped.base()).isEqualTo(BASE);
            assertThat(mapped.size()).isEqualTo(0x20000);
            mapped.device().write(GicCpu.GICC_PMR, 4, 0x10L * (cpu + 1));
        }
        assertThat(new GicCpu(gic, 0).read(GicCpu.GICC_PMR)).isEqualTo(0x10);
        assertThat(new GicCpu(gic, 1).read(GicCpu.GICC_PMR)).isEqualTo(0x20);
        assertThat(region(bus.map(), 0).device()).as("the map without views").isSameAs(gic);
    }

    @Test
    void aViewIsAlsoInPagesThatDevicesShare() {
        Bus bus = new Bus();
        bus.device(0x1800, new Echo("echo", 0x100));
        bus.device(0x1900, gic);
        MemoryMap.Device pages = region(bus.map(new VcpuId(1)), 0);
        pages.device().write(0x900 + GicCpu.GICC_PMR, 4, 0x30);
        assertThat(new GicCpu(gic, 1).read(GicCpu.GICC_PMR)).isEqualTo(0x30);
        assertThat(new GicCpu(gic, 0).read(GicCpu.GICC_PMR)).isZero();
        assertThat(pages.device().read(0x900 + GicCpu.GICC_PMR, 4)).isEqualTo(0x30);
        assertThat(pages.device().read(0x804, 4)).as("the neighbour").isEqualTo((4 << 8) | 4);
    }

    /// The binding `arm,gic`: two ranges, three cells for each interrupt.
    @Test
    void itsNodeDescribesBothParts() {
        assertThat(gic.node(BASE))
                .contains(TreeNode.named("intc@8000000")
                        .labelled("intc")
                        .strings("compatible", "arm,cortex-a15-gic")
                        .cells("#interrupt-cells", 3)
                        .cells("#address-cells", 0)
                        .flag("interrupt-controller")
                        .cells("reg", 0, 0x8000000, 0, 0x10000, 0, 0x8010000, 0, 0x10000));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 9, 64})
    void itIsNotMadeForMoreThanEightVcpus(int count) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Gicv2(count))
                .withMessageContaining("1 to 8 vCPUs, not " + count);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 31, 288, 1020})
    void onlySharedInterruptsHaveASharedInput(int intid) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> gic.spi(intid))
                .withMessageContaining("INTID " + intid)
                .withMessageContaining("32 to 287");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 15, 32, 287})
    void onlyPrivateInterruptsHaveAPrivateInput(int intid) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> gic.ppi(VcpuId.BOOT, intid))
                .withMessageContaining("INTID " + intid)
                .withMessageContaining("16 to 31");
    }

    @Test
    void aVcpuThatItWasNotMadeForIsRefusedByName() {
        VcpuId third = new VcpuId(2);
        assertThatIllegalArgumentException().isThrownBy(() -> gic.irq(third)).withMessageContaining("vcpu2");
        assertThatIllegalArgumentException().isThrownBy(() -> gic.fiq(third)).withMessageContaining("2 vCPUs");
        assertThatIllegalArgumentException().isThrownBy(() -> gic.seenBy(third)).withMessageContaining("vcpu2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> gic.ppi(third, 27))
                .withMessageContaining("vcpu2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> gic.wakes(VcpuId.BOOT, 15))
                .withMessageContaining("INTID 15");
    }

    /// What ends a WFI: the interrupt is enabled, forwarded, not active, and its priority is higher than the mask
    /// and the running priority.
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "ready,                    true",
        "disabled,                 false",
        "group not forwarded,      false",
        "group not signalled,      false",
        "masked,                   false",
        "active,                   false",
        "running priority,         false",
        "a higher one is masked,   false"
    })
    void anInterruptWakesAVcpuIfItWouldBeSignalled(String obstacle, boolean wakes) {
        GicCpu cpu = new GicCpu(gic, 0).enableAll(0).enable(27, 0x80);
        switch (obstacle) {
            case "disabled" -> cpu.write(GicCpu.GICD_ICENABLER, 1 << 27);
            case "group not forwarded" -> cpu.write(GicCpu.GICD_CTLR, 2);
            case "group not signalled" -> cpu.write(GicCpu.GICC_CTLR, 2);
            case "masked" -> cpu.write(GicCpu.GICC_PMR, 0x80);
            case "active" -> cpu.write(GicCpu.GICD_ISACTIVER, 1 << 27);
            case "running priority" -> {
                cpu.enable(28, 0x80).setPending(28);
                cpu.acknowledge();
            }
            case "a higher one is masked" -> {
                cpu.enable(28, 0x40).inGroup1(28).setPending(28);
                cpu.write(GicCpu.GICC_CTLR, 1);
            }
            default -> assertThat(obstacle).isEqualTo("ready");
        }
        assertThat(gic.wakes(VcpuId.BOOT, 27)).isEqualTo(wakes);
        Line timer = new Line("timer");
        timer.listen(gic.ppi(VcpuId.BOOT, 27));
        timer.drive(true);
        assertThat(cpu.irq()).as("so it is").isEqualTo(wakes);
    }

    /// The levels of the inputs belong to the state: a line that is restored notifies nobody.
    @Test
    void theLoadedControllerKnowsTheLevelsOfItsInputs() {
        new GicCpu(gic, 0).enableAll(0).enable(40, 0x80);
        Line line = new Line("line");
        line.listen(gic.spi(40));
        line.drive(true);
        Gicv2 loaded = new Gicv2(2);
        Line other = new Line("line");
        other.listen(loaded.spi(40));
        assertThat(loaded.irq(VcpuId.BOOT)).isFalse();
        loaded.load(gic.save());
        other.restore(true);
        assertThat(loaded.irq(VcpuId.BOOT)).isTrue();
        other.drive(false);
        assertThat(loaded.irq(VcpuId.BOOT)).isFalse();
    }

    @Test
    void aStateThatIsTooShortIsRefused() {
        byte[] state = gic.save().toArray();
        assertThatExceptionOfType(StateDamagedException.class)
                .isThrownBy(() -> gic.load(Bytes.copyOf(state, 0, state.length - 1)));
    }
}
