package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.CpuModel;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.testkit.Assembler;
import dev.trapline.unicorn.counting.Shortcut;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A guest that steps itself (DDI0487 D2.12): with MDSCR_EL1.KDE and SS, and PSTATE.D clear, after an ERET with
/// SPSR_EL1.SS set, one instruction runs before the exception; without it, none.
class SoftwareStepTest {

    @ParameterizedTest
    @CsvSource({
        "1, 0x20, nop,          10, 40",
        "1, 0x20, 'mov x0, #1', 10, 40",
        "1, 0x20, 'b .',        10, 36",
        "1, 0,    nop,           9, 36",
        "1, 0,    'b .',         9, 36",
        "0, 0x20, nop,          10, 40",
        "0, 0x20, 'b .',        10, 36",
        "0, 0,    nop,           9, 36"
    })
    void theExceptionComesWhenTheStepIsDone(int level, String bit, String instruction, long expected, long pc) {
        int mode = level == 1 ? 5 : 0;
        for (UnicornEngines engines : EveryEngine.ALL) {
            for (int budget : new int[] {1_000_000, 1, 9}) {
                String what = instruction + ", slices of " + budget + ", "
                        + engines.library().origin() + ", budgets "
                        + engines.shortcuts().uses(Shortcut.BUDGETS);
                try (Snippet guest = Snippet.with(engines, CpuModel.CORTEX_A57, stepping(mode, bit, instruction))) {
                    long executed = 0;
                    Exit exit = Exit.BudgetUsed.INSTANCE;
                    while (exit instanceof Exit.BudgetUsed) {
                        exit = guest.run(budget);
                        executed += guest.engine().executed();
                    }
                    assertThat(((GuestFault) exit).detail() >>> 26)
                            .as("exception class Software Step, from a lower level or from the same: " + what)
                            .isEqualTo(level == 0 ? 0x32 : 0x33);
                    assertThat(guest.pcOffset()).as(what).isEqualTo(pc);
                    assertThat(executed).as(what).isEqualTo(expected);
                    assertThat(((GuestFault) guest.run(budget)).kind())
                            .as("it is still pending: " + what)
                            .isEqualTo(((GuestFault) exit).kind());
                    assertThat(guest.engine().executed()).as(what).isZero();
                }
            }
        }
    }

    /// OSLAR_EL1, MDSCR_EL1, and an ERET with SPSR_EL1.SS equal to the bit.
    private static byte[] stepping(int mode, String bit, String instruction) {
        return Assembler.a64((".inst 0xd510109f; mov x4, #0x2001; .inst 0xd5100244; adr x5, step; msr elr_el1, x5;"
                        + " mov x5, #%s; movk x5, #%s, lsl #16; msr spsr_el1, x5; eret; step: %s; mov x0, #2; hvc #0")
                .formatted(mode, bit, instruction));
    }
}
