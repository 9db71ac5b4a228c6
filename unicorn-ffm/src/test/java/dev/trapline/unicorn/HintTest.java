package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.CpuModel;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.exit.GuestFault.Kind;
import dev.trapline.unicorn.a32.Aarch32Code;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The hint space of the three instruction sets. Hints have no effect here, except WFI, which is an exit; a hint that
/// is not allocated is a NOP (DDI0487 C6.2 HINT, F5.1 NOP).
class HintTest {

    private static final int WFI = 3;
    private static final int ALWAYS = 14;

    @Test
    void everyHintOfA64IsPassedButWfi() {
        for (int hint = 0; hint < 128; hint++) {
            byte[] code = words(0xd280_0020, 0xd503_201f | hint << 5, 0xd280_0040, 0xd400_0002);
            try (Snippet guest = Snippet.with(Snippet.engines(), CpuModel.CORTEX_A57, code)) {
                check("A64 hint " + hint, hint == WFI, guest, 8);
            }
        }
    }

    @Test
    void everyHintOfA32IsPassedButWfiUnderAnyCondition() {
        for (int condition = 0; condition <= ALWAYS; condition++) {
            for (int hint = 0; hint < 256; hint++) {
                // mov r0, #1; hint; mov r0, #2; hvc #0, with all flags clear
                byte[] code = words(0xe3a0_0001, condition << 28 | 0x320_f000 | hint, 0xe3a0_0002, 0xe140_0070);
                try (Snippet guest = Snippet.aarch32(Snippet.engines(), code)) {
                    boolean waits = hint == WFI && Aarch32Code.holds(condition, guest.registers()[33]);
                    check("A32 hint " + hint + ", condition " + condition, waits, guest, 8);
                }
            }
        }
    }

    @Test
    void everyHintOfT32IsPassedButWfi() {
        for (int hint = 0; hint < 16; hint++) {
            checkThumb(hint == WFI, 4, 0xbf00 | hint << 4);
        }
        for (int hint = 0; hint < 256; hint++) {
            checkThumb(hint == WFI, 6, 0xf3af, 0x8000 | hint);
        }
    }

    @Test
    void hintsWithinItBlocksLeaveTheConditionsOfTheOthersAsTheyAre() {
        // NE holds: the instruction after the hint is executed, and the else part is not
        for (int[] hint : new int[][] {{0xbf10}, {0xbf20}, {0xf3af, 0x8001}, {0xf3af, 0x8002}, {0xbf40}}) {
            // movs r0, #1; movs r1, #0; movs r2, #0; cmp r1, #1; itte ne
            List<Integer> code = new ArrayList<>(List.of(0x2001, 0x2100, 0x2200, 0x2901, 0xbf1a));
            for (int half : hint) {
                code.add(half); // hintne
            }
            code.add(0x3205); // addne r2, #5
            code.add(0x3107); // addeq r1, #7
            Collections.addAll(code, 0xbf00, 0xf7e0, 0x8000); // nop; hvc #0
            try (Snippet guest = Snippet.aarch32(Snippet.engines(), halfwords(code))) {
                guest.engine().writePc(Snippet.BASE + 1);
                HypercallExitTest.hypercall(guest.run());
                assertThat(guest.x(2)).as("after the hint").isEqualTo(5);
                assertThat(guest.x(1)).as("the else part").isZero();
            }
        }
    }

    @Test
    void theBudgetCountsEachHintAsOneInstruction() {
        int[] body = {0xe320_f002, 0xe320_f001, 0x1320_f002, 0x0320_f002, 0xe320_f004, 0xe280_0001};
        for (int budget = 1; budget <= 24; budget++) {
            int[] code = new int[32];
            for (int k = 0; k < code.length; k++) {
                code[k] = body[k % body.length];
            }
            try (Snippet guest = Snippet.aarch32(Snippet.engines(), words(code))) {
                assertThat(guest.run(budget)).isEqualTo(Exit.BudgetUsed.INSTANCE);
                assertThat(guest.pcOffset()).as("after %d", budget).isEqualTo(4L * budget);
                assertThat(guest.x(0)).isEqualTo(budget / body.length);
            }
        }
    }

    @Test
    void anUndefinedInstructionBehindAHintIsOneStill() {
        int udf = 0xe7f0_00f0;
        int[][] programs = {
            {0xe320_f002, udf}, // wfe; udf
            {0x0320_f002, udf}, // wfeeq, which is not executed; udf
            {0xea00_0000, 0xe320_f002, udf}, // b over the wfe; udf
        };
        for (int[] program : programs) {
            try (Snippet guest = Snippet.aarch32(Snippet.engines(), words(program))) {
                assertThat(((GuestFault) guest.run()).kind()).isEqualTo(Kind.UNDEFINED_INSTRUCTION);
                assertThat(guest.pcOffset()).isEqualTo(4L * (program.length - 1));
            }
        }
    }

    private static void checkThumb(boolean waits, long behind, int... hint) {
        List<Integer> code = new ArrayList<>(List.of(0x2001));
        for (int half : hint) {
            code.add(half);
        }
        Collections.addAll(code, 0x2002, 0xf7e0, 0x8000);
        try (Snippet guest = Snippet.aarch32(Snippet.engines(), halfwords(code))) {
            guest.engine().writePc(Snippet.BASE + 1);
            check("T32 " + Integer.toHexString(hint[hint.length - 1]), waits, guest, behind);
        }
    }

    private static void check(String what, boolean waits, Snippet guest, long behind) {
        Exit exit = guest.run(100);
        if (waits) {
            assertThat(exit).as(what).isEqualTo(Exit.WaitForInterrupt.INSTANCE);
            assertThat(guest.pcOffset()).as(what).isEqualTo(behind);
        } else {
            HypercallExitTest.hypercall(exit);
            assertThat(guest.x(0))
                    .as("%s: the next instruction is executed", what)
                    .isEqualTo(2);
        }
    }

    private static byte[] halfwords(List<Integer> values) {
        return FailedConditionTest.halfwords(
                values.stream().mapToInt(Integer::intValue).toArray());
    }

    private static byte[] words(int... values) {
        int[] halves = new int[2 * values.length];
        for (int k = 0; k < values.length; k++) {
            halves[2 * k] = values[k] & 0xffff;
            halves[2 * k + 1] = values[k] >>> 16;
        }
        return FailedConditionTest.halfwords(halves);
    }
}
