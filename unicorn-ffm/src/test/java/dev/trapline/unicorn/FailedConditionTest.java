package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.testkit.Assembler;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// SMCs that fail their condition check, skipped or exported. HVC is never conditional (DDI0406 B9.3.4).
class FailedConditionTest {

    private static final boolean FULL = Boolean.getBoolean("trapline.full");
    private static final int MOST = 10_000;

    /// `movs r0, #0` (Z set), `smcne #5`, `smceq #6`, `hvc #0`.
    private static final String A32 = "movs r0, #0; .long 0x11600075; .long 0x01600076; .long 0xe1400070";

    @Test
    void aCallThatFailsItsConditionIsSkippedUnlessItIsAskedFor() {
        try (Snippet guest = Snippet.aarch32(Snippet.engines(), Assembler.a32(A32))) {
            HypercallExit exit = HypercallExitTest.hypercall(guest.run());
            assertThat(exit.immediate()).as("smcne is skipped").isEqualTo(6);
            assertThat(exit.conditionPassed()).isTrue();
        }
    }

    @Test
    void anExportedCallHasItsConditionItsRegistersAndTheNextPc() {
        try (Snippet guest = exporting(Assembler.a32("mov r3, #9;" + A32))) {
            HypercallExit failed = HypercallExitTest.hypercall(guest.run());
            assertThat(failed.conditionPassed()).isFalse();
            assertThat(failed.conduit()).isEqualTo(Conduit.SMC);
            assertThat(failed.immediate()).isEqualTo(5);
            assertThat(failed.state()).isEqualTo(ExecutionState.A32);
            assertThat(failed.exceptionLevel()).isEqualTo(1);
            assertThat(failed.pc()).isEqualTo(Snippet.BASE + 8);
            assertThat(failed.nextPc()).isEqualTo(Snippet.BASE + 12);
            assertThat(failed.registers().x(3)).as("registers as they were").isEqualTo(9);
            HypercallExit passed = HypercallExitTest.hypercall(guest.run());
            assertThat(passed.conditionPassed()).isTrue();
            assertThat(passed.immediate()).isEqualTo(6);
            assertThat(HypercallExitTest.hypercall(guest.run()).conduit()).isEqualTo(Conduit.HVC);
        }
    }

    @Test
    void everyConditionIsCheckedAsTheArchitectureSays() {
        // For each condition and each NZCV: movs of the flags, smc<c> #1, hvc.
        for (int condition = 0; condition < 14; condition++) {
            for (int flags = 0; flags < 16; flags++) {
                byte[] code = Assembler.a32("mov r0, #" + (flags << 4) + "; lsl r0, r0, #24; .long 0xe128f000; .long 0x"
                        + Integer.toHexString(condition << 28 | 0x0160_0071) + "; .long 0xe1400070");
                try (Snippet guest = exporting(code)) {
                    HypercallExit exit = HypercallExitTest.hypercall(guest.run());
                    assertThat(exit.conduit()).isEqualTo(Conduit.SMC);
                    assertThat(exit.conditionPassed())
                            .as("condition %d with NZCV %d (DDI0406 A8.3)", condition, flags)
                            .isEqualTo(passes(condition, flags));
                }
            }
        }
    }

    /// DDI0406 A8.3, table A8-1.
    private static boolean passes(int condition, int nzcv) {
        boolean n = (nzcv & 8) != 0;
        boolean z = (nzcv & 4) != 0;
        boolean c = (nzcv & 2) != 0;
        boolean v = (nzcv & 1) != 0;
        return List.of(z, !z, c, !c, n, !n, v, !v, c && !z, !c || z, n == v, n != v, !z && n == v, z || n != v)
                .get(condition);
    }

    /// `movs r0, #0`, IT EQ or NE, `smc #6`, `hvc #0`.
    private static byte[] thumb(int it) {
        return halfwords(0x2000, it, 0xf7f6, 0x8000, 0xf7e0, 0x8000);
    }

    private static final int IT_EQ = 0xbf08;
    private static final int IT_NE = 0xbf18;

    @Test
    void anItBlockMakesAThumbCallConditional() {
        try (Snippet guest = exporting(thumb(IT_NE))) {
            guest.engine().writePc(Snippet.BASE + 1);
            HypercallExit failed = HypercallExitTest.hypercall(guest.run());
            assertThat(failed.conditionPassed()).isFalse();
            assertThat(failed.state()).isEqualTo(ExecutionState.T32);
            assertThat(failed.immediate()).isEqualTo(6);
            assertThat(failed.pc()).isEqualTo(Snippet.BASE + 4);
            assertThat(failed.nextPc()).isEqualTo(Snippet.BASE + 8);
            assertThat(HypercallExitTest.hypercall(guest.run()).conduit()).isEqualTo(Conduit.HVC);
        }
        try (Snippet guest = exporting(thumb(IT_EQ))) {
            guest.engine().writePc(Snippet.BASE + 1);
            assertThat(HypercallExitTest.hypercall(guest.run()).conditionPassed())
                    .isTrue();
            assertThat(HypercallExitTest.hypercall(guest.run()).conduit()).isEqualTo(Conduit.HVC);
        }
    }

    @Test
    void aThumbCallMayBeTheLastOfALongerItBlockThatChangesTheFlags() {
        // movs r0, #0; ittt eq; moveq r1, #3; cmpeq r1, #4 (clears Z); smceq #6; hvc #0
        byte[] code = halfwords(0x2000, 0xbf02, 0x2103, 0x2904, 0xf7f6, 0x8000, 0xf7e0, 0x8000);
        try (Snippet guest = exporting(code)) {
            guest.engine().writePc(Snippet.BASE + 1);
            HypercallExit failed = HypercallExitTest.hypercall(guest.run());
            assertThat(failed.conditionPassed()).isFalse();
            assertThat(failed.registers().x(1))
                    .as("the instructions before it have run")
                    .isEqualTo(3);
        }
    }

    @Test
    void aJumpToTheInstructionBehindACallIsNoFailedCall() {
        byte[] code = Assembler.a32("movs r0, #0; .long 0x11600071; cmp r4, #1; mov r4, #1;"
                + ".long 0x1afffffc; .long 0xe1400070"); // bne to the cmp
        try (Snippet guest = exporting(code)) {
            assertThat(HypercallExitTest.hypercall(guest.run()).conditionPassed())
                    .isFalse();
            // The branch returns to the instruction after the SMC.
            HypercallExit exit = HypercallExitTest.hypercall(guest.run());
            assertThat(exit.conduit()).isEqualTo(Conduit.HVC);
            assertThat(exit.registers().x(4)).isEqualTo(1);
        }
    }

    /// The history does not depend on code that was translated before, or on where slices are cut.
    @Test
    void slicesOfAnyLengthOnAWarmOrAFreshEngineSeeTheSameCalls() {
        Random random = new Random(32);
        for (int round = 0; round < (FULL ? 400 : 40); round++) {
            boolean thumb = round % 2 == 1;
            byte[] code = thumb ? randomThumb(random) : randomA32(random);
            List<String> whole = history(code, thumb, _ -> MOST, false);
            assertThat(whole).as("calls that passed and that failed").hasSizeGreaterThan(2);
            for (int seed = 0; seed < 5; seed++) {
                Random lengths = new Random(seed);
                assertThat(history(code, thumb, _ -> 1 + lengths.nextInt(7), seed % 2 == 1))
                        .as("round %d, seed %d", round, seed)
                        .isEqualTo(whole);
            }
        }
    }

    private interface Budgets {
        long budget(int slice);
    }

    /// The calls until an HVC, with all registers; on a warm engine, all code has been translated before.
    private static List<String> history(byte[] code, boolean thumb, Budgets budgets, boolean warm) {
        try (Snippet guest = exporting(code)) {
            List<String> calls = new ArrayList<>();
            for (int pass = warm ? 0 : 1; pass < 2; pass++) {
                calls.clear();
                guest.engine().writeRegisters(RegisterWrites.fromX0(0, 0, 0, 0, 0, 0));
                guest.engine().writePc(Snippet.BASE + (thumb ? 1 : 0));
                while (true) {
                    Exit exit = guest.run(budgets.budget(calls.size()));
                    if (exit instanceof HypercallExit call) {
                        calls.add(call.conditionPassed() + " " + withoutFlags(call));
                        if (call.conduit() == Conduit.HVC) {
                            break;
                        }
                    }
                }
            }
            return calls;
        }
    }

    /// The flags may differ because of an earlier pass; r0 to PC must not.
    private static String withoutFlags(HypercallExit call) {
        long[] registers = new long[GeneralRegisters.COUNT];
        call.registers().copyTo(registers);
        registers[GeneralRegisters.PSTATE] = 0;
        return call.immediate() + " " + GeneralRegisters.copyOf(registers);
    }

    /// A loop of ten rounds: adds, compares and conditional calls.
    private static byte[] randomA32(Random random) {
        StringBuilder source = new StringBuilder("cmp r0, #0; movs r5, #10;");
        int length = 6 + random.nextInt(20);
        for (int k = 0; k < length; k++) {
            source.append(
                    switch (random.nextInt(3)) {
                        case 0 -> "add r" + random.nextInt(4) + ", r" + random.nextInt(4) + ", #" + random.nextInt(9);
                        case 1 -> "cmp r" + random.nextInt(4) + ", #" + random.nextInt(40);
                        default ->
                            ".long 0x"
                                    + Integer.toHexString(random.nextInt(15) << 28 | 0x0160_0070 | random.nextInt(16));
                    });
            source.append(';');
        }
        source.append(".long 0x11600071; subs r5, r5, #1; .long 0x")
                .append(Integer.toHexString(0x1a00_0000 | (-(length + 4) & 0xff_ffff)))
                .append("; .long 0xe1400070");
        return Assembler.a32(source.toString());
    }

    private static byte[] randomThumb(Random random) {
        List<Integer> code = new ArrayList<>(List.of(0x2800, 0x250a)); // cmp r0, #0; movs r5, #10
        int length = 4 + random.nextInt(12);
        for (int k = 0; k < length; k++) {
            switch (random.nextInt(3)) {
                case 0 -> code.add(0x3000 | random.nextInt(4) << 8 | random.nextInt(9)); // adds
                case 1 -> code.add(0x2800 | random.nextInt(4) << 8 | random.nextInt(40)); // cmp
                default -> addItBlock(code, random);
            }
        }
        code.addAll(List.of(0xbf18, 0xf7f1, 0x8000, 0x3d01)); // it ne; smcne #1; subs r5, #1
        code.add(0xd100 | (-code.size() & 0xff)); // bne, to the third instruction
        code.addAll(List.of(0xf7e0, 0x8000));
        return halfwords(code.stream().mapToInt(Integer::intValue).toArray());
    }

    /// IT, zero to three conditional adds or compares, and an SMC.
    private static void addItBlock(List<Integer> code, Random random) {
        int before = random.nextInt(4);
        int condition = random.nextInt(14);
        // Each of the others has the condition's own lowest bit in the mask; a one ends it (DDI0406 A8.8.55).
        int same = (condition & 1) == 0 ? 0 : (0xf << (4 - before)) & 0xf;
        int mask = same | 1 << (3 - before);
        code.add(0xbf00 | condition << 4 | mask);
        for (int k = 0; k < before; k++) {
            int register = random.nextInt(4) << 8;
            code.add(random.nextBoolean() ? 0x3001 | register : 0x2800 | register | random.nextInt(40));
        }
        code.addAll(List.of(0xf7f0 | random.nextInt(16), 0x8000));
    }

    private static Snippet exporting(byte[] code) {
        return Snippet.aarch32WithFailedCalls(Snippet.engines(), code);
    }

    static byte[] halfwords(int... halfwords) {
        byte[] bytes = new byte[halfwords.length * 2];
        for (int k = 0; k < halfwords.length; k++) {
            bytes[2 * k] = (byte) halfwords[k];
            bytes[2 * k + 1] = (byte) (halfwords[k] >> 8);
        }
        return bytes;
    }
}
