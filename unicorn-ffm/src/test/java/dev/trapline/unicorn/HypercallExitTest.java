package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.testkit.Assembler;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

public class HypercallExitTest {

    @Test
    void hvcTellsItsImmediateItsRegistersAndTheNextPc() {
        try (Snippet guest = Snippet.a64("mov x0, #7; mov x6, #6; hvc #0xabcd; nop")) {
            HypercallExit exit = hypercall(guest.run());
            assertThat(exit.conduit()).isEqualTo(Conduit.HVC);
            assertThat(exit.immediate()).as("imm16 of the instruction").isEqualTo(0xabcd);
            assertThat(exit.state()).isEqualTo(ExecutionState.A64);
            assertThat(exit.exceptionLevel()).isEqualTo(1);
            assertThat(exit.instructionWidth()).isEqualTo(4);
            assertThat(exit.conditionPassed()).isTrue();
            assertThat(exit.registers().x(0)).isEqualTo(7);
            assertThat(exit.registers().x(6)).as("x6 is an argument too").isEqualTo(6);
            assertThat(exit.pc()).isEqualTo(Snippet.BASE + 8);
            assertThat(exit.nextPc()).isEqualTo(Snippet.BASE + 12);
        }
    }

    @Test
    void smcFromEl1ReachesTheExitPathAsHvcDoes() {
        try (Snippet guest = Snippet.a64("smc #3; nop")) {
            HypercallExit exit = hypercall(guest.run());
            assertThat(exit.conduit()).isEqualTo(Conduit.SMC);
            assertThat(exit.immediate()).isEqualTo(3);
            assertThat(exit.nextPc()).isEqualTo(Snippet.BASE + 4);
        }
    }

    @ParameterizedTest
    @CsvSource({"HVC, 0xd4000002", "SMC, 0xd4000003"})
    void everyA64CallTellsItsPcAndTheNextOne(Conduit conduit, String encoding) {
        byte[] code = Assembler.word(Long.decode(encoding).intValue());
        // At the first and the last position of a page.
        for (long at : new long[] {Snippet.BASE, Snippet.BASE + 0xffc}) {
            try (Snippet guest = Snippet.a64("nop")) {
                guest.write(at, code);
                guest.write(at + 4, code);
                guest.engine().writePc(at);
                for (long expected = at; expected <= at + 4; expected += 4) {
                    HypercallExit exit = hypercall(guest.run());
                    assertThat(exit.conduit()).isEqualTo(conduit);
                    assertThat(exit.pc()).as("the call itself").isEqualTo(expected);
                    assertThat(exit.nextPc()).as("where the guest continues").isEqualTo(expected + 4);
                }
            }
        }
    }

    @Test
    void aReturnLeavesSimdAndSystemRegistersAlone() {
        try (Snippet guest = Snippet.a64("mov x0, #0x300000; msr cpacr_el1, x0; isb; mov x1, #-1; dup v0.2d, x1;"
                + "dup v31.2d, x1; msr tpidr_el1, x1; mov x0, #7; hvc #0; smc #0")) {
            for (int call = 0; call < 2; call++) {
                guest.run();
                long before = guest.engine().fullDigest();
                guest.engine().writeRegisters(RegisterWrites.x0(8));
                assertThat(guest.engine().fullDigest()).as("x0 is in it").isNotEqualTo(before);
                guest.engine().writeRegisters(RegisterWrites.x0(7));
                assertThat(guest.engine().fullDigest())
                        .as("and nothing else changed")
                        .isEqualTo(before);
            }
        }
    }

    @Test
    void aReturnWritesTheNamedRegistersAndTheGuestContinues() {
        try (Snippet guest = Snippet.a64("mov x1, #1; mov x2, #2; hvc #0; add x3, x0, x2; hvc #1")) {
            guest.run();
            guest.engine().writeRegisters(RegisterWrites.NONE.and(0, 40).and(29, -1));
            assertThat(guest.x(0)).as("a read right after the write sees it").isEqualTo(40);
            HypercallExit second = hypercall(guest.run());
            assertThat(second.immediate()).isEqualTo(1);
            assertThat(second.registers().x(3)).isEqualTo(42);
            assertThat(second.registers().x(1))
                    .as("no other register is written")
                    .isEqualTo(1);
            assertThat(second.registers().x(29)).isEqualTo(-1);
        }
    }

    @Test
    void a32CallsTellTheirImmediateAndState() {
        try (Snippet guest =
                Snippet.aarch32(Snippet.engines(), Assembler.a32("mov r0, #5; .long 0xe1412372; .long 0xe160007b"))) {
            HypercallExit hvc = hypercall(guest.run());
            assertThat(hvc.conduit()).isEqualTo(Conduit.HVC);
            assertThat(hvc.state()).isEqualTo(ExecutionState.A32);
            assertThat(hvc.immediate()).as("hvc #0x1232").isEqualTo(0x1232);
            assertThat(hvc.exceptionLevel()).isEqualTo(1);
            assertThat(hvc.registers().x(0)).isEqualTo(5);
            HypercallExit smc = hypercall(guest.run());
            assertThat(smc.conduit()).isEqualTo(Conduit.SMC);
            assertThat(smc.immediate()).as("smc #11").isEqualTo(11);
            assertThat(smc.nextPc()).isEqualTo(Snippet.BASE + 12);
        }
    }

    /// Each instruction set's encodings of the two calls, with #imm 9 for both.
    static List<Arguments> aarch32Calls() {
        return List.of(
                Arguments.of(ExecutionState.A32, Conduit.HVC, Assembler.word(0xe140_0079)),
                Arguments.of(ExecutionState.A32, Conduit.SMC, Assembler.word(0xe160_0079)),
                Arguments.of(ExecutionState.T32, Conduit.HVC, FailedConditionTest.halfwords(0xf7e0, 0x8009)),
                Arguments.of(ExecutionState.T32, Conduit.SMC, FailedConditionTest.halfwords(0xf7f9, 0x8000)));
    }

    @ParameterizedTest
    @MethodSource("aarch32Calls")
    void anAarch32CallTellsItsRegistersAndAReturnWritesOnlyThoseItNames(
            ExecutionState state, Conduit conduit, byte[] code) {
        // The same call at the last position of a page, and at an odd halfword.
        for (long at : new long[] {Snippet.BASE, Snippet.BASE + 0xffc, Snippet.BASE + 0x1002}) {
            if (state == ExecutionState.A32 && at % 4 != 0) {
                continue;
            }
            try (Snippet guest = Snippet.aarch32(Snippet.engines(), new byte[4])) {
                guest.write(at, code);
                guest.write(at + 4, code);
                RegisterWrites pattern = RegisterWrites.NONE;
                for (int n = 0; n <= 14; n++) {
                    pattern = pattern.and(n, 0xf000_0000L + n * 0x0101_0101L);
                }
                guest.engine().writeRegisters(pattern);
                guest.engine().writePc(at + (state == ExecutionState.T32 ? 1 : 0));
                HypercallExit exit = hypercall(guest.run());
                assertThat(exit.conduit()).isEqualTo(conduit);
                assertThat(exit.state()).isEqualTo(state);
                assertThat(exit.immediate()).isEqualTo(9);
                assertThat(exit.instructionWidth()).isEqualTo(4);
                assertThat(exit.exceptionLevel()).isEqualTo(1);
                assertThat(exit.conditionPassed()).isTrue();
                assertThat(exit.pc()).isEqualTo(at);
                assertThat(exit.nextPc()).isEqualTo(at + 4);
                assertThat(exit.registers().sp())
                        .as("r13 of SVC mode")
                        .isEqualTo(exit.registers().x(13));
                assertThat(exit.registers().pstate() & 0x1f).as("SVC mode").isEqualTo(0x13);

                guest.engine().writeRegisters(RegisterWrites.NONE.and(0, -1).and(3, 33));
                HypercallExit next = hypercall(guest.run());
                for (int n = 0; n <= 14; n++) {
                    long expected = n == 0 ? 0xffff_ffffL : n == 3 ? 33 : 0xf000_0000L + n * 0x0101_0101L;
                    assertThat(next.registers().x(n)).as("r" + n).isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void anAarch32CpuStartsInSupervisorModeWithExceptionsMasked() {
        try (Snippet guest = Snippet.aarch32(Snippet.engines(), Assembler.word(0xe140_0070))) {
            HypercallExit exit = hypercall(guest.run());
            assertThat(exit.registers().pstate() & 0x0fff_ffff)
                    .as("A, I, F and SVC mode; any flags")
                    .isEqualTo(0x1d3);
            for (int n = 0; n <= 14; n++) {
                assertThat(exit.registers().x(n)).as("r" + n).isZero();
            }
        }
    }

    public static HypercallExit hypercall(Exit exit) {
        assertThat(exit).isInstanceOf(HypercallExit.class);
        return (HypercallExit) exit;
    }
}
