package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.RegisterWrites;
import org.junit.jupiter.api.Test;

class HypercallExitTest {

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

    @Test
    void aReturnWritesTheNamedRegistersAndTheGuestGoesOn() {
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
                Snippet.aarch32(Snippet.engines(), A64.assembleA32("mov r0, #5; .long 0xe1412372; .long 0xe160007b"))) {
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

    static HypercallExit hypercall(Exit exit) {
        assertThat(exit).isInstanceOf(HypercallExit.class);
        return (HypercallExit) exit;
    }
}
