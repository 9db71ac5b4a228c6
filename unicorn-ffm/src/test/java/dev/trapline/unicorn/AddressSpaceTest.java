package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.exit.GuestFault.Kind;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.testkit.Assembler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// An access reaches memory, a device or a gap by its physical address, whatever its virtual address is.
///
/// With its MMU on, the guest has 39-bit addresses and maps
///
/// ```text
/// 0x0010_0000           one page, different in each test; flash is at the same physical address
/// 0x0900_0000           RAM + 0x20000; a device is at the same physical address
/// 0x4000_0000           RAM, each page at its own address
/// 0x8000_0000           1 GiB: RAM again
/// 0xc000_0000           1 GiB: physical 0x8000_0000, which is a gap
/// ```
class AddressSpaceTest {

    private static final String SWITCH_ON = "ldr x1, mair; msr mair_el1, x1; ldr x1, tcr; msr tcr_el1, x1;"
            + "ldr x1, table; msr ttbr0_el1, x1; tlbi vmalle1; isb; mrs x1, sctlr_el1; orr x1, x1, #1;"
            + "msr sctlr_el1, x1; isb; hvc #1; b after; .balign 8; mair: .quad 0xff; tcr: .quad 0x200803519;"
            + "table: .quad 0x40010000; after: ";
    private static final String FLASH_POINTER = "mov x1, #0x100000; mov x2, #-1; mov x3, x1; add x3, x3, #0xff8;";
    private static final long CONTENT = 0x1122_3344_5566_7788L;
    private static final long RAM = Snippet.BASE;
    private static final long TABLE = 3;
    /// Valid page or block of normal memory, readable and writable; the second is read-only.
    private static final long PAGE = 0x703;

    private static final long READ_ONLY_PAGE = 0x783;
    private static final long BLOCK = 0x701;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "strb w2, [x1]",
                "strh w2, [x1, #2]",
                "str w2, [x1, #4]",
                "str x2, [x1]",
                "stur x2, [x1, #1]",
                "str x2, [x1], #8",
                "str x2, [x1, #8]!",
                "stp x2, x2, [x1]",
                "stp w2, w2, [x3]",
                "stnp x2, x2, [x1]",
                "sttr x2, [x1]",
                "stlr x2, [x1]",
                "ldxr x4, [x1]; stxr w5, x2, [x1]",
                "ldxp x4, x6, [x1]; stxp w5, x2, x2, [x1]",
                "str q0, [x1]",
                "stp q0, q0, [x1]",
                "st1 {v0.16b, v1.16b}, [x1]",
                "st2 {v0.8h, v1.8h}, [x1]",
                "dc zva, x1"
            })
    void flashIgnoresAWriteOfAnyKind(String store) {
        try (Snippet guest = Snippet.a64(FLASH_POINTER + store + "; mov x0, #9; hvc #7")) {
            for (long at = 0; at < 4096; at += 8) {
                guest.write64(Snippet.FLASH + at, CONTENT + at);
            }
            HypercallExit exit = HypercallExitTest.hypercall(guest.run());
            assertThat(exit.immediate()).as("the guest continued").isEqualTo(7);
            assertThat(exit.registers().x(0)).isEqualTo(9);
            for (long at = 0; at < 4096; at += 8) {
                assertThat(guest.read64(Snippet.FLASH + at))
                        .as("flash + %d", at)
                        .isEqualTo(CONTENT + at);
            }
        }
    }

    @Test
    void theBudgetIsExactAcrossIgnoredWrites() {
        String stores = "str x2, [x1]; stp x2, x2, [x1]; strb w2, [x3]; str q0, [x1]; add x0, x0, #1;".repeat(4);
        for (int budget = 1; budget <= 24; budget++) {
            try (Snippet guest = Snippet.a64(FLASH_POINTER + stores + "nop; nop")) {
                assertThat(guest.run(budget)).isEqualTo(Exit.BudgetUsed.INSTANCE);
                assertThat(guest.pcOffset()).as("after %d instructions", budget).isEqualTo(4L * budget);
            }
        }
    }

    @Test
    void aarch32WritesToFlashAreIgnoredToo() {
        String stores = "mov r1, #0x100000; mvn r2, #0; str r2, [r1]; strb r2, [r1, #1]; strh r2, [r1, #2];"
                + "stm r1, {r0, r2, r3}; mov r0, #9; svc #0";
        byte[] thumb = FailedConditionTest.halfwords(
                0xf44f, 0x1180, 0x22ff, 0x600a, 0x700a, 0x804a, 0x2205, 0xbf18, 0x600a, 0xc10c, 0x2009, 0xdf00);
        for (boolean isThumb : new boolean[] {false, true}) {
            byte[] code = isThumb ? thumb : Assembler.a32(stores);
            try (Snippet guest = Snippet.aarch32(Snippet.engines(), code)) {
                guest.engine().writePc(Snippet.BASE + (isThumb ? 1 : 0));
                guest.write64(Snippet.FLASH, CONTENT);
                assertThat(((GuestFault) guest.run()).kind()).isEqualTo(Kind.SUPERVISOR_CALL);
                assertThat(guest.x(0))
                        .as("T32 %s: the guest continued", isThumb)
                        .isEqualTo(9);
                assertThat(guest.read64(Snippet.FLASH)).isEqualTo(CONTENT);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = ';',
            value = {
                // the access with x0 = 0x3000_0000, x1 = the last 8 bytes of RAM; kind; physical address
                "ldr x2, [x0, #8]!;UNMAPPED_READ;0x30000008",
                "str x2, [x0], #8;UNMAPPED_WRITE;0x30000000",
                "ldp x2, x3, [x0], #16;UNMAPPED_READ;0x30000000",
                "ldp x2, x3, [x1];UNMAPPED_READ;0x40100000",
                "stp x2, x3, [x1];UNMAPPED_WRITE;0x40100000",
                "ldur x2, [x1, #4];UNMAPPED_READ;0x40100000",
                "stur x2, [x1, #4];UNMAPPED_WRITE;0x40100000",
                "ldxr x2, [x0];UNMAPPED_READ;0x30000000",
                "ldr q2, [x0];UNMAPPED_READ;0x30000000",
                "st1 {v0.16b}, [x0];UNMAPPED_WRITE;0x30000000",
                "dc zva, x0;UNMAPPED_WRITE;0x30000000",
                "br x0;UNMAPPED_FETCH;0x30000000",
            })
    void anAddressThatNobodyHasEndsTheSliceAsIfTheInstructionHadNotBegun(String access, Kind kind, String address) {
        String source = "mov x0, #0x30000000; mov x1, #0x40000000; add x1, x1, #0xff, lsl #12; add x1, x1, #0xff8;"
                + "mov x2, #2; mov x3, #3;" + access + "; hvc #0";
        try (Snippet guest = Snippet.a64(source)) {
            assertThat(guest.run()).isEqualTo(new GuestFault(kind, Long.decode(address), 0));
            assertThat(guest.x(0)).as("no write-back").isEqualTo(0x3000_0000);
            assertThat(guest.x(2)).as("nothing was loaded").isEqualTo(2);
            assertThat(guest.x(3)).isEqualTo(3);
            assertThat(guest.pc()).isEqualTo(kind == Kind.UNMAPPED_FETCH ? 0x3000_0000 : Snippet.BASE + 24);
        }
    }

    @Test
    void anAddressThatNobodyHasIsReportedWithinAnItBlockToo() {
        // mov r1, #0x30000000; movs r2, #5; itt ne; movne r0, #7; ldrne r0, [r1]
        byte[] code = FailedConditionTest.halfwords(0xf04f, 0x5140, 0x2205, 0xbf1c, 0x2007, 0x6808, 0xbf00);
        try (Snippet guest = Snippet.aarch32(Snippet.engines(), code)) {
            guest.engine().writePc(Snippet.BASE + 1);
            assertThat(guest.run()).isEqualTo(new GuestFault(Kind.UNMAPPED_READ, 0x3000_0000, 0));
            assertThat(guest.pcOffset()).isEqualTo(10);
            assertThat(guest.x(0)).as("the instruction before it was done").isEqualTo(7);
        }
    }

    @Test
    void aVirtualAddressThatIsNotThePhysicalOneReadsWritesAndRuns() {
        try (Snippet guest = translated(
                0,
                "mov x0, #0x80000000; add x0, x0, #0x20, lsl #12; mov x2, #7; str x2, [x0, #64]; ldr x3, [x0, #64];"
                        + "br x0")) {
            guest.write(RAM + 0x20000, Assembler.a64("nop; hvc #0x55"));
            HypercallExit exit = HypercallExitTest.hypercall(guest.run());
            assertThat(exit.immediate()).as("code through the alias").isEqualTo(0x55);
            assertThat(exit.registers().x(3)).isEqualTo(7);
            assertThat(guest.read64(RAM + 0x20040)).as("data through the alias").isEqualTo(7);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                // virtual address and access | kind | address | the syndrome of the guest's own fault
                "movz x0, #0xc000, lsl #16; ldr x2, [x0]|UNMAPPED_READ|0x80000000|0",
                "movz x0, #0xc000, lsl #16; str x2, [x0]|UNMAPPED_WRITE|0x80000000|0",
                "movz x0, #0xc000, lsl #16; br x0|UNMAPPED_FETCH|0x80000000|0",
                "mov x0, #0x200000; ldr x2, [x0]|DATA_ABORT|0x200000|0x96000006",
                "mov x0, #0x200000; str x2, [x0]|DATA_ABORT|0x200000|0x96000046",
                "mov x0, #0x200000; br x0|PREFETCH_ABORT|0x200000|0x86000006",
                "movz x0, #1, lsl #32; ldr x2, [x0]|DATA_ABORT|0x100000000|0x96000005",
                "mov x0, #-64; ldr x2, [x0]|DATA_ABORT|0xffffffffffffffc0|0x96000004",
                "movz x0, #1, lsl #48; ldr x2, [x0]|DATA_ABORT|0x1000000000000|0x96000004",
                "movz x0, #0x8000, lsl #48; str x2, [x0]|DATA_ABORT|0x8000000000000000|0x96000044",
            })
    void theGuestsOwnTranslationFaultsAreToldFromAddressesThatNobodyHas(
            String access, Kind kind, String address, String syndrome) {
        try (Snippet guest = translated(0, access + "; hvc #0")) {
            assertThat(guest.run())
                    .isEqualTo(new GuestFault(
                            kind, Long.parseUnsignedLong(address.substring(2), 16), Long.decode(syndrome)));
        }
    }

    @Test
    void flashIsReadOnlyByItsPhysicalAddressAlone() {
        String write = "mov x0, #0x100000; mov x1, #7; str x1, [x0]; ldr x2, [x0]; hvc #3";
        try (Snippet guest = translated((RAM + 0x30000) | PAGE, write)) {
            HypercallExitTest.hypercall(guest.run());
            assertThat(guest.read64(RAM + 0x30000))
                    .as("RAM at flash's virtual address")
                    .isEqualTo(7);
        }
        try (Snippet guest = translated(Snippet.FLASH | PAGE, write)) {
            assertThat(HypercallExitTest.hypercall(guest.run()).registers().x(2))
                    .as("flash, which the guest maps writable, ignores the write")
                    .isEqualTo(CONTENT);
        }
        assertThat(fault(Snippet.FLASH | READ_ONLY_PAGE, write))
                .as("flash that the guest maps read-only: its own permission fault")
                .isEqualTo(new GuestFault(Kind.DATA_ABORT, Snippet.FLASH, 0x9600_004fL));
        assertThat(fault(0, write))
                .as("an address that the guest does not map")
                .isEqualTo(new GuestFault(Kind.DATA_ABORT, Snippet.FLASH, 0x9600_0047L));
    }

    @Test
    void codeRunsAtTheVirtualAddressOfADevice() {
        try (Snippet guest = translated(0, "mov x0, #0x9000000; br x0")) {
            guest.write(RAM + 0x20000, Assembler.a64("nop; hvc #0x66"));
            assertThat(HypercallExitTest.hypercall(guest.run()).immediate()).isEqualTo(0x66);
        }
    }

    private static Exit fault(long flashPage, String source) {
        try (Snippet guest = translated(flashPage, source)) {
            return guest.run();
        }
    }

    /// A guest that switches its MMU on and then runs the source.
    ///
    /// @param flashPage the descriptor of the page at flash's virtual address
    private static Snippet translated(long flashPage, String source) {
        Snippet guest = Snippet.a64(SWITCH_ON + source);
        long table = RAM + 0x10000;
        guest.write64(table, (RAM + 0x13000) | TABLE);
        guest.write64(table + 8, (RAM + 0x11000) | TABLE);
        guest.write64(table + 16, RAM | BLOCK);
        guest.write64(table + 24, 0x8000_0000L | BLOCK);
        guest.write64(RAM + 0x11000, (RAM + 0x12000) | TABLE);
        for (long page = 0; page < Snippet.SIZE / 4096; page++) {
            guest.write64(RAM + 0x12000 + 8 * page, (RAM + page * 4096) | PAGE);
        }
        guest.write64(RAM + 0x13000, (RAM + 0x14000) | TABLE);
        guest.write64(RAM + 0x13000 + 8 * (0x900_0000L >> 21), (RAM + 0x15000) | TABLE);
        guest.write64(RAM + 0x14000 + 8 * (Snippet.FLASH / 4096), flashPage);
        guest.write64(RAM + 0x15000, (RAM + 0x20000) | PAGE);
        guest.write64(Snippet.FLASH, CONTENT);
        assertThat(HypercallExitTest.hypercall(guest.run()).immediate())
                .as("MMU on")
                .isEqualTo(1);
        return guest;
    }
}
