package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.testkit.Assembler;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The library does not stop within an IT block, and when it stops after one, its PC can be wrong. T32 code must do the
/// same wherever slices are cut.
class ItBlockTest {

    private static final int ROUNDS = 40;

    /// ```text
    ///  00 movs r0, #0; movs r1, #0; movs r3, #0
    ///  06 adds r0, #1; lsls r2, r0, #31; it eq; beq 12; adds r1, #3; adds r1, #5
    ///  12 tst r0, #3; it eq; bleq 40; it ne; blxne 48; cmp r0, #40; bne 06; hvc #0
    ///  40 add.w r1, r1, #7; bx lr
    ///  48 A32: add r1, r1, #11; add r3, r3, r1; tst r1, #1; addne r1, r1, #2; bx lr
    /// ```
    private static byte[] program() {
        byte[] thumb = FailedConditionTest.halfwords(
                0x2000, 0x2100, 0x2300, 0x3001, 0x07c2, 0xbf08, 0xe001, 0x3103, 0x3105, 0xf010, 0x0f03, 0xbf08, 0xf000,
                0xf812, 0xbf18, 0xf000, 0xe814, 0x2828, 0xd1ef, 0xf7e0, 0x8000);
        byte[] called = FailedConditionTest.halfwords(0xf101, 0x0107, 0x4770);
        byte[] narrow = Assembler.a32("add r1, r1, #11; add r3, r3, r1; tst r1, #1; addne r1, r1, #2; bx lr");
        byte[] whole = new byte[0x48 + narrow.length];
        System.arraycopy(thumb, 0, whole, 0, thumb.length);
        System.arraycopy(called, 0, whole, 0x40, called.length);
        System.arraycopy(narrow, 0, whole, 0x48, narrow.length);
        return whole;
    }

    private static long[] expected() {
        long r1 = 0;
        long r3 = 0;
        for (int r0 = 1; r0 <= ROUNDS; r0++) {
            r1 += r0 % 2 == 1 ? 8 : 0;
            if (r0 % 4 == 0) {
                r1 += 7;
            } else {
                r1 += 11;
                r3 += r1;
                r1 += r1 % 2 == 1 ? 2 : 0;
            }
        }
        return new long[] {r1, r3};
    }

    @Test
    void codeWithItBlocksDoesTheSameWhereverItsSlicesAreCut() {
        long[] expected = expected();
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            int fixed = seed < 30 ? seed + 1 : 0;
            try (Snippet guest = Snippet.aarch32(Snippet.engines(), program())) {
                // In the second pass, the translations are linked to each other.
                for (int pass = 0; pass < 3; pass++) {
                    guest.engine().writeRegisters(RegisterWrites.fromX0(9, 9, 9, 9));
                    guest.engine().writePc(Snippet.BASE + 1);
                    Exit exit = Exit.BudgetUsed.INSTANCE;
                    while (exit.equals(Exit.BudgetUsed.INSTANCE)) {
                        exit = guest.run(fixed == 0 ? 1 + random.nextInt(9) : fixed);
                    }
                    assertThat(exit).as("seed %d, pass %d", seed, pass).isInstanceOf(HypercallExit.class);
                    assertThat(guest.x(0)).isEqualTo(ROUNDS);
                    assertThat(guest.x(1))
                            .as("r1, seed %d, pass %d", seed, pass)
                            .isEqualTo(expected[0]);
                    assertThat(guest.x(3))
                            .as("r3, seed %d, pass %d", seed, pass)
                            .isEqualTo(expected[1]);
                }
            }
        }
    }

    /// ```text
    ///  00 movs r0, #0
    ///  02 adds r0, #1; lsls r2, r0, #31; ittt eq; add r1, r1, #1; iteee le (UNPREDICTABLE); add r1, r1, #2;
    ///     add r1, r1, #3; add r3, r3, #1; add r3, r3, r1; b 02
    /// ```
    private static byte[] nested() {
        return FailedConditionTest.halfwords(
                0x2000, 0x3001, 0x07c2, 0xbf02, 0x3101, 0xbfd1, 0x3102, 0x3103, 0x3301, 0x440b, 0xe7f5);
    }

    /// Code that an engine has translated and linked before has no effect: it stops at the same positions with the
    /// same state.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anEngineThatIsGivenAStateContinuesAsTheOneThatHadIt(boolean within) {
        for (int seed = 0; seed < 40; seed++) {
            try (Snippet first = Snippet.aarch32(Snippet.engines(), within ? nested() : program());
                    Snippet second = Snippet.aarch32(Snippet.engines(), within ? nested() : program())) {
                first.engine().writePc(Snippet.BASE + 1);
                for (Random random = new Random(seed); random.nextInt(60) > 0; ) {
                    first.run(1 + random.nextInt(9));
                }
                second.engine().load(first.engine().save());
                Random random = new Random(seed);
                for (int slice = 0; slice < 20; slice++) {
                    int budget = 1 + random.nextInt(9);
                    Exit exit = first.run(budget);
                    assertThat(second.run(budget))
                            .as("seed %d, slice %d", seed, slice)
                            .isEqualTo(exit);
                    assertThat(second.engine().save())
                            .as("seed %d, after slice %d", seed, slice)
                            .isEqualTo(first.engine().save());
                    if (exit instanceof HypercallExit) {
                        break;
                    }
                }
            }
        }
    }

    /// A32 code that is translated right after an IT block must still stop at the right position.
    @Test
    void a32CodeThatAnItBlockBranchesToEndsWithItsBudgetAndReadsVirtualTime() {
        // movs r0, #0; it eq; blxeq 0c; and in A32: mrrc p15, 1, r2, r3, c14; add r4, r4, #1 twice; hvc #0
        byte[] thumb = FailedConditionTest.halfwords(0x2000, 0xbf08, 0xf000, 0xe802);
        byte[] narrow = Assembler.a32(
                ".long 0xec532f1e; mov r4, #0; add r4, r4, #1; add r4, r4, #1; add r4, r4, #1; .long 0xe1400070");
        byte[] whole = Arrays.copyOf(thumb, 12 + narrow.length);
        System.arraycopy(narrow, 0, whole, 12, narrow.length);
        try (Snippet guest = Snippet.aarch32(Snippet.engines(), whole)) {
            guest.engine().writePc(Snippet.BASE + 1);
            assertThat(guest.engine().run(6, 500, 0)).isEqualTo(Exit.BudgetUsed.INSTANCE);
            assertThat(guest.x(2)).as("CNTVCT, after movs, it and blx").isEqualTo(503);
            assertThat(guest.x(4)).as("movs, it, blx, mrrc, mov, add").isEqualTo(1);
            assertThat(guest.pcOffset()).isEqualTo(24);
        }
    }

    /// ```text
    ///  00 movs r1, #0
    ///  02 adds r1, #1; cmp r1, #0; ite cs; movcs r2, #7; movcc r3, #8; mrrc p15, 0, r5, r6, c14; adds r4, #1; b 02
    /// ```
    @Test
    void aBudgetThatEndsInAnItBlockEndsBeforeTheTimeThatIsReadBehindIt() {
        byte[] code = FailedConditionTest.halfwords(
                0x2100, 0x3101, 0x2900, 0xbf2c, 0x2207, 0x2308, 0xec56, 0x5f0e, 0x3401, 0xe7f6);
        // From its IT, the code runs to the block's end, and not beyond it.
        for (int budget : new int[] {4, 5}) {
            try (Snippet guest = Snippet.aarch32(Snippet.engines(), code)) {
                guest.engine().writePc(Snippet.BASE + 1);
                assertThat(guest.run(budget)).isEqualTo(Exit.BudgetUsed.INSTANCE);
                assertThat(guest.pcOffset()).as("after the IT block").isEqualTo(12);
                assertThat(guest.x(2)).as("the effect of the IT block").isEqualTo(7);
                assertThat(guest.engine().shown()).as("no time is read").isZero();
            }
        }
    }
}
