package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.CpuModel;
import dev.trapline.abi.exit.Exit;
import dev.trapline.testkit.Assembler;
import dev.trapline.unicorn.counting.Shortcut;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Each slice reports how many instructions it completed: as many as single steps.
class ExecutedTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        mov x1, #1; mov x1, #2; hvc #0; mov x1, #3                                                  | 3
        mov x1, #1; smc #0; mov x1, #2                                                              | 2
        mov x1, #1; mov x1, #2; mov x1, #3; svc #0; mov x1, #4                                      | 4
        mov x1, #1; wfi; mov x1, #2                                                                 | 2
        mov x1, #1; brk #0; mov x1, #2                                                              | 1
        mov x1, #1; .inst 0; mov x1, #2                                                             | 1
        mov x0, #0x50000000; add x1, x1, #1; ldr x2, [x0]; add x1, x1, #1; hvc #0                   | 2
        mov x0, #0x50000000; add x1, x1, #1; str x2, [x0]; add x1, x1, #1; hvc #0                   | 2
        mov x0, #0x50000000; ldp x2, x3, [x0]; add x1, x1, #1; hvc #0                               | 1
        b . - 0x100                                                                                 | 1
        mov x0, #0x30000000; mov x1, #1; br x0                                                      | 3
        ic iallu; mov x1, #1                                                                        | 1
        mov x1, #1; ic ivau, x0; mov x1, #2; mov x1, #3; hvc #0                                     | 2
        mov x1, #1; mov x1, #2; tlbi vmalle1is; mov x1, #3                                          | 3
        mov x1, #10; again: subs x1, x1, #1; b.ne again; hvc #0                                     | 22
        mov x1, #1; .inst 0xd508839f; mov x1, #2                                                    | 1
        mov x1, #1; mov x1, #2; .inst 0xd50883de; mov x1, #2                                        | 2
        adr x9, user; msr elr_el1, x9; msr spsr_el1, xzr; eret; user: mov x1, #1; ic iallu; nop       | 5
        adr x9, user; msr elr_el1, x9; msr spsr_el1, xzr; eret; user: mov x1, #1; tlbi vmalle1is; nop | 5
        mrs x0, cntvct_el0; mrs x1, cntvct_el0; hvc #0                                              | 3
        adr x0, below; msr elr_el1, x0; mov x1, #0x30; msr spsr_el1, x1; eret; .balign 8; below: .quad 0 | 5
        mov x1, #0x40080000; msr ttbr0_el1, x1; mrs x0, sctlr_el1; orr x0, x0, #1; msr sctlr_el1, x0; isb | 5
        """)
    void whatEndsASliceOfA64CodeIsCountedOnlyIfItIsDone(String code, long expected) {
        for (UnicornEngines engines : EveryEngine.ALL) {
            try (Snippet guest = Snippet.with(engines, CpuModel.CORTEX_A57, Assembler.a64(code))) {
                check(engines, guest, expected, code);
            }
            try (Snippet guest = Snippet.with(engines, CpuModel.CORTEX_A57, Assembler.a64(code))) {
                checkSteps(engines, guest, expected, code);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        a | mov r1, #1; .inst 0xe1400070; mov r1, #2                                                | 2
        a | mov r1, #1; mov r1, #2; .inst 0xe7f000f0; mov r1, #3                                    | 2
        a | mov r1, #1; svc #0; mov r1, #2                                                          | 2
        a | mov r1, #1; wfi; mov r1, #2                                                             | 2
        a | mov r1, #1; wfe; yield; mov r1, #2; .inst 0xe1400070                                    | 5
        a | mov r1, #1; mrrc p15, #1, r0, r1, c14; mov r1, #2; .inst 0xe1400070                     | 4
        a | mov r0, #0x50000000; ldr r1, [r0]; mov r1, #2                                           | 1
        a | b . - 0x100                                                                             | 1
        t | movs r1, #1; movs r1, #2; .short 0xf7e0; .short 0x8000; movs r1, #3                               | 3
        t | movs r1, #1; wfi; movs r1, #2                                                           | 2
        t | movs r1, #1; wfe; movs r1, #2; .short 0xf7e0; .short 0x8000                                       | 4
        t | movs r1, #1; udf #0; movs r1, #2                                                        | 1
        """)
    void whatEndsASliceOfAarch32CodeIsCountedOnlyIfItIsDone(char set, String code, long expected) {
        boolean thumb = set == 't';
        byte[] bytes = thumb ? Assembler.t32(code) : Assembler.a32(code);
        for (UnicornEngines engines : List.of(EveryEngine.ALL.get(1), EveryEngine.ALL.get(3))) {
            try (Snippet guest = Snippet.aarch32(engines, bytes)) {
                guest.engine().writePc(Snippet.BASE + (thumb ? 1 : 0));
                check(engines, guest, expected, code);
            }
            try (Snippet guest = Snippet.aarch32(engines, bytes)) {
                guest.engine().writePc(Snippet.BASE + (thumb ? 1 : 0));
                checkSteps(engines, guest, expected, code);
            }
        }
    }

    private static void check(UnicornEngines engines, Snippet guest, long expected, String code) {
        assertThat(guest.run()).as(code).isNotInstanceOf(Exit.BudgetUsed.class);
        assertThat(guest.engine().executed())
                .as("%s with %s", code, names(engines))
                .isEqualTo(expected);
    }

    private static void checkSteps(UnicornEngines engines, Snippet guest, long expected, String code) {
        long steps = 0;
        Exit exit = Exit.BudgetUsed.INSTANCE;
        while (exit instanceof Exit.BudgetUsed) {
            exit = guest.run(1);
            if (exit instanceof Exit.BudgetUsed) {
                assertThat(guest.engine().executed())
                        .as("a step of %s with %s", code, names(engines))
                        .isEqualTo(1);
            }
            steps += guest.engine().executed();
        }
        assertThat(steps).as("steps of %s with %s", code, names(engines)).isEqualTo(expected);
    }

    @Test
    void aSliceOfAnyLengthFromAnyPlaceCompletesAsManyAsSteps() {
        for (UnicornEngines engines : EveryEngine.ALL) {
            SplittableRandom random = new SplittableRandom(7);
            try (Snippet guest = Snippet.withDevice(engines, CountedBudgetsTest.device(), CountedBudgetsTest.GUEST);
                    Snippet stepped =
                            Snippet.withDevice(engines, CountedBudgetsTest.device(), CountedBudgetsTest.GUEST)) {
                for (int slice = 0; slice < 300; slice++) {
                    int budget = 1 + random.nextInt(80);
                    Exit exit = guest.run(budget);
                    long steps = 0;
                    for (boolean more = true; more; ) {
                        more = stepped.run(1) instanceof Exit.BudgetUsed;
                        steps += stepped.engine().executed();
                        more &= steps < budget;
                    }
                    assertThat(guest.engine().executed())
                            .as("%s: slice %d of %d, %s", names(engines), slice, budget, exit)
                            .isEqualTo(steps);
                }
            }
        }
    }

    private static String names(UnicornEngines engines) {
        return engines.library().version() + " " + engines.library().origin() + ", budgets "
                + engines.shortcuts().uses(Shortcut.BUDGETS);
    }
}
