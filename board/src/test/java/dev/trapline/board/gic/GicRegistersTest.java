package dev.trapline.board.gic;

import static dev.trapline.board.gic.GicCpu.GICC_ABPR;
import static dev.trapline.board.gic.GicCpu.GICC_APR;
import static dev.trapline.board.gic.GicCpu.GICC_BPR;
import static dev.trapline.board.gic.GicCpu.GICC_CTLR;
import static dev.trapline.board.gic.GicCpu.GICC_IAR;
import static dev.trapline.board.gic.GicCpu.GICC_NSAPR;
import static dev.trapline.board.gic.GicCpu.GICC_PMR;
import static dev.trapline.board.gic.GicCpu.GICD_CPENDSGIR;
import static dev.trapline.board.gic.GicCpu.GICD_CTLR;
import static dev.trapline.board.gic.GicCpu.GICD_ICFGR;
import static dev.trapline.board.gic.GicCpu.GICD_IGROUPR;
import static dev.trapline.board.gic.GicCpu.GICD_IPRIORITYR;
import static dev.trapline.board.gic.GicCpu.GICD_ISACTIVER;
import static dev.trapline.board.gic.GicCpu.GICD_ISENABLER;
import static dev.trapline.board.gic.GicCpu.GICD_ISPENDR;
import static dev.trapline.board.gic.GicCpu.GICD_ITARGETSR;
import static dev.trapline.board.gic.GicCpu.GICD_PPISR;
import static dev.trapline.board.gic.GicCpu.GICD_SPENDSGIR;
import static dev.trapline.board.gic.GicCpu.GICD_SPISR;
import static dev.trapline.board.gic.GicCpu.GICD_TYPER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.VcpuId;
import dev.trapline.board.bus.Line;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The registers one by one: reset values, bits that can be written, widths, banks (IHI 0048B §4.1 to §4.4).
class GicRegistersTest {

    private final Gicv2 gic = new Gicv2(4);
    private final GicCpu cpu = new GicCpu(gic, 0);
    private final GicCpu other = new GicCpu(gic, 3);

    /// IHI 0048B Table 4-1 and Table 4-2. 4 vCPUs, 288 INTIDs.
    @ParameterizedTest(name = "{0} at {1} is {2} after a reset")
    @CsvSource({
        "GICD_CTLR,        0x000, 0",
        "GICD_TYPER,       0x004, 0x68",
        "GICD_IIDR,        0x008, 0x43b",
        "GICD_IGROUPR0,    0x080, 0",
        "GICD_IGROUPR8,    0x0a0, 0",
        "GICD_ISENABLER0,  0x100, 0xffff",
        "GICD_ICENABLER0,  0x180, 0xffff",
        "GICD_ISENABLER1,  0x104, 0",
        "GICD_ISPENDR0,    0x200, 0",
        "GICD_ICPENDR8,    0x2a0, 0",
        "GICD_ISACTIVER0,  0x300, 0",
        "GICD_ICACTIVER8,  0x3a0, 0",
        "GICD_IPRIORITYR0, 0x400, 0",
        "GICD_IPRIORITYR71,0x51c, 0",
        "GICD_ITARGETSR0,  0x800, 0x01010101",
        "GICD_ITARGETSR7,  0x81c, 0x01010101",
        "GICD_ITARGETSR8,  0x820, 0",
        "GICD_ICFGR0,      0xc00, 0xaaaaaaaa",
        "GICD_ICFGR1,      0xc04, 0",
        "GICD_ICFGR17,     0xc44, 0",
        "GICD_NSACR0,      0xe00, 0",
        "GICD_SGIR,        0xf00, 0",
        "GICD_CPENDSGIR0,  0xf10, 0",
        "GICD_SPENDSGIR3,  0xf2c, 0",
        "GICD_PIDR4,       0xfd0, 0x04",
        "GICD_PIDR0,       0xfe0, 0x90",
        "GICD_PIDR1,       0xfe4, 0xb4",
        "GICD_PIDR2,       0xfe8, 0x2b",
        "GICD_PIDR3,       0xfec, 0x00",
        "GICD_CIDR0,       0xff0, 0x0d",
        "GICD_CIDR1,       0xff4, 0xf0",
        "GICD_CIDR2,       0xff8, 0x05",
        "GICD_CIDR3,       0xffc, 0xb1",
        "GICC_CTLR,  0x10000, 0",
        "GICC_PMR,   0x10004, 0",
        "GICC_BPR,   0x10008, 0",
        "GICC_IAR,   0x1000c, 0x3ff",
        "GICC_EOIR,  0x10010, 0",
        "GICC_RPR,   0x10014, 0xff",
        "GICC_HPPIR, 0x10018, 0x3ff",
        "GICC_ABPR,  0x1001c, 1",
        "GICC_AIAR,  0x10020, 0x3ff",
        "GICC_AEOIR, 0x10024, 0",
        "GICC_AHPPIR,0x10028, 0x3ff",
        "GICC_APR0,  0x100d0, 0",
        "GICC_NSAPR3,0x100ec, 0",
        "GICC_IIDR,  0x100fc, 0x2043b",
        "GICC_DIR,   0x11000, 0"
    })
    void everyRegisterHasItsResetValueAlsoAfterItWasUsed(String name, String offset, String value) {
        assertThat(cpu.read(Long.decode(offset))).as(name).isEqualTo(Long.decode(value));
        for (long at = 0; at < gic.size(); at += 4) {
            cpu.write(at, 0xffff_ffffL);
        }
        gic.reset();
        assertThat(cpu.read(Long.decode(offset))).as("%s after a reset", name).isEqualTo(Long.decode(value));
    }

    @ParameterizedTest(name = "{0} at {1} keeps {2} of all ones")
    @CsvSource({
        "GICD_CTLR,        0x000, 3",
        "GICD_TYPER,       0x004, 0x68",
        "GICD_IIDR,        0x008, 0x43b",
        "GICD_IGROUPR0,    0x080, 0xffffffff",
        "GICD_IGROUPR8,    0x0a0, 0xffffffff",
        "GICD_IGROUPR9,    0x0a4, 0",
        "GICD_ISENABLER0,  0x100, 0xffffffff",
        "GICD_ISENABLER8,  0x120, 0xffffffff",
        "GICD_ISENABLER9,  0x124, 0",
        "GICD_ISPENDR0,    0x200, 0xffff0000",
        "GICD_ISPENDR8,    0x220, 0xffffffff",
        "GICD_ISPENDR9,    0x224, 0",
        "GICD_ISACTIVER0,  0x300, 0xffffffff",
        "GICD_ISACTIVER8,  0x320, 0xffffffff",
        "GICD_ISACTIVER9,  0x324, 0",
        "GICD_IPRIORITYR0, 0x400, 0xffffffff",
        "GICD_IPRIORITYR71,0x51c, 0xffffffff",
        "GICD_IPRIORITYR72,0x520, 0",
        "GICD_ITARGETSR0,  0x800, 0x01010101",
        "GICD_ITARGETSR8,  0x820, 0x0f0f0f0f",
        "GICD_ITARGETSR71, 0x91c, 0x0f0f0f0f",
        "GICD_ITARGETSR72, 0x920, 0",
        "GICD_ICFGR0,      0xc00, 0xaaaaaaaa",
        "GICD_ICFGR1,      0xc04, 0xaaaaaaaa",
        "GICD_ICFGR17,     0xc44, 0xaaaaaaaa",
        "GICD_ICFGR18,     0xc48, 0",
        "GICD_PPISR,       0xd00, 0",
        "GICD_SPISR0,      0xd04, 0",
        "GICD_NSACR0,      0xe00, 0",
        "GICD_SPENDSGIR0,  0xf20, 0x0f0f0f0f",
        "GICD_PIDR2,       0xfe8, 0x2b",
        "reserved,         0x00c, 0",
        "reserved,         0x1000, 0",
        "reserved,         0xfffc, 0",
        "GICC_CTLR,  0x10000, 0x3ff",
        "GICC_PMR,   0x10004, 0xff",
        "GICC_BPR,   0x10008, 7",
        "GICC_RPR,   0x10014, 0xff",
        "GICC_ABPR,  0x1001c, 7",
        "GICC_APR0,  0x100d0, 0xffffffff",
        "GICC_APR3,  0x100dc, 0xffffffff",
        "GICC_NSAPR0,0x100e0, 0xffffffff",
        "GICC_NSAPR3,0x100ec, 0xffffffff",
        "GICC_IIDR,  0x100fc, 0x2043b",
        "GICC_DIR,   0x11000, 0",
        "reserved,   0x1002c, 0",
        "reserved,   0x11004, 0",
        "reserved,   0x1fffc, 0"
    })
    void onlyImplementedBitsCanBeWritten(String name, String offset, String kept) {
        cpu.write(Long.decode(offset), 0xffff_ffffL);
        assertThat(cpu.read(Long.decode(offset))).as(name).isEqualTo(Long.decode(kept));
    }

    /// §4.3.5, §4.3.6, §4.3.9, §4.3.10: ones set or clear, zeros do nothing. SGIs stay enabled.
    @ParameterizedTest(name = "{0}: set at {1}, clear at {2}")
    @CsvSource({
        "enable SPIs,   0x104, 0x184, 0xf0f0f0f0, 0x00ff00ff, 0xf000f000",
        "enable PPIs,   0x100, 0x180, 0xf0f00000, 0x00ff00ff, 0xf000ffff",
        "pending SPIs,  0x204, 0x284, 0xf0f0f0f0, 0x00ff00ff, 0xf000f000",
        "pending PPIs,  0x200, 0x280, 0xf0f0f0f0, 0x00ff00ff, 0xf0000000",
        "active SPIs,   0x304, 0x384, 0xf0f0f0f0, 0x00ff00ff, 0xf000f000",
        "active SGIs,   0x300, 0x380, 0xf0f0f0f0, 0x00ff00ff, 0xf000f000"
    })
    void aPairOfRegistersSetsAndClearsBits(
            String name, String set, String clear, String ones, String cleared, String left) {
        cpu.write(Long.decode(set), Long.decode(ones));
        cpu.write(Long.decode(set), 0);
        cpu.write(Long.decode(clear), Long.decode(cleared));
        cpu.write(Long.decode(clear), 0);
        assertThat(cpu.read(Long.decode(set))).as(name).isEqualTo(Long.decode(left));
        assertThat(cpu.read(Long.decode(clear)))
                .as("%s: both read the same", name)
                .isEqualTo(Long.decode(left));
    }

    /// §4.3.2: bits 7 to 5 are the number of CPU interfaces minus 1.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void theTypeHasTheNumberOfVcpus(int count) {
        assertThat(new Gicv2(count).read(GICD_TYPER, 4)).isEqualTo((count - 1) * 32L + 8);
    }

    /// §4.3.12: with one processor, GICD_ITARGETSR is RAZ/WI.
    @Test
    void oneVcpuHasNoTargets() {
        GicCpu only = new GicCpu(new Gicv2(1), 0);
        for (long at = GICD_ITARGETSR; at < GICD_ICFGR; at += 4) {
            only.write(at, 0xffff_ffffL);
            assertThat(only.read(at)).as("0x%x", at).isZero();
        }
    }

    /// §4.3.12: each vCPU reads itself as the target of its SGIs and PPIs.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void privateInterruptsTargetTheVcpuThatReads(int index) {
        assertThat(new GicCpu(gic, index).read(GICD_ITARGETSR + 28)).isEqualTo(0x01010101L << index);
        assertThat(new GicCpu(gic, index).read(GICD_ITARGETSR + 31, 1)).isEqualTo(1L << index);
    }

    /// §4.1.1: registers of SGIs and PPIs, and all of the CPU interface, are banked. Those of SPIs are shared.
    @ParameterizedTest(name = "{0} at {1}: banked {2}")
    @CsvSource({
        "GICD_CTLR, 0x000, false",
        "GICD_IGROUPR0, 0x080, true",
        "GICD_IGROUPR1, 0x084, false",
        "GICD_ISENABLER0, 0x100, true",
        "GICD_ISENABLER1, 0x104, false",
        "GICD_ISPENDR0, 0x200, true",
        "GICD_ISPENDR1, 0x204, false",
        "GICD_ISACTIVER0, 0x300, true",
        "GICD_ISACTIVER1, 0x304, false",
        "GICD_IPRIORITYR0, 0x400, true",
        "GICD_IPRIORITYR7, 0x41c, true",
        "GICD_IPRIORITYR8, 0x420, false",
        "GICD_ITARGETSR8, 0x820, false",
        "GICD_ICFGR1, 0xc04, true",
        "GICD_ICFGR2, 0xc08, false",
        "GICD_SPENDSGIR0, 0xf20, true",
        "GICC_CTLR, 0x10000, true",
        "GICC_PMR, 0x10004, true",
        "GICC_BPR, 0x10008, true",
        "GICC_ABPR, 0x1001c, true",
        "GICC_APR0, 0x100d0, true",
        "GICC_NSAPR0, 0x100e0, true"
    })
    void aBankedRegisterBelongsToOneVcpu(String name, String offset, boolean banked) {
        long at = Long.decode(offset);
        long before = other.read(at);
        cpu.write(at, 0xffff_ffffL);
        assertThat(cpu.read(at)).as(name).isNotEqualTo(before);
        assertThat(other.read(at)).as(name).isEqualTo(banked ? before : cpu.read(at));
    }

    /// §4.1.4: these registers can be accessed as bytes. Halfwords are IMPLEMENTATION DEFINED; here they work too.
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "GICD_IPRIORITYR8, 0x420, 0x44332211",
        "GICD_IPRIORITYR0, 0x400, 0x44332211",
        "GICD_ITARGETSR8,  0x820, 0x04030201",
        "GICD_SPENDSGIR1,  0xf24, 0x04030201"
    })
    void someRegistersCanBeAccessedInParts(String name, String offset, String text) {
        long at = Long.decode(offset);
        long value = Long.decode(text);
        for (int k = 0; k < 4; k++) {
            cpu.write(at + k, 1, value >> (8 * k));
        }
        assertThat(cpu.read(at)).as("%s, written as bytes", name).isEqualTo(value);
        for (int k = 0; k < 4; k++) {
            assertThat(cpu.read(at + k, 1)).as("%s, byte %d", name, k).isEqualTo((value >> (8 * k)) & 0xff);
        }
        assertThat(cpu.read(at + 2, 2)).as("%s, upper halfword", name).isEqualTo(value >> 16);
        assertThat(cpu.read(at + 1, 2)).as("%s, not aligned", name).isZero();
        assertThat(cpu.read(at + 2, 4)).as("%s, not aligned", name).isZero();
        gic.reset();
        cpu.write(at, 2, value & 0xffff);
        cpu.write(at + 2, 2, value >> 16);
        cpu.write(at + 1, 2, 0xffff);
        assertThat(cpu.read(at)).as("%s, written as halfwords", name).isEqualTo(value);
        gic.reset();
        cpu.write(at, 4, value);
        assertThat(cpu.read(at)).as("%s, written as a word", name).isEqualTo(value);
    }

    @Test
    void aDoublewordIsTwoWords() {
        cpu.write(GICD_IPRIORITYR + 32, 8, 0x8877_6655_4433_2211L);
        assertThat(cpu.read(GICD_IPRIORITYR + 32)).isEqualTo(0x4433_2211L);
        assertThat(cpu.read(GICD_IPRIORITYR + 36)).isEqualTo(0x8877_6655L);
        assertThat(cpu.read(GICD_IPRIORITYR + 32, 8)).isEqualTo(0x8877_6655_4433_2211L);
    }

    /// §4.1.4: all other registers are accessed as words only.
    @ParameterizedTest(name = "offset {0}")
    @ValueSource(
            ints = {
                GICD_CTLR,
                GICD_IGROUPR,
                GICD_ISENABLER,
                GICD_ISPENDR,
                GICD_ISACTIVER,
                GICD_ICFGR + 4,
                GICC_CTLR,
                GICC_PMR,
                GICC_BPR,
                GICC_ABPR,
                GICC_APR,
                GICC_NSAPR
            })
    void otherRegistersIgnoreAccessesThatAreNotOfAWord(int offset) {
        long before = cpu.read(offset);
        for (int size : new int[] {1, 2}) {
            cpu.write(offset, size, 0xffff);
            assertThat(cpu.read(offset)).as("after a write of %d bytes", size).isEqualTo(before);
        }
        cpu.write(offset, 0xffff_ffffL);
        assertThat(cpu.read(offset, 1)).isZero();
        assertThat(cpu.read(offset, 2)).isZero();
    }

    @Test
    void aByteOfTheAcknowledgeRegisterAcknowledgesNothing() {
        cpu.enableAll(0).enable(40, 0);
        cpu.setPending(40);
        assertThat(cpu.read(GICC_IAR, 1)).isZero();
        assertThat(cpu.read(GICC_IAR, 2)).isZero();
        assertThat(cpu.irq()).as("it is still pending").isTrue();
    }

    /// §4.4.8: the smallest value of GICC_ABPR is that of GICC_BPR plus 1. With 8 bits of priority they are 1 and
    /// 0.
    @Test
    void theAliasedBinaryPointHasASmallestValue() {
        cpu.write(GICC_ABPR, 5);
        cpu.write(GICC_ABPR, 0);
        assertThat(cpu.read(GICC_ABPR)).isEqualTo(1);
        cpu.write(GICC_BPR, 0);
        assertThat(cpu.read(GICC_BPR)).isZero();
    }

    /// §4.3.16, §4.3.17: a byte for each SGI, with a bit for each source.
    @Test
    void pendingSgisAreSetAndClearedForEachSource() {
        cpu.write(GICD_SPENDSGIR + 5, 1, 0b1011);
        assertThat(cpu.read(GICD_CPENDSGIR + 5, 1)).isEqualTo(0b1011);
        assertThat(cpu.read(GICD_ISPENDR)).as("SGI 5 is pending").isEqualTo(1 << 5);
        cpu.write(GICD_CPENDSGIR + 5, 1, 0b0001);
        assertThat(cpu.read(GICD_SPENDSGIR + 5, 1)).isEqualTo(0b1010);
        assertThat(cpu.read(GICD_ISPENDR)).isEqualTo(1 << 5);
        cpu.write(GICD_CPENDSGIR + 4, 0xffff_ffffL);
        assertThat(cpu.read(GICD_ISPENDR)).isZero();
        assertThat(other.read(GICD_SPENDSGIR + 4)).as("each vCPU has its own").isZero();
    }

    /// GICD_PPISR and GICD_SPISR have the levels of the inputs, whatever is enabled.
    @Test
    void theLevelsOfTheInputsCanBeRead() {
        Line ppi = new Line("ppi");
        ppi.listen(gic.ppi(VcpuId.BOOT, 27));
        Line spi = new Line("spi");
        spi.listen(gic.spi(65));
        for (Line line : List.of(ppi, spi)) {
            line.drive(true);
        }
        assertThat(cpu.read(GICD_PPISR)).isEqualTo(1 << 11);
        assertThat(other.read(GICD_PPISR)).as("of another vCPU").isZero();
        assertThat(other.read(GICD_SPISR + 4)).isEqualTo(1 << 1);
        gic.reset();
        assertThat(cpu.read(GICD_PPISR)).as("a reset does not change them").isEqualTo(1 << 11);
        ppi.drive(false);
        assertThat(cpu.read(GICD_PPISR)).isZero();
    }

    /// Without a vCPU, the first one's registers are accessed.
    @Test
    void theDeviceItselfIsTheViewOfTheFirstVcpu() {
        gic.write(GICC_PMR, 4, 0x55);
        assertThat(cpu.read(GICC_PMR)).isEqualTo(0x55);
        assertThat(gic.read(GICC_PMR, 4)).isEqualTo(0x55);
        assertThat(other.read(GICC_PMR)).isZero();
    }
}
