package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.Exit.Maintenance;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.testkit.Assembler;
import org.junit.jupiter.api.Test;

/// A guest whose MMU is on, in RAM that it also maps 512 KiB higher: the addresses of the second half show the first
/// half.
///
/// The page tables are in the first half. 4 KiB granule, 39-bit addresses: level 1 entry 1 covers 1 GiB at 0x4000_0000.
class MmuTest {

    private static final long HALF = Snippet.SIZE / 2;
    private static final long LEVEL_1 = Snippet.BASE + 0x10000;
    private static final long LEVEL_2 = Snippet.BASE + 0x11000;
    private static final long LEVEL_3 = Snippet.BASE + 0x12000;
    private static final long TARGET = Snippet.BASE + 0x2000;
    /// Valid, table or page.
    private static final long TABLE = 3;
    /// Valid page, access flag, inner shareable, attribute 0 (normal memory by MAIR below).
    private static final long PAGE = 0x703;

    private static final String SWITCH_ON = "ldr x1, mair; msr mair_el1, x1; ldr x1, tcr; msr tcr_el1, x1;"
            + "ldr x1, table; msr ttbr0_el1, x1; tlbi vmalle1; isb; mrs x1, sctlr_el1; orr x1, x1, #1;"
            + "msr sctlr_el1, x1; isb; hvc #1; b after; .balign 8; mair: .quad 0xff; tcr: .quad 0x200803519;"
            + "table: .quad 0x40010000; after: ";

    @Test
    void theImmediateIsReadBehindAMapping() {
        try (Snippet guest = translated("ldr x0, alias; br x0; .balign 8; alias: .quad 0x40082000")) {
            guest.write(TARGET, Assembler.a64("nop; hvc #0x1357; smc #0x2468"));
            HypercallExit hvc = HypercallExitTest.hypercall(guest.run());
            assertThat(hvc.nextPc()).as("a virtual address").isEqualTo(TARGET + HALF + 8);
            assertThat(hvc.immediate()).isEqualTo(0x1357);
            assertThat(HypercallExitTest.hypercall(guest.run()).immediate()).isEqualTo(0x2468);
        }
    }

    @Test
    void cacheMaintenanceByVirtualAddressTellsThePhysicalOne() {
        try (Snippet guest = translated(
                "ldr x0, alias; ic ivau, x0; mrs x2, par_el1; hvc #0; .balign 8;" + "alias: .quad 0x40082344")) {
            Exit exit = guest.run();
            assertThat(exit).isEqualTo(new Maintenance(Maintenance.encode(3, 7, 5, 1), TARGET + 0x344));
            assertThat(HypercallExitTest.hypercall(guest.run()).registers().x(2))
                    .as("the guest's PAR_EL1 has not changed")
                    .isZero();
        }
    }

    @Test
    void translationsBehindAMappingAreDroppedByPhysicalAddress() {
        try (Snippet guest =
                translated("again: ldr x5, alias; blr x5; hvc #2; b again; .balign 8;" + "alias: .quad 0x40082000")) {
            guest.write(TARGET, Assembler.a64("mov x0, #5; ret"));
            assertThat(HypercallExitTest.hypercall(guest.run()).registers().x(0))
                    .isEqualTo(5);
            guest.write(TARGET, Assembler.a64("mov x0, #6; ret"));
            guest.engine().dropTranslations(TARGET, 4);
            assertThat(HypercallExitTest.hypercall(guest.run()).registers().x(0))
                    .isEqualTo(6);
        }
    }

    @Test
    void aBroadcastTlbInvalidationReachesTheOtherEngine() {
        try (Snippet guest = translated(
                "again: ldr x5, alias; ldr x0, [x5]; hvc #2; b again; .balign 8;" + "alias: .quad 0x40083000")) {
            guest.write64(Snippet.BASE + 0x3000, 33);
            guest.write64(Snippet.BASE + 0x4000, 44);
            assertThat(HypercallExitTest.hypercall(guest.run()).registers().x(0))
                    .isEqualTo(33);
            long entry = LEVEL_3 + 8 * ((HALF + 0x3000) / 4096);
            guest.write64(entry, (Snippet.BASE + 0x4000) | PAGE);
            assertThat(HypercallExitTest.hypercall(guest.run()).registers().x(0))
                    .as("the old mapping is still cached")
                    .isEqualTo(33);
            guest.engine()
                    .maintain(new Maintenance(Maintenance.encode(0, 8, 3, 1), (Snippet.BASE + HALF + 0x3000) >> 12));
            assertThat(HypercallExitTest.hypercall(guest.run()).registers().x(0))
                    .isEqualTo(44);
        }
    }

    @Test
    void anAccessThatTheTablesDoNotMapIsADataAbortWithItsVirtualAddress() {
        try (Snippet guest = translated("mov x0, #0x40090000; hvc #3; str x0, [x0]")) {
            guest.write64(LEVEL_3 + 8 * 0x90, 0);
            HypercallExitTest.hypercall(guest.run());
            GuestFault fault = (GuestFault) guest.run();
            assertThat(fault.kind()).isEqualTo(GuestFault.Kind.DATA_ABORT);
            assertThat(fault.address()).isEqualTo(0x4009_0000L);
            assertThat(fault.detail() & 0x7f)
                    .as("WnR, DFSC: translation fault, level 3")
                    .isEqualTo(0x47);
        }
    }

    /// A guest that switches its MMU on and then runs the source.
    private static Snippet translated(String source) {
        Snippet guest = Snippet.a64(SWITCH_ON + source);
        guest.write64(LEVEL_1 + 8, LEVEL_2 | TABLE);
        guest.write64(LEVEL_2, LEVEL_3 | TABLE);
        for (int page = 0; page < Snippet.SIZE / 4096; page++) {
            long physical = Snippet.BASE + (page * 4096L) % HALF;
            guest.write64(LEVEL_3 + 8L * page, physical | PAGE);
        }
        assertThat(HypercallExitTest.hypercall(guest.run()).immediate())
                .as("MMU on")
                .isEqualTo(1);
        guest.engine().writeRegisters(RegisterWrites.x0(0));
        return guest;
    }
}
