package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.trapline.abi.CpuModel;
import dev.trapline.abi.exit.Exit;
import dev.trapline.testkit.Assembler;
import dev.trapline.unicorn.counting.Shortcut;
import dev.trapline.unicorn.ffi.Host;
import dev.trapline.unicorn.ffi.LibrarySearch;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Blocks that count by themselves: they do, and no guest can notice.
class InlineTest {

    private static final UnicornLibrary LIBRARY =
            UnicornLibrary.load(LibrarySearch.standard(null).withoutSystem());
    private static final UnicornEngines INLINE = new UnicornEngines(LIBRARY, EnumSet.allOf(Shortcut.class));
    private static final UnicornEngines CALLING =
            new UnicornEngines(LIBRARY, EnumSet.of(Shortcut.STORES, Shortcut.BUDGETS));
    private static final UnicornEngines STEPPED = new UnicornEngines(LIBRARY, Set.of());

    private static final String LOOP = "again: add x1, x1, #1; tbz x1, #0, even; add x2, x2, #1; even: b again";

    @BeforeAll
    static void onlyWhereThereIsMachineCode() {
        assumeTrue(!Host.current().machineCode().isEmpty(), "there is machine code for Linux on x86-64 only");
    }

    private static Snippet guest(UnicornEngines engines, String code) {
        return Snippet.with(engines, CpuModel.CORTEX_A57, Assembler.a64(code));
    }

    private static int countingBlocks(Snippet guest) {
        return ((UnicornEngine) guest.engine()).countingBlocks();
    }

    @Test
    void blocksCountByThemselvesOnceTheyHaveRun() {
        try (Snippet guest = guest(INLINE, LOOP)) {
            assertThat(countingBlocks(guest)).as("before anything ran").isZero();
            guest.run(100);
            guest.run(100);
            assertThat(countingBlocks(guest))
                    .as("after the branch, and at each of its targets")
                    .isEqualTo(3);
            guest.run(10_000);
            assertThat(countingBlocks(guest)).as("a block is changed once").isEqualTo(3);
        }
    }

    @Test
    void noBlockDoesWhereTheShortcutIsLeftOut() {
        assertThat(CALLING.shortcuts().uses(Shortcut.BUDGETS)).isTrue();
        try (Snippet guest = guest(CALLING, LOOP)) {
            guest.run(100);
            guest.run(100);
            assertThat(countingBlocks(guest)).isZero();
        }
    }

    @Test
    void sliceAfterSliceIsAsLongAsItHasToBe() {
        try (Snippet counted = guest(INLINE, LOOP);
                Snippet stepped = guest(STEPPED, LOOP)) {
            for (int budget = 1; budget <= 200; budget++) {
                assertThat(counted.run(budget)).isEqualTo(Exit.BudgetUsed.INSTANCE);
                stepped.run(budget);
                assertThat(counted.registers()).as("budget " + budget).isEqualTo(stepped.registers());
                assertThat(counted.engine().executed()).isEqualTo(budget);
            }
        }
    }

    @Test
    void codeThatOverwritesItsOwnBlockRunsAsInSingleSteps() {
        String code = "adr x4, there; ldr w5, one; ldr w6, two; again: add x1, x1, #1; eor w5, w5, w6; eor w6, w5, w6;"
                + "eor w5, w5, w6; str w5, [x4]; there: add x2, x2, #1; add x1, x1, #1; b again;"
                + "one: add x2, x2, #1; two: add x2, x2, #2";
        for (int budget = 1; budget <= 17; budget++) {
            try (Snippet counted = guest(INLINE, code);
                    Snippet stepped = guest(STEPPED, code)) {
                for (int slice = 0; slice < 60; slice++) {
                    assertThat(counted.run(budget)).isEqualTo(stepped.run(budget));
                    assertThat(counted.registers())
                            .as("budget %d, slice %d", budget, slice)
                            .isEqualTo(stepped.registers());
                }
            }
        }
    }

    @Test
    void aBlockThatCountsByItselfAndIsLeftInItsMiddleCompletesWhatRanOfIt() {
        // x0 increases until it is in a gap.
        String code = "mov x0, #0x40000000; mov x3, #0x8000; again: add x1, x1, #1; ldr x2, [x0]; add x0, x0, x3;"
                + "add x2, x2, #1; b again";
        try (Snippet counted = guest(INLINE, code);
                Snippet stepped = guest(STEPPED, code)) {
            Exit exit = Exit.BudgetUsed.INSTANCE;
            for (int slice = 0; slice < 40 && exit instanceof Exit.BudgetUsed; slice++) {
                exit = counted.run(10);
                assertThat(exit).as("slice " + slice).isEqualTo(stepped.run(10));
                assertThat(counted.engine().executed())
                        .isEqualTo(stepped.engine().executed());
                assertThat(counted.registers()).isEqualTo(stepped.registers());
            }
            assertThat(countingBlocks(counted)).isPositive();
            assertThat(exit).isNotInstanceOf(Exit.BudgetUsed.class);
        }
    }
}
