package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Random loops of AArch32 code with hints, compared with the same code with NOPs instead: both do the same, wherever
/// slices are cut. WFI ends a slice, and the guest continues after it.
class HintTwinsTest {

    private static final int PROGRAMS = Boolean.getBoolean("trapline.full") ? 20_000 : 100;
    private static final int INSTRUCTIONS = 36;
    /// The register that counts the rounds of the loop.
    private static final int COUNTER = 7;

    private static final int NOP_A32 = 0x0320_f000;
    private static final int[] NARROW_HINTS = {0xbf10, 0xbf20, 0xbf30, 0xbf40, 0xbf50, 0xbf90};
    private static final int NARROW_NOP = 0xbf00;

    /// The instruction set of the code, and where it runs.
    enum Where {
        A32,
        A32_USER,
        T32,
        T32_USER;

        boolean isThumb() {
            return this == T32 || this == T32_USER;
        }

        boolean isUser() {
            return this == A32_USER || this == T32_USER;
        }
    }

    /// Code, and the same without hints.
    // Never compared.
    @SuppressWarnings("ArrayRecordComponent")
    private record Pair(byte[] hints, byte[] nops) {}

    @ParameterizedTest
    @EnumSource
    void aHintDoesWhatANopDoesWhereverSlicesAreCut(Where where) {
        for (int seed = 0; seed < PROGRAMS; seed++) {
            Random random = new Random(seed);
            Pair pair = where.isThumb() ? thumb(random, where.isUser()) : a32(random, where.isUser());
            // Some of it crosses a page boundary, which ends a block of code, even within an IT block.
            int offset = random.nextBoolean() ? 0 : 4096 - 4 * random.nextInt(INSTRUCTIONS);
            long[] expected = run(where, pair.nops(), offset, 1000);
            for (int budget : new int[] {1000, 1, 2, 3, 5, 7, 13}) {
                assertThat(run(where, pair.hints(), offset, budget))
                        .as("%s, seed %d, slices of %d", where, seed, budget)
                        .isEqualTo(expected);
            }
        }
    }

    /// The registers at the SVC at the end.
    private static long[] run(Where where, byte[] code, int offset, int budget) {
        byte[] memory = new byte[offset + code.length];
        System.arraycopy(code, 0, memory, offset, code.length);
        try (Snippet guest = Snippet.aarch32(Snippet.engines(), memory)) {
            guest.engine().writePc(Snippet.BASE + offset + (where.isThumb() ? 1 : 0));
            Exit exit = Exit.BudgetUsed.INSTANCE;
            int slices = 0;
            while (exit.equals(Exit.BudgetUsed.INSTANCE) || exit.equals(Exit.WaitForInterrupt.INSTANCE)) {
                assertThat(slices++)
                        .as("it ends: %s at %x, slices of %d", exit, guest.pcOffset(), budget)
                        .isLessThan(20 * INSTRUCTIONS);
                exit = guest.run(budget);
            }
            assertThat(((GuestFault) exit).kind()).isEqualTo(GuestFault.Kind.SUPERVISOR_CALL);
            return Arrays.copyOf(guest.registers(), GeneralRegisters.COUNT);
        }
    }

    private static Pair a32(Random random, boolean user) {
        // mov r7, #3; cps #16 or nop
        List<Integer> hints = new ArrayList<>(List.of(0xe3a0_7003, user ? 0xf102_0010 : 0xe1a0_0000));
        int start = hints.size();
        List<Integer> nops = new ArrayList<>(hints);
        for (int k = 0; k < INSTRUCTIONS; k++) {
            int condition = random.nextInt(15) << 28;
            if (random.nextInt(3) == 0) {
                hints.add(condition | NOP_A32 | random.nextInt(6));
                nops.add(condition | NOP_A32);
            } else {
                int register = random.nextInt(COUNTER);
                // adds rN, rN, #imm, conditional: the following code depends on the flags
                int add = condition | 0x0290_0000 | register << 16 | register << 12 | random.nextInt(256);
                // mvns rN, rM
                int invert = condition | 0x01f0_0000 | register << 12 | random.nextInt(COUNTER);
                int instruction = random.nextBoolean() ? add : invert;
                hints.add(instruction);
                nops.add(instruction);
            }
        }
        // subs r7, r7, #1; bne start; svc #0
        List<Integer> end = List.of(0xe257_7001, 0x1a00_0000 | ((start - hints.size() - 3) & 0xff_ffff), 0xef00_0000);
        hints.addAll(end);
        nops.addAll(end);
        return new Pair(words(hints), words(nops));
    }

    private static Pair thumb(Random random, boolean user) {
        // movs r7, #3; cps #16 or nop; nop
        List<Integer> hints = new ArrayList<>(List.of(0x2703, user ? 0xf3af : NARROW_NOP, user ? 0x8110 : NARROW_NOP));
        int start = hints.size();
        List<Integer> nops = new ArrayList<>(hints);
        for (int k = 0; k < INSTRUCTIONS; ) {
            if (random.nextBoolean()) {
                one(random, false, hints, nops);
                k++;
                continue;
            }
            int length = 1 + random.nextInt(4);
            int condition = random.nextInt(14);
            // The bits above the lowest one mean "then" or "else" for the second and later instructions.
            int mask = random.nextInt(1 << (length - 1)) << (5 - length) | 1 << (4 - length);
            int it = 0xbf00 | condition << 4 | mask;
            hints.add(it);
            nops.add(it);
            for (int n = 0; n < length; n++) {
                one(random, true, hints, nops);
            }
            k += 1 + length;
        }
        // subs r7, #1; bne start; svc #0
        List<Integer> end = List.of(0x3f01, 0xd100 | ((start - hints.size() - 3) & 0xff), 0xdf00);
        hints.addAll(end);
        nops.addAll(end);
        return new Pair(halves(hints), halves(nops));
    }

    private static void one(Random random, boolean conditional, List<Integer> hints, List<Integer> nops) {
        int kind = random.nextInt(4);
        if (kind == 0) {
            hints.add(NARROW_HINTS[random.nextInt(NARROW_HINTS.length)]);
            nops.add(NARROW_NOP);
        } else if (kind == 1) {
            hints.addAll(List.of(0xf3af, 0x8000 | random.nextInt(6)));
            nops.addAll(List.of(0xf3af, 0x8000));
        } else {
            // adds rN, #imm; within an IT block it leaves the flags
            int add = 0x3000 | random.nextInt(COUNTER) << 8 | random.nextInt(256);
            // cmp rN, #imm: it sets them in any case
            int compare = 0x2800 | random.nextInt(COUNTER) << 8 | random.nextInt(256);
            int instruction = conditional || kind == 2 ? add : compare;
            hints.add(instruction);
            nops.add(instruction);
        }
    }

    private static byte[] halves(List<Integer> values) {
        return FailedConditionTest.halfwords(
                values.stream().mapToInt(Integer::intValue).toArray());
    }

    private static byte[] words(List<Integer> values) {
        List<Integer> halves = new ArrayList<>();
        for (int value : values) {
            halves.add(value & 0xffff);
            halves.add(value >>> 16);
        }
        return halves(halves);
    }
}
