package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.CpuModel;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.Exit.Maintenance;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.exit.GuestFault.Kind;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.testkit.Assembler;
import dev.trapline.unicorn.counting.Shortcut;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A maintenance operation whose next instruction fails is done: the other engines get it, it is counted, and the fault
/// comes in the next slice. The library examines the next instruction before the slice ends.
class MaintenanceBeforeFaultTest {

    /// The page before 2 MiB: it is in one level 3 table, and the next page is in another.
    private static final long LAST_PAGE = Snippet.BASE + 0x1f_f000;

    private static final long NEXT_PAGE = LAST_PAGE + 0x1000;
    private static final long CODE = Snippet.BASE + 0x1000;
    private static final long LEVEL_1 = Snippet.BASE + 0x1_0000;
    private static final long LEVEL_2 = Snippet.BASE + 0x1_1000;
    private static final long LEVEL_3 = Snippet.BASE + 0x1_2000;
    private static final long NEXT_LEVEL_3 = Snippet.BASE + 0x1_3000;
    private static final long NOWHERE = 0x3000_0000L;
    /// Valid, table or page.
    private static final long TABLE = 3;
    /// Valid page, access flag, inner shareable, attribute 0 (normal memory by MAIR below).
    private static final long PAGE = 0x703;
    /// PXN: EL1 must not execute it (DDI0487 D5.3.3).
    private static final long NOT_FOR_EL1 = 1L << 53;

    private static final String SWITCH_ON = "ldr x1, mair; msr mair_el1, x1; ldr x1, tcr; msr tcr_el1, x1;"
            + "ldr x1, table; msr ttbr0_el1, x1; mrs x1, sctlr_el1; orr x1, x1, #1; msr sctlr_el1, x1; isb; hvc #1;"
            + ".balign 8; mair: .quad 0xff; tcr: .quad 0x200803519; table: .quad 0x40010000";

    /// The defect of the next page.
    enum Next {
        NOT_MAPPED(Kind.PREFETCH_ABORT),
        NOT_EXECUTABLE(Kind.PREFETCH_ABORT),
        NOWHERE(Kind.UNMAPPED_FETCH),
        TABLE_NOT_THERE(Kind.PREFETCH_ABORT),
        TABLE_NOWHERE(Kind.UNMAPPED_READ);

        private final Kind kind;

        Next(Kind kind) {
            this.kind = kind;
        }
    }

    @ParameterizedTest
    @EnumSource
    void anOperationAtTheEndOfAPageIsDoneWhereTheNextPageFails(Next next) {
        for (String operation : List.of("ic iallu", "ic ialluis", "ic ivau, x1", "tlbi vmalle1is", "tlbi vae1is, x1")) {
            for (UnicornEngines engines : EveryEngine.ALL) {
                for (int budget : new int[] {1_000_000, 1, 3}) {
                    String what = operation + ", " + next + ", slices of " + budget + ", " + names(engines);
                    try (Snippet guest = behindTables(engines, next, "mov x3, #1; mov x3, #2; " + operation)) {
                        check(guest, budget, 3, next.kind, what);
                        assertThat(guest.pc()).as(what).isEqualTo(NEXT_PAGE);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ic iallu", "ic ialluis", "ic ivau, x1", "tlbi vmalle1is", "tlbi vae1is, x1"})
    void anOperationAtTheEndOfMemoryIsDone(String operation) {
        for (UnicornEngines engines : EveryEngine.ALL) {
            for (int budget : new int[] {1_000_000, 1, 3}) {
                String what = operation + ", slices of " + budget + ", " + names(engines);
                byte[] code = Assembler.a64("mov x3, #1; mov x3, #2; " + operation);
                long end = Snippet.BASE + Snippet.SIZE;
                try (Snippet guest = Snippet.with(engines, CpuModel.CORTEX_A57, Assembler.a64("nop"))) {
                    guest.write(end - code.length, code);
                    guest.engine().writePc(end - code.length);
                    check(guest, budget, 3, Kind.UNMAPPED_FETCH, what);
                    assertThat(guest.pc()).as(what).isEqualTo(end);
                }
            }
        }
    }

    /// OSLAR_EL1, MDSCR_EL1: with KDE and SS, and PSTATE.D clear, each instruction at EL1 is followed by a Software
    /// Step exception (DDI0487 D2.12).
    @ParameterizedTest
    @CsvSource({"'ic iallu'", "'ic ivau, x1'", "'tlbi vmalle1is'"})
    void anOperationThatIsSteppedIsDoneBeforeTheStepsException(String operation) {
        for (UnicornEngines engines : EveryEngine.ALL) {
            for (int budget : new int[] {1_000_000, 1, 3}) {
                String what = operation + ", slices of " + budget + ", " + names(engines);
                String code = ".inst 0xd510109f; mov x4, #0x2001; .inst 0xd5100244; adr x5, step; msr elr_el1, x5;"
                        + "mov x5, #5; movk x5, #0x20, lsl #16; msr spsr_el1, x5; eret; step: " + operation
                        + "; mov x0, #1; hvc #0";
                try (Snippet guest = Snippet.with(engines, CpuModel.CORTEX_A57, Assembler.a64(code))) {
                    check(guest, budget, 10, Kind.UNDEFINED_INSTRUCTION, what);
                    assertThat(guest.pcOffset()).as(what).isEqualTo(40);
                }
            }
        }
    }

    private static void check(Snippet guest, int budget, long expected, Kind kind, String what) {
        long executed = 0;
        Exit exit = Exit.BudgetUsed.INSTANCE;
        while (exit instanceof Exit.BudgetUsed) {
            exit = guest.run(budget);
            executed += guest.engine().executed();
        }
        assertThat(exit).as(what).isInstanceOf(Maintenance.class);
        assertThat(executed).as("with the operation: " + what).isEqualTo(expected);
        guest.engine().maintain((Maintenance) exit);
        assertThat(((GuestFault) guest.run(budget)).kind()).as(what).isEqualTo(kind);
        assertThat(guest.engine().executed())
                .as("in the slice that fails: " + what)
                .isZero();
    }

    private static Snippet behindTables(UnicornEngines engines, Next next, String source) {
        Snippet guest = Snippet.with(engines, CpuModel.CORTEX_A57, Assembler.a64(SWITCH_ON));
        byte[] code = Assembler.a64(source);
        guest.write(CODE + 0x1000 - code.length, code);
        guest.write64(LEVEL_1 + 8, LEVEL_2 | TABLE);
        guest.write64(LEVEL_2, LEVEL_3 | TABLE);
        guest.write64(LEVEL_3, Snippet.BASE | PAGE);
        guest.write64(LEVEL_3 + 8 * 511, CODE | PAGE);
        guest.write64(
                LEVEL_2 + 8,
                switch (next) {
                    case NOT_MAPPED, NOT_EXECUTABLE, NOWHERE -> NEXT_LEVEL_3 | TABLE;
                    case TABLE_NOT_THERE -> 0;
                    case TABLE_NOWHERE -> NOWHERE | TABLE;
                });
        guest.write64(
                NEXT_LEVEL_3,
                switch (next) {
                    case NOT_EXECUTABLE -> CODE | PAGE | NOT_FOR_EL1;
                    case NOWHERE -> NOWHERE | PAGE;
                    case NOT_MAPPED, TABLE_NOT_THERE, TABLE_NOWHERE -> 0;
                });
        HypercallExitTest.hypercall(guest.run());
        guest.engine().writeRegisters(RegisterWrites.NONE.and(1, LAST_PAGE));
        guest.engine().writePc(LAST_PAGE + 0x1000 - code.length);
        return guest;
    }

    private static String names(UnicornEngines engines) {
        return engines.library().version() + " " + engines.library().origin() + ", budgets "
                + engines.shortcuts().uses(Shortcut.BUDGETS);
    }
}
