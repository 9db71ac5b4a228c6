package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.firmware.RegisterWrites;
import org.junit.jupiter.api.Test;

class SliceTest {

    private static final String COUNTING = "loop: add x1, x1, #1; b loop";

    @Test
    void aFreshEngineIsInItsResetState() {
        try (Snippet guest = Snippet.a64("nop")) {
            long[] registers = guest.registers();
            for (int n = 0; n <= GeneralRegisters.SP; n++) {
                assertThat(registers[n]).as(GeneralRegisters.nameOf(n)).isZero();
            }
            assertThat(registers[GeneralRegisters.PSTATE] & 0xfff)
                    .as("EL1h, DAIF masked")
                    .isEqualTo(0x3c5);
        }
    }

    @Test
    void aBudgetRunsExactlyThatManyInstructions() {
        try (Snippet guest = Snippet.a64(COUNTING)) {
            assertThat(guest.run(1)).isEqualTo(Exit.BudgetUsed.INSTANCE);
            assertThat(guest.pcOffset()).as("one instruction").isEqualTo(4);
            guest.run(999);
            assertThat(guest.x(1)).as("1000 instructions are 500 rounds").isEqualTo(500);
            assertThat(guest.pcOffset()).isZero();
            guest.run(20_001);
            assertThat(guest.x(1)).isEqualTo(10_501);
            assertThat(guest.pcOffset()).isEqualTo(4);
        }
    }

    @Test
    void aHypercallThatIsTheLastInstructionOfTheBudgetIsSeen() {
        try (Snippet guest = Snippet.a64("nop; hvc #9; nop")) {
            assertThat(HypercallExitTest.hypercall(guest.run(2)).immediate()).isEqualTo(9);
        }
    }

    @Test
    void waitForInterruptEndsTheSliceWithThePcAfterIt() {
        try (Snippet guest = Snippet.a64("nop; wfi; mov x0, #1; hvc #0")) {
            assertThat(guest.run()).isEqualTo(Exit.WaitForInterrupt.INSTANCE);
            assertThat(guest.pcOffset()).isEqualTo(8);
            assertThat(HypercallExitTest.hypercall(guest.run()).registers().x(0))
                    .isEqualTo(1);
        }
    }

    @Test
    void waitForInterruptIsNotTakenForTheEndOfABudget() {
        try (Snippet guest = Snippet.a64("nop; wfi; nop")) {
            assertThat(guest.run(1)).isEqualTo(Exit.BudgetUsed.INSTANCE);
            assertThat(guest.run(1)).isEqualTo(Exit.WaitForInterrupt.INSTANCE);
        }
    }

    @Test
    void eventInstructionsDoNotEndASlice() {
        try (Snippet guest = Snippet.a64("wfe; sev; sevl; yield; mov x0, #1; hvc #0")) {
            assertThat(HypercallExitTest.hypercall(guest.run()).registers().x(0))
                    .isEqualTo(1);
        }
    }

    @Test
    void aPcWrittenByTheHostIsWhereTheNextSliceBegins() {
        try (Snippet guest = Snippet.a64("hvc #1; hvc #2")) {
            guest.engine().writePc(Snippet.BASE + 4);
            assertThat(guest.pcOffset()).isEqualTo(4);
            assertThat(HypercallExitTest.hypercall(guest.run()).immediate()).isEqualTo(2);
        }
    }

    @Test
    void aBudgetOutsideItsRangeIsRefused() {
        try (Snippet guest = Snippet.a64("nop")) {
            assertThatIllegalArgumentException().isThrownBy(() -> guest.run(0));
            assertThatIllegalArgumentException().isThrownBy(() -> guest.run(Engine.MAX_BUDGET + 1));
        }
    }

    @Test
    void aClosedEngineSaysSo() {
        try (Snippet guest = Snippet.a64("nop")) {
            Engine engine = guest.engine();
            engine.close();
            engine.close();
            assertThatIllegalStateException()
                    .isThrownBy(() -> engine.run(1, 0, 0))
                    .withMessageContaining("closed");
            assertThatIllegalStateException().isThrownBy(() -> engine.writeRegisters(RegisterWrites.x0(1)));
            assertThatIllegalStateException().isThrownBy(() -> engine.readRegisters(new long[34]));
            assertThatIllegalStateException().isThrownBy(engine::fullDigest);
            assertThatIllegalStateException().isThrownBy(() -> engine.dropTranslations(0, 4));
        }
    }
}
