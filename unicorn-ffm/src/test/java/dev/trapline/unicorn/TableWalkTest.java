package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.engine.MmioDevice;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.Exit.Maintenance;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.exit.GuestFault.Kind;
import dev.trapline.testkit.Assembler;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A guest's page tables may be at addresses without memory. The engine walks them as the CPU does, and also to
/// translate an address for itself; neither the guest nor a device may notice the latter.
class TableWalkTest {

    private static final long RAM = Snippet.BASE;
    private static final long LEVEL_1 = RAM + 0x10000;
    private static final long TABLE = 3;
    /// Valid block of normal memory, readable and writable.
    private static final long BLOCK = 0x701;

    private static final String SWITCH_ON = "ldr x1, mair; msr mair_el1, x1; ldr x1, tcr; msr tcr_el1, x1;"
            + "ldr x1, table; msr ttbr0_el1, x1; tlbi vmalle1; isb; mrs x1, sctlr_el1; orr x1, x1, #1;"
            + "msr sctlr_el1, x1; isb; b after; .balign 8; mair: .quad 0xff; tcr: .quad 0x200803519;"
            + "table: .quad 0x40010000; after: ";

    /// Answers every read with 0, and records its address.
    private static final class Reads implements MmioDevice {

        private final List<Long> offsets = new ArrayList<>();

        @Override
        public long read(long offset, int size) {
            offsets.add(offset);
            return 0;
        }

        @Override
        public void write(long offset, int size, long value) {}
    }

    @ParameterizedTest(name = "a table at {0}")
    @CsvSource({"0x80000000", "0x09000000", "0x08000000", "0xfffffff000"})
    void cacheMaintenanceBehindATableThatIsNoMemoryKeepsItsVirtualAddress(String table) {
        Reads device = new Reads();
        String source = "mov x0, #0x80000000; ic ivau, x0; mrs x2, par_el1; hvc #4";
        try (Snippet guest = translated(device, Long.decode(table), source)) {
            assertThat(guest.run())
                    .as("there is no code at that address")
                    .isEqualTo(new Maintenance(Maintenance.encode(3, 7, 5, 1), 0x8000_0000L));
            assertThat(device.offsets)
                    .as("the simulator's own walk reads no device")
                    .isEmpty();
            assertThat(HypercallExitTest.hypercall(guest.run()).registers().x(2))
                    .as("the guest continues, and its PAR_EL1 has not changed")
                    .isZero();
        }
    }

    @Test
    void anAccessBehindATableThatIsNowhereEndsTheSliceWithTheTablesAddress() {
        for (String access : List.of("ldr x2, [x0]", "str x2, [x0]", "br x0")) {
            try (Snippet guest = translated(new Reads(), 0x8800_0000L, "mov x0, #0x80000000; " + access + "; hvc #4")) {
                assertThat(guest.run())
                        .as("%s: on hardware an external abort of the walk", access)
                        .isEqualTo(new GuestFault(Kind.UNMAPPED_READ, 0x8800_0000L, 0));
            }
        }
    }

    @Test
    void aWriteAtFlashsVirtualAddressBehindATableThatIsNowhereEndsTheSlice() {
        try (Snippet guest = translated(new Reads(), 0x8800_0000L, "mov x0, #0x100000; str x0, [x0]; hvc #4")) {
            guest.write64(LEVEL_1, 0x8800_0000L | TABLE);
            assertThat(guest.run()).isEqualTo(new GuestFault(Kind.UNMAPPED_READ, 0x8800_0000L, 0));
        }
    }

    @Test
    void anAarch32GuestWithTablesNowhereFails() {
        // TTBR0, DACR, and SCTLR.M
        String source = "mov r0, #0x80000000; mcr p15, 0, r0, c2, c0, 0; mvn r1, #0; mcr p15, 0, r1, c3, c0, 0;"
                + "mrc p15, 0, r1, c1, c0, 0; orr r1, r1, #1; mcr p15, 0, r1, c1, c0, 0;"
                + "mcr p15, 0, r0, c7, c5, 4; nop; svc #1";
        try (Snippet guest = Snippet.aarch32(Snippet.engines(), Assembler.a32(source))) {
            Exit exit = guest.run();
            assertThat(exit).isInstanceOf(GuestFault.class);
            assertThat(((GuestFault) exit).kind())
                    .as("the walk for the next instruction reads a gap")
                    .isIn(Kind.UNMAPPED_READ, Kind.UNMAPPED_FETCH, Kind.PREFETCH_ABORT);
        }
    }

    /// A guest that switches its MMU on and then runs the source. Virtual addresses from 0x8000_0000 are translated
    /// by a level 2 table at a given address.
    private static Snippet translated(MmioDevice device, long table, String source) {
        Snippet guest = Snippet.withDevice(device, SWITCH_ON + source);
        guest.write64(LEVEL_1 + 8, RAM | BLOCK);
        guest.write64(LEVEL_1 + 16, table | TABLE);
        return guest;
    }
}
