package dev.trapline.board.gic;

import static dev.trapline.board.gic.Gicv3Cpu.GICD_CTLR;
import static dev.trapline.board.gic.Gicv3Cpu.GICD_IROUTER;
import static dev.trapline.board.gic.Gicv3Cpu.GICR_TYPER;
import static dev.trapline.board.gic.Gicv3Cpu.GICR_WAKER;
import static dev.trapline.board.gic.Gicv3Cpu.ICENABLER;
import static dev.trapline.board.gic.Gicv3Cpu.ICFGR;
import static dev.trapline.board.gic.Gicv3Cpu.IGROUPR;
import static dev.trapline.board.gic.Gicv3Cpu.IPRIORITYR;
import static dev.trapline.board.gic.Gicv3Cpu.ISENABLER;
import static dev.trapline.board.gic.Gicv3Cpu.SGI_BASE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.engine.SystemRegisters;
import dev.trapline.board.cpu.SystemRegister;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The registers of the Distributor, the Redistributors and the CPU interfaces, and how they can be accessed (IHI 0069
/// §12).
class Gicv3RegistersTest {

    private static final long ALL = 0xffff_ffffL;

    private final Gicv3 gic = Gicv3Cpu.controller(5, 4);
    private final Gicv3Cpu cpu = new Gicv3Cpu(gic, 0);
    private final Gicv3Cpu last = new Gicv3Cpu(gic, 4);

    /// With one Security state: GICD_CTLR has DS (bit 6) and ARE (bit 4). GICD_TYPER: 9 words of interrupts, INTIDs
    /// of 10 bits (bits 23 to 19), and no LPIs, message-based interrupts, Aff3 or second Security state.
    @ParameterizedTest(name = "Distributor, {0}: {1}")
    @CsvSource({
        "GICD_CTLR,        0x0000, 0x00000050",
        "GICD_TYPER,       0x0004, 0x00480008",
        "GICD_IIDR,        0x0008, 0x0000043b",
        "GICD_TYPER2,      0x000c, 0x00000000",
        "GICD_STATUSR,     0x0010, 0x00000000",
        "GICD_SETSPI_NSR,  0x0040, 0x00000000",
        "GICD_IGROUPR0,    0x0080, 0x00000000",
        "GICD_IGROUPR1,    0x0084, 0x00000000",
        "GICD_ISENABLER0,  0x0100, 0x00000000",
        "GICD_ISENABLER8,  0x0120, 0x00000000",
        "GICD_IPRIORITYR8, 0x0420, 0x00000000",
        "GICD_ITARGETSR8,  0x0820, 0x00000000",
        "GICD_ICFGR0,      0x0c00, 0x00000000",
        "GICD_ICFGR2,      0x0c08, 0x00000000",
        "GICD_IGRPMODR1,   0x0d04, 0x00000000",
        "GICD_NSACR2,      0x0e08, 0x00000000",
        "GICD_SGIR,        0x0f00, 0x00000000",
        "GICD_IROUTER32,   0x6100, 0x00000000",
        "GICD_PIDR4,       0xffd0, 0x00000044",
        "GICD_PIDR0,       0xffe0, 0x00000092",
        "GICD_PIDR1,       0xffe4, 0x000000b4",
        "GICD_PIDR2,       0xffe8, 0x0000003b",
        "GICD_CIDR3,       0xfffc, 0x000000b1"
    })
    void theDistributorHasTheseValuesAfterReset(String name, String offset, String value) {
        assertThat(cpu.distributor(Long.decode(offset))).as(name).isEqualTo(Long.decode(value));
    }

    /// GICR_TYPER: the number of the vCPU in bits 23 to 8. GICR_WAKER: the firmware has woken it.
    @ParameterizedTest(name = "Redistributor, {0}: {1}")
    @CsvSource({
        "GICR_CTLR,       0x00000, 0x00000000",
        "GICR_IIDR,       0x00004, 0x0000043b",
        "GICR_TYPER,      0x00008, 0x00000000",
        "GICR_STATUSR,    0x00010, 0x00000000",
        "GICR_WAKER,      0x00014, 0x00000000",
        "GICR_PROPBASER,  0x00070, 0x00000000",
        "GICR_PIDR4,      0x0ffd0, 0x00000044",
        "GICR_PIDR0,      0x0ffe0, 0x00000093",
        "GICR_PIDR2,      0x0ffe8, 0x0000003b",
        "GICR_CIDR1,      0x0fff4, 0x000000f0",
        "GICR_IGROUPR0,   0x10080, 0x00000000",
        "GICR_ISENABLER0, 0x10100, 0x00000000",
        "GICR_ISPENDR0,   0x10200, 0x00000000",
        "GICR_ISACTIVER0, 0x10300, 0x00000000",
        "GICR_IPRIORITYR, 0x10400, 0x00000000",
        "GICR_ICFGR0,     0x10c00, 0xaaaaaaaa",
        "GICR_ICFGR1,     0x10c04, 0x00000000",
        "GICR_IGRPMODR0,  0x10d00, 0x00000000",
        "GICR_NSACR,      0x10e00, 0x00000000",
        "the next word,   0x10084, 0x00000000"
    })
    void aRedistributorHasTheseValuesAfterReset(String name, String offset, String value) {
        assertThat(cpu.redistributor(Long.decode(offset))).as(name).isEqualTo(Long.decode(value));
    }

    /// GICR_TYPER: Affinity_Value in bits 63 to 32, the number of the vCPU in bits 23 to 8, Last in bit 4. Four
    /// vCPUs are in a cluster.
    @ParameterizedTest(name = "vCPU {0}: {1}")
    @CsvSource({"0, 0x0000000000000000", "3, 0x0000000300000300", "4, 0x0000010000000410"})
    void theTypeOfARedistributorNamesItsVcpu(int index, String value) {
        Gicv3Cpu named = new Gicv3Cpu(gic, index);
        assertThat(named.sized(GICR_TYPER, 8)).isEqualTo(Long.decode(value));
        assertThat(named.redistributor(GICR_TYPER) | named.redistributor(GICR_TYPER + 4) << 32)
                .as("in two words")
                .isEqualTo(Long.decode(value));
    }

    /// Written with ones. RAZ/WI with affinity routing: the registers of private interrupts in the Distributor,
    /// GICD_ITARGETSR and GICD_SGIR. RAZ/WI with one Security state: IGRPMODR and NSACR.
    @ParameterizedTest(name = "Distributor, {0} keeps {2}")
    @CsvSource({
        "GICD_CTLR,        0x0000, 0x00000053",
        "GICD_TYPER,       0x0004, 0x00480008",
        "GICD_STATUSR,     0x0010, 0x00000000",
        "GICD_IGROUPR0,    0x0080, 0x00000000",
        "GICD_IGROUPR1,    0x0084, 0xffffffff",
        "GICD_IGROUPR8,    0x00a0, 0xffffffff",
        "GICD_IGROUPR9,    0x00a4, 0x00000000",
        "GICD_ISENABLER0,  0x0100, 0x00000000",
        "GICD_ISENABLER1,  0x0104, 0xffffffff",
        "GICD_ISPENDR0,    0x0200, 0x00000000",
        "GICD_ISPENDR1,    0x0204, 0xffffffff",
        "GICD_ISACTIVER0,  0x0300, 0x00000000",
        "GICD_ISACTIVER1,  0x0304, 0xffffffff",
        "GICD_IPRIORITYR7, 0x041c, 0x00000000",
        "GICD_IPRIORITYR8, 0x0420, 0xffffffff",
        "the last one,     0x051c, 0xffffffff",
        "the next one,     0x0520, 0x00000000",
        "GICD_ITARGETSR8,  0x0820, 0x00000000",
        "GICD_ICFGR1,      0x0c04, 0x00000000",
        "GICD_ICFGR2,      0x0c08, 0xaaaaaaaa",
        "GICD_ICFGR17,     0x0c44, 0xaaaaaaaa",
        "GICD_ICFGR18,     0x0c48, 0x00000000",
        "GICD_IGRPMODR1,   0x0d04, 0x00000000",
        "GICD_NSACR2,      0x0e08, 0x00000000",
        "GICD_SGIR,        0x0f00, 0x00000000",
        "GICD_IROUTER31,   0x60f8, 0x00000000",
        "GICD_IROUTER32,   0x6100, 0x80ffffff",
        "its upper word,   0x6104, 0x00000000",
        "GICD_IROUTER287,  0x68f8, 0x80ffffff",
        "GICD_IROUTER288,  0x6900, 0x00000000",
        "GICD_PIDR2,       0xffe8, 0x0000003b"
    })
    void theDistributorKeepsTheseBits(String name, String offset, String value) {
        cpu.distributor(Long.decode(offset), ALL);
        assertThat(cpu.distributor(Long.decode(offset))).as(name).isEqualTo(Long.decode(value));
    }

    /// Written with ones. SGIs are always edge-triggered.
    @ParameterizedTest(name = "Redistributor, {0} keeps {2}")
    @CsvSource({
        "GICR_CTLR,        0x00000, 0x00000000",
        "GICR_TYPER,       0x00008, 0x00000000",
        "GICR_WAKER,       0x00014, 0x00000006",
        "GICR_PROPBASER,   0x00070, 0x00000000",
        "GICR_IGROUPR0,    0x10080, 0xffffffff",
        "GICR_IGROUPR1,    0x10084, 0x00000000",
        "GICR_ISENABLER0,  0x10100, 0xffffffff",
        "GICR_ISPENDR0,    0x10200, 0xffffffff",
        "GICR_ISACTIVER0,  0x10300, 0xffffffff",
        "GICR_IPRIORITYR0, 0x10400, 0xffffffff",
        "GICR_IPRIORITYR7, 0x1041c, 0xffffffff",
        "the next one,     0x10420, 0x00000000",
        "GICR_ICFGR0,      0x10c00, 0xaaaaaaaa",
        "GICR_ICFGR1,      0x10c04, 0xaaaaaaaa",
        "the next one,     0x10c08, 0x00000000",
        "GICR_IGRPMODR0,   0x10d00, 0x00000000",
        "GICR_NSACR,       0x10e00, 0x00000000"
    })
    void aRedistributorKeepsTheseBits(String name, String offset, String value) {
        cpu.redistributor(Long.decode(offset), ALL);
        assertThat(cpu.redistributor(Long.decode(offset))).as(name).isEqualTo(Long.decode(value));
        assertThat(last.redistributor(IGROUPR + SGI_BASE)).as("another one").isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 31, 32, 287})
    void aBitIsSetAndClearedByTwoRegistersWithoutItsNeighbours(int intid) {
        cpu.enable(intid).enable(intid - 1);
        cpu.bits(ICENABLER, intid, Gicv3Cpu.bit(intid));
        long enabled =
                intid < 32 ? cpu.redistributor(SGI_BASE + ISENABLER) : cpu.distributor(ISENABLER + intid / 32 * 4L);
        assertThat(enabled).isEqualTo(intid == 32 ? 0 : Gicv3Cpu.bit(intid - 1));
    }

    @Test
    void aRouteIsWrittenAsADoublewordOrInTwoWords() {
        gic.write(GICD_IROUTER + 8 * 40, 8, 0xab_8012_3456L);
        assertThat(gic.read(GICD_IROUTER + 8 * 40, 8)).as("without Aff3").isEqualTo(0x8012_3456L);
        gic.write(GICD_IROUTER + 8 * 40 + 4, 4, ALL);
        assertThat(gic.read(GICD_IROUTER + 8 * 40, 8)).isEqualTo(0x8012_3456L);
        gic.write(GICD_IROUTER + 8 * 40, 4, 0x65_4321);
        assertThat(gic.read(GICD_IROUTER + 8 * 40, 8)).isEqualTo(0x65_4321L);
    }

    @Test
    void prioritiesCanBeAccessedAsBytesAndHalfwords() {
        gic.write(IPRIORITYR + 40, 4, 0x4433_2211L);
        assertThat(gic.read(IPRIORITYR + 41, 1)).isEqualTo(0x22);
        assertThat(gic.read(IPRIORITYR + 42, 2)).isEqualTo(0x4433);
        gic.write(IPRIORITYR + 43, 1, 0x99);
        assertThat(gic.read(IPRIORITYR + 40, 4)).isEqualTo(0x9933_2211L);
        cpu.sized(SGI_BASE + IPRIORITYR + 5, 1, 0x77);
        assertThat(cpu.redistributor(SGI_BASE + IPRIORITYR + 4)).isEqualTo(0x7700);
    }

    @ParameterizedTest
    @ValueSource(ints = {GICD_CTLR, IGROUPR + 4, ICFGR + 8, GICD_IROUTER + 256, 0xffe8})
    void anAccessOfAnotherSizeReadsZeroAndIsIgnored(int offset) {
        long before = cpu.distributor(offset);
        for (int size : new int[] {1, 2}) {
            gic.write(offset, size, 0xff);
            assertThat(gic.read(offset, size)).isZero();
        }
        assertThat(cpu.distributor(offset)).isEqualTo(before);
        assertThat(gic.read(offset + 2, 4)).as("not aligned").isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {GICR_WAKER, SGI_BASE + IGROUPR, SGI_BASE + ICFGR + 4})
    void anAccessOfAnotherSizeToARedistributorReadsZeroAndIsIgnored(int offset) {
        long before = cpu.redistributor(offset);
        for (int size : new int[] {1, 2}) {
            cpu.sized(offset, size, ~before & 0xff);
            assertThat(cpu.sized(offset, size)).isZero();
        }
        assertThat(cpu.redistributor(offset)).isEqualTo(before);
        assertThat(cpu.sized(offset + 2, 4)).as("not aligned").isZero();
    }

    @Test
    void anyVcpuReachesTheRedistributorsOfTheOthers() {
        assertThat(gic.redistributors().seenBy(new VcpuId(3))).isSameAs(gic.redistributors());
        last.redistributor(GICR_WAKER, 2);
        assertThat(gic.redistributors().read(4 * 0x20000 + GICR_WAKER, 4)).isEqualTo(6);
        assertThat(cpu.redistributor(GICR_WAKER)).isZero();
    }

    /// The encodings of IHI 0069 §12.2: op0 3, op1 0. A register that is read-only or write-only does not exist for
    /// the other access. PRIbits 7 and IDbits 0 are in ICC_CTLR_EL1, SRE, DFB and DIB in ICC_SRE_EL1.
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "ICC_PMR_EL1,      4,  6, 0, RW, 0x00",
        "ICC_IAR0_EL1,    12,  8, 0, RO, 0x3ff",
        "ICC_EOIR0_EL1,   12,  8, 1, WO, 0",
        "ICC_HPPIR0_EL1,  12,  8, 2, RO, 0x3ff",
        "ICC_BPR0_EL1,    12,  8, 3, RW, 0x00",
        "ICC_AP0R0_EL1,   12,  8, 4, RW, 0x00",
        "ICC_AP0R3_EL1,   12,  8, 7, RW, 0x00",
        "ICC_AP1R0_EL1,   12,  9, 0, RW, 0x00",
        "ICC_AP1R3_EL1,   12,  9, 3, RW, 0x00",
        "reserved,        12,  9, 4, no, 0",
        "ICC_NMIAR1_EL1,  12,  9, 5, no, 0",
        "reserved,        12, 10, 0, no, 0",
        "ICC_DIR_EL1,     12, 11, 1, WO, 0",
        "reserved,        12, 11, 2, no, 0",
        "ICC_RPR_EL1,     12, 11, 3, RO, 0xff",
        "ICC_SGI1R_EL1,   12, 11, 5, WO, 0",
        "ICC_ASGI1R_EL1,  12, 11, 6, WO, 0",
        "ICC_SGI0R_EL1,   12, 11, 7, WO, 0",
        "ICC_IAR1_EL1,    12, 12, 0, RO, 0x3ff",
        "ICC_EOIR1_EL1,   12, 12, 1, WO, 0",
        "ICC_HPPIR1_EL1,  12, 12, 2, RO, 0x3ff",
        "ICC_BPR1_EL1,    12, 12, 3, RW, 0x01",
        "ICC_CTLR_EL1,    12, 12, 4, RW, 0x700",
        "ICC_SRE_EL1,     12, 12, 5, RW, 0x07",
        "ICC_IGRPEN0_EL1, 12, 12, 6, RW, 0x00",
        "ICC_IGRPEN1_EL1, 12, 12, 7, RW, 0x00",
        "VBAR_EL1,        12,  0, 0, no, 0",
        "ICC_SRE_EL2's,   12, 13, 5, no, 0",
        "SP_EL0,           4,  1, 0, no, 0"
    })
    void theCpuInterfaceHasTheseRegisters(String name, int crn, int crm, int op2, String access, String value) {
        SystemRegisters registers = gic.systemRegisters(VcpuId.BOOT);
        int register = SystemRegister.of(3, 0, crn, crm, op2);
        assertThat(registers.canRead(register)).as(name).isEqualTo(access.startsWith("R"));
        assertThat(registers.canWrite(register)).as(name).isEqualTo(access.endsWith("W") || access.equals("WO"));
        if (registers.canRead(register)) {
            assertThat(registers.read(register)).as(name).isEqualTo(Long.decode(value));
        }
        assertThat(registers.canRead(SystemRegister.of(3, 4, crn, crm, op2)))
                .as("with op1 4")
                .isFalse();
        assertThat(registers.canWrite(SystemRegister.of(2, 0, crn, crm, op2)))
                .as("with op0 2")
                .isFalse();
    }

    @ParameterizedTest(name = "{0} keeps {4}")
    @CsvSource({
        "ICC_PMR_EL1,      4,  6, 0, 0xff",
        "ICC_BPR0_EL1,    12,  8, 3, 0x07",
        "ICC_AP0R1_EL1,   12,  8, 5, 0xffffffff",
        "ICC_AP1R2_EL1,   12,  9, 2, 0xffffffff",
        "ICC_BPR1_EL1,    12, 12, 3, 0x07",
        "ICC_CTLR_EL1,    12, 12, 4, 0x743",
        "ICC_SRE_EL1,     12, 12, 5, 0x07",
        "ICC_IGRPEN0_EL1, 12, 12, 6, 0x01",
        "ICC_IGRPEN1_EL1, 12, 12, 7, 0x01"
    })
    void aRegisterOfTheCpuInterfaceKeepsTheseBits(String name, int crn, int crm, int op2, String value) {
        int register = SystemRegister.of(3, 0, crn, crm, op2);
        cpu.icc(register, -1);
        assertThat(cpu.icc(register)).as(name).isEqualTo(Long.decode(value));
        assertThat(last.icc(Gicv3Cpu.PMR)).as("another vCPU has its own").isZero();
    }

    /// ID_AA64PFR0_EL1.GIC is 1 (DDI0487).
    @Test
    void theCpuSaysThatItHasTheSystemRegisters() {
        SystemRegisters registers = gic.systemRegisters(VcpuId.BOOT);
        assertThat(registers.features(SystemRegister.of(3, 0, 0, 4, 0))).isEqualTo(0x0100_0000L);
        assertThat(registers.features(SystemRegister.of(3, 0, 0, 4, 1))).isZero();
        assertThat(registers.features(SystemRegister.MIDR_EL1)).isZero();
    }
}
