package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.CpuModel;
import dev.trapline.abi.engine.Engine;
import dev.trapline.testkit.Assembler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// No CPU of a machine sees a counter run backwards: each read returns at least the highest value that any CPU has
/// read.
class ShownTimeTest {

    @Test
    void whatWasShownBeforeIsTheLeastThatACounterShows() {
        for (UnicornEngines engines : EveryEngine.ALL) {
            try (Snippet guest = Snippet.with(
                    engines,
                    CpuModel.CORTEX_A57,
                    Assembler.a64("mrs x0, cntvct_el0; nop; mrs x1, cntpct_el0; nop; mrs x2, cntvct_el0; hvc #0"))) {
                guest.engine().run(100, 1000, 1003);
                assertThat(guest.x(0)).as("its own time is 1000").isEqualTo(1003);
                assertThat(guest.x(1)).as("its own time is 1002").isEqualTo(1003);
                assertThat(guest.x(2)).as("its own time has passed that").isEqualTo(1004);
                assertThat(guest.engine().shown()).isEqualTo(1004);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        nop; mrs x0, cntpct_el0      | 101 | CNTPCT
        nop; mrs x0, cntvct_el0      | 101 | CNTVCT
        nop; mrs x0, cntp_tval_el0   | 101 | TVAL
        nop; mrs x0, cntv_tval_el0   | 101 | TVAL
        nop; mrs x0, cntp_ctl_el0    | 101 | CTL has ISTATUS
        nop; mrs x0, cntv_ctl_el0    | 101 | CTL has ISTATUS
        nop; mrs x0, pmccntr_el0     | 101 | the cycle counter
        nop; mrs x0, cntv_cval_el0   | 7   | CVAL is what was written
        nop; mrs x0, cntfrq_el0      | 7   | no counter
        nop; mrs x0, cntkctl_el1     | 7   | no counter
        nop; mrs x0, pmcr_el0        | 7   | no counter
        nop; mrs x0, midr_el1        | 7   | no counter
        nop; msr cntv_tval_el0, x0   | 7   | a write starts from the time, and shows nothing
        nop; msr cntv_cval_el0, x0   | 7   | a write
        nop; msr cntv_ctl_el0, x0    | 7   | a write
        nop; msr pmccntr_el0, x0     | 7   | a write
        nop; msr pmcr_el0, x0        | 7   | a write
        nop; nop                     | 7   | nothing is read
        """)
    void onlyReadsOfACounterShowIt(String code, long shown, String why) {
        for (UnicornEngines engines : EveryEngine.ALL) {
            try (Snippet guest = Snippet.with(engines, CpuModel.CORTEX_A57, Assembler.a64(code + "; nop; hvc #0"))) {
                guest.engine().run(100, 100, 7);
                assertThat(guest.engine().shown()).as(why).isEqualTo(shown);
            }
        }
    }

    @Test
    void aReadThatIsRefusedShowsNothing() {
        // CNTKCTL_EL1 is 0.
        try (Snippet guest = Snippet.a64("adr x9, user; msr elr_el1, x9; msr spsr_el1, xzr; eret; user:"
                + "mrs x0, cntvct_el0; mrs x0, cntv_tval_el0; mrs x0, pmccntr_el0")) {
            for (int refused = 0; refused < 3; refused++) {
                guest.engine().run(100, 1000, 7);
                assertThat(guest.engine().shown()).isEqualTo(7);
                guest.engine().writePc(guest.pc() + Integer.BYTES);
            }
        }
    }

    @Test
    void timersAndTheCycleCounterSeeTheSameTimeAsTheCounters() {
        for (UnicornEngines engines : EveryEngine.ALL) {
            try (Snippet guest = Snippet.with(
                    engines,
                    CpuModel.CORTEX_A57,
                    Assembler.a64("mov x0, #10; msr cntv_tval_el0, x0; mrs x1, cntv_cval_el0; mov x2, #1;"
                            + "msr cntv_ctl_el0, x2; mrs x3, cntv_ctl_el0; mrs x4, cntv_tval_el0;"
                            + "mov x2, #0x80000000; msr pmcntenset_el0, x2; mov x2, #1; msr pmcr_el0, x2;"
                            + "mov x2, #5; msr pmccntr_el0, x2; mrs x5, pmccntr_el0; hvc #0;"
                            + "mrs x6, cntv_ctl_el0; mrs x7, cntv_tval_el0; mrs x8, pmccntr_el0; hvc #0"))) {
                guest.engine().run(100, 0, 2000);
                assertThat(guest.x(1))
                        .as("CVAL: a write starts from the highest time that was read")
                        .isEqualTo(2010);
                assertThat(guest.x(3)).as("ISTATUS: the time is not reached").isEqualTo(1);
                assertThat(guest.x(4)).as("TVAL: the time stands still").isEqualTo(10);
                assertThat(guest.x(5)).as("PMCCNTR: it stands still too").isEqualTo(5);
                assertThat(guest.engine().shown()).isEqualTo(2000);
                guest.engine().run(100, 14, 2012);
                assertThat(guest.x(6))
                        .as("ISTATUS: another CPU has seen a later time")
                        .isEqualTo(5);
                assertThat(guest.x(7)).as("TVAL").isEqualTo(0xffff_fffeL);
                assertThat(guest.x(8)).as("PMCCNTR").isEqualTo(17);
            }
        }
    }

    @Test
    void aarch32SeesItToo() {
        byte[] code = Assembler.a32("mrrc p15, #1, r0, r1, c14; nop; mrrc p15, #0, r2, r3, c14;"
                + "mcr p15, #0, r0, c14, c3, #0; mrrc p15, #3, r4, r5, c14; .inst 0xe1400070");
        for (UnicornEngines engines : EveryEngine.ALL) {
            try (Snippet guest = Snippet.aarch32(engines, code)) {
                guest.engine().run(100, 1000, 1001);
                assertThat(guest.x(0)).as("its own time is 1000").isEqualTo(1001);
                assertThat(guest.x(2)).isEqualTo(1002);
                assertThat(guest.x(4)).as("a write starts from 1003").isEqualTo(1003 + 1001);
                assertThat(guest.engine().shown()).as("and shows nothing").isEqualTo(1002);
            }
        }
    }

    @Test
    void whatWasShownIsTheMachinesAndNotInWhatIsSavedOfACpu() {
        try (Snippet first = Snippet.a64("mrs x0, cntvct_el0; mov x0, #0; b . - 8");
                Snippet second = Snippet.a64("mrs x0, cntvct_el0; mov x0, #0; b . - 8")) {
            Engine one = first.engine();
            Engine other = second.engine();
            one.run(3, 1000, 0);
            other.run(3, 1000, 5000);
            assertThat(one.save()).as("the same CPU").isEqualTo(other.save());
            assertThat(one.fullDigest()).isEqualTo(other.fullDigest());
            other.load(one.save());
            other.run(1, 1003, one.shown());
            assertThat(second.x(0)).as("as the one that was saved").isEqualTo(1003);
            assertThat(other.shown()).isEqualTo(1003);
        }
    }
}
