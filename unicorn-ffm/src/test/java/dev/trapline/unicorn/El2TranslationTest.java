package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.board.cpu.SystemRegister;
import dev.trapline.unicorn.El2Guest.Taken;
import dev.trapline.unicorn.ffi.UnicornConstants;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// The translation of EL2 and stage 2 in the library's CPU: facts of ADR 40. Expected values that agree with DDI0487
/// name no section; a difference says so.
@ParameterizedClass
@MethodSource("libraries")
class El2TranslationTest {

    private static final int PREFETCH = UnicornConstants.EXCP_PREFETCH_ABORT;
    private static final int DATA = UnicornConstants.EXCP_DATA_ABORT;

    private static final int VTTBR_EL2 = SystemRegister.of(3, 4, 2, 1, 0);
    private static final int VTCR_EL2 = SystemRegister.of(3, 4, 2, 1, 2);
    private static final int TTBR0_EL2 = SystemRegister.of(3, 4, 2, 0, 0);
    private static final int TCR_EL2 = SystemRegister.of(3, 4, 2, 0, 2);
    private static final int TTBR0_EL1 = SystemRegister.of(3, 0, 2, 0, 0);
    private static final int TLBI_IPAS2E1 = SystemRegister.of(1, 4, 8, 4, 1);
    private static final int TLBI_VMALLS12E1 = SystemRegister.of(1, 4, 8, 7, 6);

    /// Tables of levels 1 to 3 for the 39-bit addresses that are RAM, and the index of a page in the last one.
    private static final long LEVEL_1 = El2Guest.BASE + 0x2_0000;

    private static final long LEVEL_2 = El2Guest.BASE + 0x2_1000;
    private static final long LEVEL_3 = El2Guest.BASE + 0x2_2000;
    private static final int INDEX = 0x50;
    private static final long ADDRESS = page(INDEX);
    private static final long OTHER = page(0x60);
    private static final long THIRD = page(0x61);

    private static final long TABLE = 3;
    /// A page of stage 2: AF, inner shareable, readable, writable, normal memory.
    private static final long PAGE = 0x7ff;

    private static final long WRITABLE = 0x80;
    private static final long ACCESSED = 0x400;
    private static final long EXECUTE_NEVER = 1L << 54;
    /// A page of stage 1 of EL2: AF, memory of MAIR_EL2's attribute 0.
    private static final long PAGE_EL2 = 0x403;

    /// HCR_EL2.VM.
    private static final long STAGE_2 = 1;
    /// 39-bit addresses, pages of 4 KiB, start at level 1, 40-bit physical addresses.
    private static final long VTCR = 0x8002_0059L;

    private static final long TCR2 = 0x8082_0019L;
    private static final long TCR1 = 0x2_0080_0019L;
    private static final long MMU = 1;

    private final UnicornLibrary library;

    El2TranslationTest(UnicornLibrary library) {
        this.library = library;
    }

    static List<UnicornLibrary> libraries() {
        return UnicornConstantsTest.libraries();
    }

    private static long page(int index) {
        return El2Guest.BASE + index * El2Guest.PAGE;
    }

    /// A guest with its tables, in which all pages of RAM are mapped to themselves.
    private El2Guest mapped(long control, long attributes) {
        El2Guest guest = new El2Guest(library, control);
        guest.write64(LEVEL_1 + 8, LEVEL_2 | TABLE);
        guest.write64(LEVEL_2, LEVEL_3 | TABLE);
        for (int k = 0; k < El2Guest.BYTES / El2Guest.PAGE; k++) {
            map(guest, k, page(k) | attributes);
        }
        return guest;
    }

    /// A guest whose EL1 is behind stage 2, with x1 = [#ADDRESS].
    private El2Guest behindStage2() {
        El2Guest guest = mapped(STAGE_2, PAGE);
        guest.system(VTCR_EL2, VTCR);
        guest.system(VTTBR_EL2, LEVEL_1);
        guest.write64(OTHER, 6);
        guest.write64(THIRD, 7);
        guest.x(1, ADDRESS);
        return guest;
    }

    private static void map(El2Guest guest, int index, long descriptor) {
        guest.write64(LEVEL_3 + 8L * index, descriptor);
    }

    /// What EL1 loads from [#ADDRESS].
    private static long loaded(El2Guest guest) {
        assertThat(guest.runIn(El2Guest.EL1H, "ldr x0, [x1]; hvc #5").number()).isEqualTo(UnicornConstants.EXCP_HVC);
        return guest.x(0);
    }

    private static void assertStage2(El2Guest guest, String source, int number, long syndrome) {
        assertThat(guest.runIn(El2Guest.EL1H, source)).as(source).isEqualTo(new Taken(number, 2, syndrome));
        assertThat(guest.system(El2Guest.HPFAR_EL2)).as("HPFAR_EL2").isEqualTo(ADDRESS >> 8);
    }

    @Test
    void stage2TranslatesTheAddressesOfEl1() {
        try (El2Guest guest = behindStage2()) {
            map(guest, INDEX, OTHER | PAGE);
            assertThat(loaded(guest)).isEqualTo(6);
        }
    }

    @Test
    void aFaultOfStage2IsForEl2AndTheLibraryWritesHpfar() {
        try (El2Guest guest = behindStage2()) {
            map(guest, INDEX, 0);
            assertStage2(guest, "br x1", PREFETCH, 0x8200_0007L);
            assertStage2(guest, "ldp x3, x4, [x1, #8]", DATA, 0x9200_0007L);
            assertThat(guest.faultAddress()).isEqualTo(ADDRESS + 8);
            assertThat(guest.system(El2Guest.FAR_EL2)).as("unchanged").isZero();
        }
    }

    /// ISV, and the access: what a hypervisor needs to simulate a device.
    @Test
    void aFaultOfStage2DescribesTheLoadOrStore() {
        try (El2Guest guest = behindStage2()) {
            map(guest, INDEX, 0);
            assertStage2(guest, "ldr w3, [x1, #8]", DATA, 0x9383_0007L);
            assertStage2(guest, "strh w3, [x1]", DATA, 0x9343_0047L);
            assertStage2(guest, "ldrsb x5, [x1]", DATA, 0x9325_8007L);
        }
    }

    /// DDI0487, ISS of ESR_EL2: a load or store that writes its base register back must not set ISV.
    @Test
    void aFaultOfStage2DescribesAStoreThatWritesItsBaseBackToo() {
        try (El2Guest guest = behindStage2()) {
            map(guest, INDEX, 0);
            assertStage2(guest, "str x3, [x1], #8", DATA, 0x93c3_8047L);
        }
    }

    @Test
    void permissionsAndTheAccessFlagOfStage2AreChecked() {
        try (El2Guest guest = behindStage2()) {
            map(guest, INDEX, (ADDRESS | PAGE) & ~WRITABLE);
            assertStage2(guest, "ldr x0, [x1]; str w3, [x1]", DATA, 0x9383_004fL);
        }
        try (El2Guest guest = behindStage2()) {
            map(guest, INDEX, ADDRESS | PAGE | EXECUTE_NEVER);
            assertStage2(guest, "br x1", PREFETCH, 0x8200_000fL);
        }
        try (El2Guest guest = behindStage2()) {
            map(guest, INDEX, (ADDRESS | PAGE) & ~ACCESSED);
            assertStage2(guest, "ldr w3, [x1]", DATA, 0x9383_000bL);
        }
    }

    /// The level is that of stage 1. DDI0487, ISS of ESR_EL2: with S1PTW, it is that of stage 2, here 3.
    @Test
    void aWalkOfStage1ThatStage2RefusesHasTheWrongLevel() {
        try (El2Guest guest = behindStage2()) {
            map(guest, INDEX, 0);
            guest.system(TTBR0_EL1, ADDRESS);
            guest.system(SystemRegister.TCR_EL1, TCR1);
            guest.x(1, guest.system(SystemRegister.SCTLR_EL1) | MMU);
            assertStage2(guest, "msr sctlr_el1, x1; isb; nop", PREFETCH, 0x8200_0085L);
        }
    }

    @Test
    void aChangeOfStage2IsSeenAfterATlbiForTheWholeVmButNotForOneAddress() {
        try (El2Guest guest = behindStage2()) {
            map(guest, INDEX, OTHER | PAGE);
            assertThat(loaded(guest)).isEqualTo(6);
            map(guest, INDEX, THIRD | PAGE);
            guest.system(TLBI_IPAS2E1, ADDRESS >> 12);
            assertThat(loaded(guest)).as("of both stages, as DDI0487 allows").isEqualTo(6);
            guest.system(TLBI_VMALLS12E1, 0);
            assertThat(loaded(guest)).isEqualTo(7);
        }
    }

    @Test
    void anotherVmidOrStage2OffEmptiesTheTlb() {
        try (El2Guest guest = behindStage2()) {
            map(guest, INDEX, OTHER | PAGE);
            assertThat(loaded(guest)).isEqualTo(6);
            map(guest, INDEX, THIRD | PAGE);
            guest.system(VTTBR_EL2, 1L << 48 | LEVEL_1);
            assertThat(loaded(guest)).isEqualTo(7);
            map(guest, INDEX, OTHER | PAGE);
            guest.system(SystemRegister.HCR_EL2, El2Guest.RW);
            guest.system(SystemRegister.HCR_EL2, El2Guest.RW | STAGE_2);
            assertThat(loaded(guest)).isEqualTo(6);
        }
    }

    /// Trapline finds the memory of an instruction with AT S1E1R.
    @Test
    void anAddressTranslationOfStage1IsNotAPhysicalAddressBehindStage2() {
        try (El2Guest guest = behindStage2()) {
            map(guest, INDEX, OTHER | PAGE);
            guest.system(SystemRegister.AT_S1E1R, ADDRESS);
            assertThat(guest.system(SystemRegister.PAR_EL1) & 0xff_ffff_f000L).isEqualTo(ADDRESS);
            guest.run("at s12e1r, x1; mrs x0, par_el1; smc #5");
            assertThat(guest.x(0) & 0xff_ffff_f000L).isEqualTo(OTHER);
            map(guest, INDEX, 0);
            guest.run("at s12e1r, x1; mrs x0, par_el1; smc #5");
            assertThat(guest.x(0)).as("F, translation fault of level 3, S").isEqualTo(0xa0f);
        }
    }

    @Test
    void el2HasItsOwnTranslation() {
        try (El2Guest guest = el2Mapped()) {
            map(guest, INDEX, OTHER | PAGE_EL2);
            guest.write64(OTHER, 6);
            guest.run("msr sctlr_el2, x2; isb; ldr x0, [x1]; smc #5");
            assertThat(guest.x(0)).isEqualTo(6);
        }
    }

    /// ISV is set. DDI0487, ISS of ESR_EL2: only an abort of stage 2 sets it.
    @Test
    void aFaultOfEl2sTranslationIsReportedForEl2WithABitTooMany() {
        try (El2Guest guest = el2Mapped()) {
            map(guest, INDEX, 0);
            assertThat(guest.run("msr sctlr_el2, x2; isb; ldr x0, [x1]")).isEqualTo(new Taken(DATA, 2, 0x97c0_8007L));
            assertThat(guest.faultAddress()).isEqualTo(ADDRESS);
        }
        try (El2Guest guest = el2Mapped()) {
            map(guest, INDEX, ADDRESS | PAGE_EL2 | EXECUTE_NEVER);
            assertThat(guest.run("msr sctlr_el2, x2; isb; br x1")).isEqualTo(new Taken(PREFETCH, 2, 0x8600_000fL));
        }
    }

    /// A guest at EL2, which switches its MMU on with the value of x2.
    private El2Guest el2Mapped() {
        El2Guest guest = mapped(0, PAGE_EL2);
        guest.system(TTBR0_EL2, LEVEL_1);
        guest.system(TCR_EL2, TCR2);
        guest.x(1, ADDRESS);
        guest.x(2, 0x30c5_0830L | MMU);
        return guest;
    }
}
