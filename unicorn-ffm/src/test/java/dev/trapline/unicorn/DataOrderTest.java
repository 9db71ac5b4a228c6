package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.engine.CpuTimer;
import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.exit.DataOrder;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.testkit.Assembler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The byte order of data: in a hypercall, set from outside, and its effect on the guest's loads.
class DataOrderTest {

    private static final long WORD = 0x1122_3344L;
    private static final long SWAPPED = 0x4433_2211L;
    private static final long EE = 1L << 25;
    private static final long CPSR_E = 1L << 9;
    private static final String READ_A64 = "mrs x1, sctlr_el1; adr x2, #12; ldr w3, [x2]; hvc #0";

    private static DataOrder orderOf(Snippet guest) {
        return ((HypercallExit) guest.run()).dataOrder();
    }

    /// MRC p15, 0, r1, c1, c0, 0; MRS r4, CPSR; LDR r3, the word after the HVC; HVC #0; that word.
    private static Snippet aarch32() {
        return Snippet.aarch32(
                Snippet.engines(), words(0xee11_1f10, 0xe10f_4000, 0xe59f_3000, 0xe140_0070, (int) WORD, (int) WORD));
    }

    private static byte[] words(int... words) {
        byte[] bytes = new byte[words.length * Integer.BYTES];
        for (int k = 0; k < words.length; k++) {
            System.arraycopy(Assembler.word(words[k]), 0, bytes, k * Integer.BYTES, Integer.BYTES);
        }
        return bytes;
    }

    @Test
    void aCpuStartsLittleEndian() {
        try (Snippet a64 = Snippet.a64("hvc #0");
                Snippet a32 = aarch32()) {
            assertThat(orderOf(a64)).isEqualTo(DataOrder.LITTLE);
            assertThat(orderOf(a32)).isEqualTo(DataOrder.LITTLE);
        }
    }

    @Test
    void aHypercallTellsTheOrderThatTheGuestHasSet() {
        try (Snippet guest = Snippet.a64("mrs x9, sctlr_el1; orr x9, x9, #0x2000000; msr sctlr_el1, x9; isb; hvc #0;"
                + "bic x9, x9, #0x2000000; msr sctlr_el1, x9; isb; hvc #0")) {
            assertThat(orderOf(guest)).as("EE is set").isEqualTo(DataOrder.BIG);
            assertThat(orderOf(guest)).as("and cleared again").isEqualTo(DataOrder.LITTLE);
        }
    }

    @Test
    void onAarch32BothBitsAreTold() {
        // SETEND BE; HVC; MRC, ORR #EE, MCR of SCTLR; HVC; SETEND LE; HVC.
        try (Snippet guest = Snippet.aarch32(
                Snippet.engines(),
                words(
                        0xf101_0200,
                        0xe140_0070,
                        0xee11_1f10,
                        0xe381_1402,
                        0xee01_1f10,
                        0xe140_0070,
                        0xf101_0000,
                        0xe140_0070))) {
            assertThat(orderOf(guest)).as("CPSR.E alone").isEqualTo(DataOrder.BIG_NOW);
            assertThat(orderOf(guest)).as("and SCTLR.EE").isEqualTo(DataOrder.BIG);
            assertThat(orderOf(guest)).as("SCTLR.EE alone").isEqualTo(DataOrder.BIG_ON_EXCEPTION);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataOrder.class,
            names = {"LITTLE", "BIG"})
    void aGuestReadsDataInTheOrderThatWasSet(DataOrder order) {
        try (Snippet guest = Snippet.a64(READ_A64)) {
            guest.write(Snippet.BASE + 16, words((int) WORD));
            guest.engine().writeDataOrder(order);
            assertThat(orderOf(guest)).isEqualTo(order);
            assertThat(guest.x(1) & EE).as("SCTLR_EL1.EE").isEqualTo(order == DataOrder.BIG ? EE : 0);
            assertThat(guest.x(3)).as("its data").isEqualTo(order == DataOrder.BIG ? SWAPPED : WORD);
        }
    }

    @ParameterizedTest
    @EnumSource(DataOrder.class)
    void anAarch32GuestHasBothBitsAsTheyWereSet(DataOrder order) {
        try (Snippet guest = aarch32()) {
            guest.engine().writeDataOrder(order);
            assertThat(orderOf(guest)).isEqualTo(order);
            assertThat(guest.x(1) & EE).as("SCTLR.EE").isEqualTo(order.isBigOnException() ? EE : 0);
            assertThat(guest.registers()[GeneralRegisters.PSTATE] & CPSR_E)
                    .as("CPSR.E")
                    .isEqualTo(order.isBigNow() ? CPSR_E : 0);
            assertThat(guest.x(3)).as("its data").isEqualTo(order.isBigNow() ? SWAPPED : WORD);
        }
    }

    @Test
    void theOrderIsPartOfWhatIsSaved() {
        try (Snippet guest = Snippet.a64(READ_A64)) {
            guest.write(Snippet.BASE + 16, words((int) WORD));
            guest.engine().writeDataOrder(DataOrder.BIG);
            int copy = guest.open();
            guest.engine(copy).load(guest.engine().save());
            HypercallExit exit = (HypercallExit) guest.engine(copy).run(10, 0, 0);
            assertThat(exit.dataOrder()).isEqualTo(DataOrder.BIG);
            assertThat(guest.registers(copy)[3]).isEqualTo(SWAPPED);
        }
    }

    @Test
    void timersGoOverToAnotherEngineButForCntkctl() {
        String read = "mrs x1, cntv_ctl_el0; mrs x2, cntv_cval_el0; mrs x3, cntp_ctl_el0; mrs x4, cntp_cval_el0;"
                + "mrs x5, cntkctl_el1; hvc #0";
        try (Snippet guest = Snippet.a64("mov x9, #1; mov x10, #3; mov x11, #0x7000; msr cntv_cval_el0, x11;"
                        + "msr cntv_ctl_el0, x9; msr cntp_cval_el0, x9; msr cntp_ctl_el0, x10; msr cntkctl_el1, x10;"
                        + "hvc #0");
                Snippet other = Snippet.a64(read)) {
            guest.run();
            long[] timers = new long[Engine.TIMER_WORDS];
            guest.engine().readTimers(timers);
            other.engine().writeTimers(timers);
            other.run();
            assertThat(other.engine().deadline(CpuTimer.VIRTUAL))
                    .as("it still asserts its interrupt")
                    .isEqualTo(0x7000);
            assertThat(other.x(1)).as("CNTV_CTL: ENABLE, condition not met yet").isEqualTo(1);
            assertThat(other.x(2)).as("CNTV_CVAL").isEqualTo(0x7000);
            assertThat(other.x(3)).as("CNTP_CTL: ENABLE, IMASK, ISTATUS").isEqualTo(7);
            assertThat(other.x(4)).as("CNTP_CVAL").isEqualTo(1);
            assertThat(other.x(5)).as("CNTKCTL_EL1 belongs to the CPU").isZero();
        }
    }
}
