package dev.trapline.board.gic;

import static dev.trapline.abi.firmware.Effect.RouteInterrupt.Receiver.FIRMWARE;
import static dev.trapline.abi.firmware.Effect.RouteInterrupt.Receiver.GUEST;
import static dev.trapline.abi.firmware.Effect.RouteInterrupt.Receiver.NOBODY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Mpidr;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.engine.MmioDevice;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.board.bus.Line;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Interrupts that belong to firmware: the guest does not see them, and firmware takes those that it wants.
class FirmwareInterruptTest {

    private static final VcpuId CPU1 = new VcpuId(1);
    private static final int SPI = 40;
    private static final int PPI = 27;

    /// The same controller in both versions.
    enum Version {
        GICV2 {
            @Override
            Gic make() {
                return new Gicv2(2);
            }
        },
        GICV3 {
            @Override
            Gic make() {
                return new Gicv3(List.of(new Mpidr(0), new Mpidr(1)));
            }
        };

        abstract Gic make();
    }

    /// Makes an interrupt ready for the guest: its bit in every register of bits, its priority and its target.
    private static void configure(Gic gic) {
        gic.write(GicCpu.GICD_CTLR, 4, 3);
        gic.write(GicCpu.GICD_IGROUPR + 4, 4, 1 << (SPI % 32));
        gic.write(GicCpu.GICD_ISENABLER + 4, 4, 1 << (SPI % 32));
        gic.write(GicCpu.GICD_IPRIORITYR + SPI, 1, 0x50);
    }

    private static void raise(Line.Listener input) {
        Line line = new Line("line");
        line.listen(input);
        line.drive(true);
    }

    private static List<FirmwareInterrupt> taken(Gic gic) {
        return gic.takeForFirmware();
    }

    @ParameterizedTest
    @EnumSource
    void firmwareTakesWhatItWantsWhateverTheGuestHasEnabled(Version version) {
        Gic gic = version.make();
        gic.route(VcpuId.BOOT, SPI, FIRMWARE);
        gic.route(CPU1, PPI, FIRMWARE);
        assertThat(gic.firmware(VcpuId.BOOT)).as("nothing is pending").isFalse();
        raise(gic.spi(SPI));
        raise(gic.ppi(CPU1, PPI));
        raise(gic.ppi(VcpuId.BOOT, PPI));
        assertThat(gic.firmware(VcpuId.BOOT)).as("a shared one").isTrue();
        assertThat(taken(gic))
                .as("not the private one of vCPU 0, which is the guest's")
                .containsExactly(new FirmwareInterrupt(CPU1, PPI), new FirmwareInterrupt(VcpuId.BOOT, SPI));
        assertThat(gic.firmware(VcpuId.BOOT)).isFalse();
        assertThat(taken(gic)).as("once only").isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aLevelThatStaysHighIsTakenAgainAndAnEdgeIsNot(Version version) {
        for (boolean edge : new boolean[] {false, true}) {
            Gic gic = version.make();
            gic.write(GicCpu.GICD_ICFGR + 8, 4, edge ? 2 << (2 * (SPI % 16)) : 0);
            gic.route(VcpuId.BOOT, SPI, FIRMWARE);
            raise(gic.spi(SPI));
            assertThat(taken(gic)).hasSize(1);
            gic.route(VcpuId.BOOT, SPI, FIRMWARE);
            assertThat(taken(gic)).as("edge: %s", edge).hasSize(edge ? 0 : 1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whileNobodyTakesItAnInterruptStaysPending(Version version) {
        Gic gic = version.make();
        gic.route(VcpuId.BOOT, SPI, NOBODY);
        gic.inject(VcpuId.BOOT, SPI);
        assertThat(taken(gic)).isEmpty();
        gic.route(VcpuId.BOOT, SPI, FIRMWARE);
        assertThat(taken(gic)).containsExactly(new FirmwareInterrupt(VcpuId.BOOT, SPI));
    }

    @ParameterizedTest
    @EnumSource
    void theGuestDoesNotSeeWhatBelongsToFirmware(Version version) {
        Gic gic = version.make();
        configure(gic);
        MmioDevice registers = gic.seenBy(VcpuId.BOOT);
        int bit = 1 << (SPI % 32);
        gic.route(VcpuId.BOOT, SPI, NOBODY);
        gic.inject(VcpuId.BOOT, SPI);
        for (int block : new int[] {
            GicCpu.GICD_IGROUPR,
            GicCpu.GICD_ISENABLER,
            GicCpu.GICD_ICENABLER,
            GicCpu.GICD_ISPENDR,
            GicCpu.GICD_ICPENDR,
            GicCpu.GICD_ISACTIVER,
            GicCpu.GICD_ICACTIVER
        }) {
            registers.write(block + 4, 4, -1L);
            assertThat(registers.read(block + 4, 4) & bit)
                    .as("register 0x%x", block + 4)
                    .isZero();
        }
        registers.write(GicCpu.GICD_IPRIORITYR + SPI, 1, 0x20);
        assertThat(registers.read(GicCpu.GICD_IPRIORITYR + SPI, 1)).isZero();
        registers.write(GicCpu.GICD_ICFGR + 8, 4, 2L << (2 * (SPI % 16)));
        assertThat(registers.read(GicCpu.GICD_ICFGR + 8, 4)).isZero();
        gic.route(VcpuId.BOOT, SPI, GUEST);
        assertThat(registers.read(GicCpu.GICD_IPRIORITYR + SPI, 1))
                .as("as it was: the write was ignored")
                .isEqualTo(0x50);
        assertThat(registers.read(GicCpu.GICD_IGROUPR + 4, 4) & bit).isEqualTo(bit);
        assertThat(registers.read(GicCpu.GICD_ISENABLER + 4, 4) & bit).isEqualTo(bit);
        assertThat(registers.read(GicCpu.GICD_ISPENDR + 4, 4) & bit)
                .as("what was pending for firmware is forgotten")
                .isZero();
        assertThat(registers.read(GicCpu.GICD_ISACTIVER + 4, 4) & bit).isZero();
    }

    @Test
    void theGuestDoesNotSeeItsTargetsOrItsRoute() {
        Gicv2 two = new Gicv2(2);
        two.write(GicCpu.GICD_ITARGETSR + SPI, 1, 2);
        two.route(VcpuId.BOOT, SPI, NOBODY);
        raise(two.spi(SPI));
        two.write(GicCpu.GICD_ITARGETSR + SPI, 1, 1);
        assertThat(two.read(GicCpu.GICD_ITARGETSR + SPI, 1)).isZero();
        assertThat(two.read(GicCpu.GICD_SPISR, 4)).as("the level").isZero();
        two.route(VcpuId.BOOT, SPI, GUEST);
        assertThat(two.read(GicCpu.GICD_ITARGETSR + SPI, 1)).isEqualTo(2);
        assertThat(two.read(GicCpu.GICD_SPISR, 4)).isEqualTo(1 << (SPI % 32));

        Gic three = Version.GICV3.make();
        long route = 0x6000 + 8 * SPI;
        three.write(route, 8, 1);
        three.route(VcpuId.BOOT, SPI, NOBODY);
        three.write(route, 8, 1L << 31);
        assertThat(three.read(route, 8)).isZero();
        three.route(VcpuId.BOOT, SPI, GUEST);
        assertThat(three.read(route, 8)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void theNeighboursOfAnInterruptOfFirmwareStayTheGuests(Version version) {
        Gic gic = version.make();
        gic.route(VcpuId.BOOT, SPI, NOBODY);
        gic.write(GicCpu.GICD_IPRIORITYR + SPI, 4, 0x4030_2010L);
        assertThat(gic.read(GicCpu.GICD_IPRIORITYR + SPI, 4)).isEqualTo(0x4030_2000L);
        gic.write(GicCpu.GICD_ICFGR + 8, 4, 0xaaaa_aaaaL);
        assertThat(gic.read(GicCpu.GICD_ICFGR + 8, 4)).isEqualTo(0xaaaa_aaaaL & ~(2L << (2 * (SPI % 16))));
        gic.write(GicCpu.GICD_IGROUPR + 4, 4, 0xffff_ffffL);
        assertThat(gic.read(GicCpu.GICD_IGROUPR + 4, 4)).isEqualTo(0xffff_ffffL & ~(1L << (SPI % 32)));
    }

    @ParameterizedTest
    @EnumSource
    void aWaitEndsForWhatFirmwareTakesAndNotForWhatItHolds(Version version) {
        Gic gic = version.make();
        gic.route(CPU1, PPI, FIRMWARE);
        assertThat(gic.wakes(CPU1, PPI)).isTrue();
        gic.route(CPU1, PPI, NOBODY);
        assertThat(gic.wakes(CPU1, PPI)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void aResetGivesAllBackToTheGuest(Version version) {
        Gic gic = version.make();
        gic.route(VcpuId.BOOT, SPI, FIRMWARE);
        gic.reset();
        configure(gic);
        raise(gic.spi(SPI));
        assertThat(gic.firmware(VcpuId.BOOT)).isFalse();
        assertThat(gic.read(GicCpu.GICD_ISENABLER + 4, 4)).isEqualTo(1 << (SPI % 32));
    }

    @ParameterizedTest
    @EnumSource
    void aSavedStateHasTheReceivers(Version version) {
        Gic gic = version.make();
        gic.route(VcpuId.BOOT, SPI, FIRMWARE);
        gic.route(CPU1, PPI, NOBODY);
        StateWriter state = new StateWriter();
        gic.save(state);
        Gic other = version.make();
        other.load(new StateReader(state.toBytes()));
        other.inject(VcpuId.BOOT, SPI);
        other.inject(CPU1, PPI);
        assertThat(taken(other)).containsExactly(new FirmwareInterrupt(VcpuId.BOOT, SPI));
        other.route(CPU1, PPI, FIRMWARE);
        assertThat(taken(other)).containsExactly(new FirmwareInterrupt(CPU1, PPI));
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptThatDoesNotExistIsIgnored(Version version) {
        Gic gic = version.make();
        gic.route(VcpuId.BOOT, 1019, FIRMWARE);
        assertThat(taken(gic)).isEmpty();
    }
}
