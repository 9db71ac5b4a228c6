package dev.trapline.board.gic;

import static dev.trapline.board.gic.Gicv3Cpu.ANY;
import static dev.trapline.board.gic.Gicv3Cpu.ASGI1R;
import static dev.trapline.board.gic.Gicv3Cpu.EOIR1;
import static dev.trapline.board.gic.Gicv3Cpu.GICD_CTLR;
import static dev.trapline.board.gic.Gicv3Cpu.GICR_WAKER;
import static dev.trapline.board.gic.Gicv3Cpu.IAR1;
import static dev.trapline.board.gic.Gicv3Cpu.IGRPEN1;
import static dev.trapline.board.gic.Gicv3Cpu.PMR;
import static dev.trapline.board.gic.Gicv3Cpu.SGI0R;
import static dev.trapline.board.gic.Gicv3Cpu.SGI1R;
import static dev.trapline.board.gic.Gicv3Cpu.SPURIOUS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Mpidr;
import dev.trapline.abi.VcpuId;
import dev.trapline.board.bus.Line;
import dev.trapline.board.cpu.SystemRegister;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which vCPU gets an interrupt: routes of SPIs, SGIs, and Redistributors that are asleep (IHI 0069 §4.3, §4.4, §11,
/// §12.2).
class Gicv3RoutingTest {

    private static final int SPI = 40;
    private static final int SGI = 5;
    private static final int CPUS = 6;
    private static final int CLUSTER = 4;

    private final Gicv3 gic = Gicv3Cpu.controller(CPUS, CLUSTER);
    private final List<Gicv3Cpu> cpus = IntStream.range(0, CPUS)
            .mapToObj(index -> new Gicv3Cpu(gic, index).enableAll(0))
            .toList();

    private List<Integer> signalled() {
        List<Integer> found = new ArrayList<>();
        for (int index = 0; index < CPUS; index++) {
            if (cpus.get(index).irq() || cpus.get(index).fiq()) {
                found.add(index);
            }
        }
        return found;
    }

    private void pendingSpi(long route) {
        cpus.getFirst().enable1(SPI, 0x20).setPending(SPI);
        cpus.getFirst().route(SPI, route);
    }

    /// Four vCPUs are in a cluster, so the fifth has Aff1 1 and Aff0 0.
    @ParameterizedTest(name = "route {0}: vCPU {1}")
    @CsvSource({"0x000000, 0", "0x000003, 3", "0x000100, 4", "0x000101, 5"})
    void anSpiGoesToTheVcpuOfItsRoute(String route, int vcpu) {
        pendingSpi(Long.decode(route));
        assertThat(signalled()).containsExactly(vcpu);
        assertThat(cpus.get((vcpu + 1) % CPUS).icc(IAR1)).isEqualTo(SPURIOUS);
        assertThat(cpus.get(vcpu).icc(IAR1)).isEqualTo(SPI);
    }

    @ParameterizedTest
    @ValueSource(longs = {0x000004, 0x000102, 0x000200, 0x010000})
    void anSpiWhoseRouteNamesNoVcpuStaysPending(long route) {
        pendingSpi(route);
        assertThat(signalled()).isEmpty();
        assertThat(cpus.getFirst().state(SPI)).isEqualTo("pending");
        cpus.getFirst().route(SPI, 2);
        assertThat(signalled()).as("a change counts at once").containsExactly(2);
    }

    /// GICD_IROUTER.Interrupt_Routing_Mode: one of all vCPUs that can take it. The choice is IMPLEMENTATION
    /// DEFINED: here it is the first.
    @Test
    void anSpiForAnyVcpuGoesToTheFirstThatAcceptsIt() {
        pendingSpi(ANY | 0x101);
        assertThat(signalled()).containsExactly(0);
        cpus.get(0).icc(IGRPEN1, 0);
        assertThat(signalled()).as("not to one that does not accept the group").containsExactly(1);
        cpus.get(1).redistributor(GICR_WAKER, 2);
        assertThat(signalled()).as("not to one that is asleep").containsExactly(2);
        cpus.get(2).icc(PMR, 0);
        assertThat(signalled()).as("the priority mask does not matter").isEmpty();
        cpus.get(2).icc(PMR, 0xff);
        assertThat(cpus.get(3).icc(IAR1)).isEqualTo(SPURIOUS);
        assertThat(cpus.get(2).icc(IAR1)).isEqualTo(SPI);
        cpus.get(2).icc(EOIR1, SPI);
        for (Gicv3Cpu cpu : cpus) {
            cpu.redistributor(GICR_WAKER, 2);
        }
        cpus.getFirst().setPending(SPI);
        assertThat(cpus).as("it wakes none").noneMatch(Gicv3Cpu::wakes);
    }

    private static long targets(int aff2, int aff1, int list) {
        return (long) aff2 << 32 | (long) SGI << 24 | (long) aff1 << 16 | list;
    }

    private List<Integer> pendingSgis() {
        return IntStream.range(0, CPUS)
                .filter(index -> cpus.get(index).isPending(SGI))
                .boxed()
                .toList();
    }

    @ParameterizedTest(name = "Aff2 {0}, Aff1 {1}, list {2}")
    @CsvSource({
        "0, 0, 0x0001, '0'",
        "0, 0, 0x000a, '1,3'",
        "0, 0, 0xffff, '0,1,2,3'",
        "0, 1, 0xffff, '4,5'",
        "0, 1, 0x0002, '5'",
        "0, 2, 0xffff, ''",
        "1, 0, 0xffff, ''",
        "0, 0, 0x0000, ''"
    })
    void anSgiGoesToTheVcpusOfItsList(int aff2, int aff1, String list, String expected) {
        cpus.get(2).icc(SGI1R, targets(aff2, aff1, Integer.decode(list)));
        assertThat(pendingSgis().toString().replaceAll("[\\[\\] ]", "")).isEqualTo(expected);
    }

    /// The range selector (bits 47 to 44) and Aff3 (bits 55 to 48) are reserved: ICC_CTLR_EL1.RSS and .A3V are 0.
    @Test
    void anSgiIgnoresTheReservedFields() {
        cpus.get(2).icc(SGI1R, targets(0, 0, 2) | 0xff00_f000_0000_0000L | 0x00ff_0000_0000_0000L);
        assertThat(pendingSgis()).containsExactly(1);
    }

    /// Interrupt Routing Mode 1 (bit 40): all vCPUs except the sender. The list has no meaning.
    @Test
    void anSgiToAllOthersIsNotForTheSender() {
        cpus.get(2).icc(SGI1R, 1L << 40 | targets(0, 7, 0xffff));
        assertThat(pendingSgis()).containsExactly(0, 1, 3, 4, 5);
    }

    @Test
    void anSgiToItselfIsSignalledLikeAnother() {
        cpus.get(1).enable1(SGI, 0x40);
        cpus.get(1).icc(SGI1R, targets(0, 0, 2));
        assertThat(signalled()).containsExactly(1);
        assertThat(cpus.get(1).icc(IAR1)).as("without the sender").isEqualTo(SGI);
        assertThat(cpus.get(1).state(SGI)).isEqualTo("active");
        cpus.get(1).icc(SGI1R, targets(0, 0, 2));
        assertThat(cpus.get(1).state(SGI)).isEqualTo("active and pending");
    }

    /// With one Security state: ICC_SGI1R_EL1 generates SGIs of both groups, ICC_SGI0R_EL1 and ICC_ASGI1R_EL1 only
    /// those that the target has in Group 0.
    @ParameterizedTest(name = "{0}, target''s group {1}: {2}")
    @CsvSource({
        "SGI1R, 0, true",
        "SGI1R, 1, true",
        "SGI0R, 0, true",
        "SGI0R, 1, false",
        "ASGI1R, 0, true",
        "ASGI1R, 1, false"
    })
    void theGroupOfTheTargetDecidesWhetherAnSgiArrives(String register, int group, boolean arrives) {
        int encoding = register.equals("SGI1R") ? SGI1R : register.equals("SGI0R") ? SGI0R : ASGI1R;
        cpus.get(3).group(SGI, group);
        cpus.get(0).icc(encoding, targets(0, 0, 8));
        assertThat(cpus.get(3).isPending(SGI)).isEqualTo(arrives);
    }

    @Test
    void anSgiCanBeDisabledAndSetPendingByARegister() {
        Gicv3Cpu cpu = cpus.get(1).enable1(SGI, 0x40);
        cpu.setPending(SGI);
        assertThat(cpu.irq()).isTrue();
        cpu.disable(SGI);
        assertThat(cpu.irq()).isFalse();
        cpu.clearPending(SGI);
        assertThat(cpu.enable(SGI).irq()).isFalse();
    }

    @Test
    void privateInterruptsBelongToOneVcpu() {
        cpus.get(1).enable1(27, 0x40);
        gic.ppi(new VcpuId(2), 27).changed(new Line("timer"), true);
        assertThat(signalled()).isEmpty();
        gic.ppi(new VcpuId(1), 27).changed(new Line("timer"), true);
        assertThat(signalled()).containsExactly(1);
    }

    /// GICR_WAKER: while ProcessorSleep is 1, interrupts are held in the Redistributor, and request that the vCPU
    /// wakes.
    @Test
    void aRedistributorThatIsAsleepHoldsInterruptsAndRequestsPower() {
        Gicv3Cpu cpu = cpus.get(1).enable1(27, 0x40);
        cpu.icc(IGRPEN1, 0);
        cpu.redistributor(GICR_WAKER, 2);
        assertThat(cpu.redistributor(GICR_WAKER)).isEqualTo(6);
        assertThat(cpu.wakes()).isFalse();
        assertThat(cpu.wakes(27)).isTrue();
        assertThat(cpu.wakes(26)).as("it is not enabled").isFalse();
        cpu.setPending(27);
        assertThat(cpu.irq()).isFalse();
        assertThat(cpu.icc(IAR1)).isEqualTo(SPURIOUS);
        assertThat(cpu.wakes()).isTrue();
        assertThat(cpu.wakes(26)).as("it wakes in any case").isTrue();
        cpu.distributor(GICD_CTLR, 1);
        assertThat(cpu.wakes()).as("the Distributor does not forward the group").isFalse();
        cpu.distributor(GICD_CTLR, 3);
        cpu.redistributor(GICR_WAKER, 0);
        assertThat(cpu.redistributor(GICR_WAKER)).isZero();
        assertThat(cpu.irq()).as("the group is not accepted yet").isFalse();
        cpu.icc(IGRPEN1, 1);
        assertThat(cpu.irq()).isTrue();
    }

    /// The CPU interface loses its state with the vCPU's power. The interrupts keep theirs.
    @Test
    void aResetOfTheVcpuResetsItsCpuInterfaceOnly() {
        Gicv3Cpu cpu = cpus.get(1).enable1(27, 0x40);
        cpu.setPending(27);
        cpu.icc(IAR1);
        cpu.setPending(27);
        gic.systemRegisters(new VcpuId(1)).reset();
        assertThat(cpu.icc(PMR)).isZero();
        assertThat(cpu.icc(IGRPEN1)).isZero();
        assertThat(cpu.icc(Gicv3Cpu.RPR)).isEqualTo(0xff);
        assertThat(cpu.icc(Gicv3Cpu.BPR1)).isEqualTo(1);
        assertThat(cpu.icc(Gicv3Cpu.CTLR)).isEqualTo(0x700);
        assertThat(cpu.state(27)).isEqualTo("active and pending");
        assertThat(cpu.redistributor(GICR_WAKER)).isZero();
        assertThat(cpus.get(0).icc(PMR)).as("of another vCPU").isEqualTo(0xff);
    }

    /// 64 vCPUs, each found by its affinity.
    @Test
    void everyVcpuOfALargeMachineIsReached() {
        Gicv3 large = Gicv3Cpu.controller(64, 16);
        for (int index = 0; index < 64; index++) {
            Gicv3Cpu cpu = new Gicv3Cpu(large, index).enableAll(0).enable1(SGI, 0x40);
            Mpidr affinity = Mpidr.of(new VcpuId(index), 16);
            cpu.route(SPI, affinity.affinity());
            cpu.enable1(SPI, 0x80).setPending(SPI);
            assertThat(cpu.icc(IAR1)).isEqualTo(SPI);
            cpu.icc(EOIR1, SPI);
            new Gicv3Cpu(large, 0).icc(SGI1R, (long) SGI << 24 | (long) (index / 16) << 16 | 1L << index % 16);
            assertThat(cpu.icc(IAR1)).isEqualTo(SGI);
        }
        assertThat(SystemRegister.name(SGI1R)).isEqualTo("S3_0_C12_C11_5");
    }
}
