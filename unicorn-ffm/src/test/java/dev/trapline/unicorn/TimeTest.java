package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.engine.CpuTimer;
import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.testkit.Assembler;
import org.junit.jupiter.api.Test;

class TimeTest {

    private static final String TO_EL0 =
            "adr x9, user; msr elr_el1, x9; mov x9, #0x3c0; msr spsr_el1, x9; eret; user: ";

    @Test
    void countersReadVirtualTimeAndOneMoreWithEachInstruction() {
        try (Snippet guest =
                Snippet.a64("mrs x0, cntvct_el0; mrs x1, cntpct_el0; mrs x2, cntvct_el0; mrs x3, cntfrq_el0; hvc #0")) {
            guest.engine().run(100, 1000, 0);
            assertThat(guest.x(0)).isEqualTo(1000);
            assertThat(guest.x(1)).isEqualTo(1001);
            assertThat(guest.x(2)).isEqualTo(1002);
            assertThat(guest.x(3)).isEqualTo(MachineSpec.TICKS_PER_SECOND);
            assertThat(guest.engine().shown()).as("CNTFRQ is not a counter").isEqualTo(1002);
        }
    }

    @Test
    void instructionsAreCountedAnewInEachSlice() {
        try (Snippet guest = Snippet.a64("loop: mrs x0, cntvct_el0; b loop")) {
            guest.engine().run(20, 0, 0);
            assertThat(guest.x(0)).as("18 instructions are done").isEqualTo(18);
            guest.engine().run(2, 500, 18);
            assertThat(guest.x(0)).isEqualTo(500);
            assertThat(guest.engine().shown()).isEqualTo(500);
        }
    }

    @Test
    void aCounterReadIntoTheZeroRegisterChangesNothing() {
        try (Snippet guest = Snippet.a64(".inst 0xd53be05f; hvc #0")) {
            guest.engine().run(10, 77, 0);
            assertThat(guest.x(0)).isZero();
            assertThat(guest.engine().shown()).as("it is read nevertheless").isEqualTo(77);
        }
    }

    @Test
    void timersKeepWhatIsWrittenAndFireInVirtualTime() {
        try (Snippet guest = Snippet.a64("mov x0, #1010; msr cntv_cval_el0, x0; mov x1, #3; msr cntv_ctl_el0, x1;"
                + "mrs x2, cntv_cval_el0; mrs x3, cntv_ctl_el0; mrs x4, cntv_tval_el0; hvc #0; mrs x5, cntv_ctl_el0;"
                + "mrs x6, cntv_tval_el0; hvc #1")) {
            guest.engine().run(100, 1000, 0);
            assertThat(guest.x(2)).as("CVAL").isEqualTo(1010);
            assertThat(guest.x(3)).as("CTL before its time: ENABLE and IMASK").isEqualTo(3);
            assertThat(guest.x(4))
                    .as("TVAL: the remaining time, six instructions later")
                    .isEqualTo(4);
            guest.engine().run(100, 1010, 0);
            assertThat(guest.x(5)).as("CTL at its time: ISTATUS too").isEqualTo(7);
            assertThat(guest.x(6)).as("TVAL past its time, 32 bits").isEqualTo(0xffff_ffffL);
        }
    }

    @Test
    void aTimerValueCountsFromNow() {
        try (Snippet guest = Snippet.a64("mov x0, #50; msr cntp_tval_el0, x0; mrs x1, cntp_cval_el0; hvc #0")) {
            guest.engine().run(100, 1000, 0);
            assertThat(guest.x(1)).as("one instruction is done, 50 ticks").isEqualTo(1051);
        }
    }

    @Test
    void theDeadlineOfATimerIsItsCompareValueIfItIsEnabledAndNotMasked() {
        try (Snippet guest = Snippet.a64("mov x0, #5000; msr cntv_cval_el0, x0; mov x0, #4000; msr cntp_cval_el0, x0;"
                + "hvc #0; mov x1, #1; msr cntv_ctl_el0, x1; hvc #1; msr cntp_ctl_el0, x1; hvc #2; mov x1, #3;"
                + "msr cntp_ctl_el0, x1; hvc #3; mov x0, #-1; msr cntv_cval_el0, x0; hvc #4")) {
            deadlines(guest, "none is enabled", Engine.NO_DEADLINE, Engine.NO_DEADLINE);
            deadlines(guest, "the virtual one is enabled", Engine.NO_DEADLINE, 5000);
            deadlines(guest, "both are", 4000, 5000);
            deadlines(guest, "the physical one is masked", Engine.NO_DEADLINE, 5000);
            deadlines(guest, "the virtual one is thousands of years away", Engine.NO_DEADLINE, Engine.NO_DEADLINE);
        }
    }

    /// Runs up to the next call.
    private static void deadlines(Snippet guest, String when, long physical, long virtual) {
        guest.engine().run(100, 0, 0);
        assertThat(guest.engine().deadline(CpuTimer.PHYSICAL))
                .as("CNTP, %s", when)
                .isEqualTo(physical);
        assertThat(guest.engine().deadline(CpuTimer.VIRTUAL))
                .as("CNTV, %s", when)
                .isEqualTo(virtual);
    }

    @Test
    void anAarch32TimerHasADeadlineToo() {
        // MCR p15, 0, r0, c14, c3, 0: CNTV_TVAL; MCR p15, 0, r1, c14, c3, 1: CNTV_CTL
        String source = "mov r0, #64; mov r1, #1; .long 0xee0e0f13; .long 0xee0e1f33; .long 0xe1400070";
        try (Snippet guest = Snippet.aarch32(Snippet.engines(), Assembler.a32(source))) {
            guest.engine().run(100, 1000, 0);
            assertThat(guest.engine().deadline(CpuTimer.VIRTUAL))
                    .as("64 ticks, after two instructions")
                    .isEqualTo(1066);
        }
    }

    @Test
    void theCycleCounterCountsVirtualTimeWhileEnabled() {
        try (Snippet guest = Snippet.a64("mrs x0, pmccntr_el0; mov x1, #0x80000000; msr pmcntenset_el0, x1; mov x1, #1;"
                + "msr pmcr_el0, x1; hvc #0; mrs x2, pmccntr_el0; mrs x3, pmcr_el0; msr pmcr_el0, xzr; hvc #1;"
                + "mrs x4, pmccntr_el0; hvc #2")) {
            guest.engine().run(100, 1000, 0);
            assertThat(guest.x(0)).as("disabled").isZero();
            guest.engine().run(100, 2000, 0);
            assertThat(guest.x(2))
                    .as("since PMCR_EL0.E was set, by the fifth instruction")
                    .isEqualTo(996);
            assertThat(guest.x(3) & 1).as("E reads back").isEqualTo(1);
            guest.engine().run(100, 3000, 0);
            assertThat(guest.x(4))
                    .as("unchanged since it was disabled, two instructions later")
                    .isEqualTo(998);
        }
    }

    @Test
    void countersAreClosedToEl0UntilTheKernelOpensThem() {
        try (Snippet guest = Snippet.a64(TO_EL0 + "mrs x0, cntvct_el0; svc #0")) {
            assertThat(((GuestFault) guest.run()).kind()).isEqualTo(GuestFault.Kind.UNDEFINED_INSTRUCTION);
        }
        try (Snippet guest = Snippet.a64("mov x1, #2; msr cntkctl_el1, x1; mrs x2, cntkctl_el1;" + TO_EL0
                + "mrs x0, cntvct_el0; mrs x3, cntfrq_el0; svc #0")) {
            assertThat(((GuestFault) guest.engine().run(100, 500, 0)).kind())
                    .isEqualTo(GuestFault.Kind.SUPERVISOR_CALL);
            assertThat(guest.x(0)).as("the ninth instruction").isEqualTo(508);
            assertThat(guest.x(2)).isEqualTo(2);
            assertThat(guest.x(3)).isEqualTo(MachineSpec.TICKS_PER_SECOND);
        }
    }

    @Test
    void theCycleCounterIsClosedToEl0UntilTheKernelOpensIt() {
        try (Snippet guest = Snippet.a64(TO_EL0 + "mrs x0, pmccntr_el0; svc #0")) {
            assertThat(((GuestFault) guest.run()).kind()).isEqualTo(GuestFault.Kind.UNDEFINED_INSTRUCTION);
        }
        try (Snippet guest =
                Snippet.a64("mov x1, #4; msr pmuserenr_el0, x1;" + TO_EL0 + "mrs x0, pmccntr_el0; svc #0")) {
            assertThat(((GuestFault) guest.run()).kind()).isEqualTo(GuestFault.Kind.SUPERVISOR_CALL);
        }
    }

    /// CNTPCT, CNTVCT, both timers by TVAL and CVAL, CNTKCTL, CNTFRQ, PMCCNTR: in A32 and T32 the same coprocessor
    /// words.
    private static final int[] TIMES = {
        0xec53_2f0e, // mrrc p15, 0, r2, r3, c14: CNTPCT
        0xec55_4f1e, // mrrc p15, 1, r4, r5, c14: CNTVCT
        0xee0e_1f12, // mcr p15, 0, r1, c14, c2, 0: CNTP_TVAL
        0xec57_6f2e, // mrrc p15, 2, r6, r7, c14: CNTP_CVAL
        0xee0e_1f13, // mcr p15, 0, r1, c14, c3, 0: CNTV_TVAL
        0xee1e_8f13, // mrc p15, 0, r8, c14, c3, 0: CNTV_TVAL
        0xec5a_9f3e, // mrrc p15, 3, r9, r10, c14: CNTV_CVAL
        0xee1e_bf10, // mrc p15, 0, r11, c14, c0, 0: CNTFRQ
        0xee19_cf1d, // mrc p15, 0, r12, c9, c13, 0: PMCCNTR, disabled
    };

    @Test
    void aarch32ReadsEveryClockFromVirtualTimeWithinItsSlice() {
        for (boolean thumb : new boolean[] {false, true}) {
            long now = 0x1_0000_0005L;
            try (Snippet guest = Snippet.aarch32(Snippet.engines(), times(thumb))) {
                guest.engine().writePc(Snippet.BASE + (thumb ? 1 : 0));
                guest.engine().writeRegisters(RegisterWrites.NONE.and(1, 50));
                HypercallExitTest.hypercall(guest.engine().run(100, now, 0));
                assertThat(guest.x(3) << 32 | guest.x(2)).as("CNTPCT").isEqualTo(now);
                assertThat(guest.x(5) << 32 | guest.x(4)).as("CNTVCT").isEqualTo(now + 1);
                assertThat(guest.x(7) << 32 | guest.x(6))
                        .as("CNTP_CVAL after a write of TVAL")
                        .isEqualTo(now + 2 + 50);
                assertThat(guest.x(8))
                        .as("CNTV_TVAL, right after it was written")
                        .isEqualTo(49);
                assertThat(guest.x(10) << 32 | guest.x(9)).as("CNTV_CVAL").isEqualTo(now + 4 + 50);
                assertThat(guest.x(11)).isEqualTo(MachineSpec.TICKS_PER_SECOND);
                assertThat(guest.x(12)).as("PMCCNTR").isZero();
                assertThat(guest.engine().shown())
                        .as("PMCCNTR, the ninth instruction")
                        .isEqualTo(now + 8);
            }
        }
    }

    private static byte[] times(boolean thumb) {
        if (!thumb) {
            StringBuilder source = new StringBuilder();
            for (int word : TIMES) {
                source.append(".long 0x").append(Integer.toHexString(word)).append(';');
            }
            return Assembler.a32(source + ".long 0xe1400070");
        }
        int[] halfwords = new int[2 * TIMES.length + 2];
        for (int k = 0; k < TIMES.length; k++) {
            halfwords[2 * k] = TIMES[k] >>> 16;
            halfwords[2 * k + 1] = TIMES[k] & 0xffff;
        }
        halfwords[2 * TIMES.length] = 0xf7e0;
        halfwords[2 * TIMES.length + 1] = 0x8000;
        return FailedConditionTest.halfwords(halfwords);
    }

    @Test
    void anAnsweredAccessCountsAsOneInstructionOfItsBudget() {
        for (boolean thumb : new boolean[] {false, true}) {
            for (int budget = 1; budget <= TIMES.length; budget++) {
                try (Snippet guest = Snippet.aarch32(Snippet.engines(), times(thumb))) {
                    guest.engine().writePc(Snippet.BASE + (thumb ? 1 : 0));
                    for (int pass = 0; pass < 2; pass++) {
                        assertThat(guest.run(budget)).isEqualTo(Exit.BudgetUsed.INSTANCE);
                        assertThat(guest.pcOffset()).isEqualTo(4L * budget);
                        guest.engine().writePc(Snippet.BASE + (thumb ? 1 : 0));
                    }
                }
            }
        }
    }

    @Test
    void aConditionalAccessIsMadeOnlyIfItsConditionHolds() {
        // movs r0, #0; mrrceq p15, 1, r2, r3, c14; mrrcne p15, 1, r4, r5, c14; hvc #0
        try (Snippet guest = Snippet.aarch32(
                Snippet.engines(),
                Assembler.a32("movs r0, #0; .long 0x0c532f1e; .long 0x1c554f1e; .long 0xe1400070"))) {
            HypercallExitTest.hypercall(guest.engine().run(100, 77, 0));
            assertThat(guest.x(2)).as("the second instruction").isEqualTo(78);
            assertThat(guest.x(4)).isZero();
            assertThat(guest.engine().shown()).as("the third is not executed").isEqualTo(78);
        }
    }

    @Test
    void anAccessInAnItBlockIsAFaultAtTheItInstruction() {
        // movs r0, #0; it ne; mrrcne p15, 1, r2, r3, c14
        try (Snippet guest =
                Snippet.aarch32(Snippet.engines(), FailedConditionTest.halfwords(0x2000, 0xbf18, 0xec53, 0x2f1e))) {
            guest.engine().writePc(Snippet.BASE + 1);
            assertThat(((GuestFault) guest.run()).kind()).isEqualTo(GuestFault.Kind.TIME_IN_IT_BLOCK);
            assertThat(guest.pcOffset()).isEqualTo(2);
        }
    }

    @Test
    void aarch32CountersAreClosedToPl0UntilTheKernelOpensThem() {
        // mrrc p15, 1, r2, r3, c14 in user mode; CNTKCTL.PL0VCTEN is bit 1.
        String user = "; .long 0xf1020010; .long 0xec532f1e; svc #0";
        try (Snippet guest = Snippet.aarch32(Snippet.engines(), Assembler.a32("nop" + user))) {
            assertThat(((GuestFault) guest.run()).kind()).isEqualTo(GuestFault.Kind.UNDEFINED_INSTRUCTION);
        }
        try (Snippet guest = Snippet.aarch32(
                Snippet.engines(), Assembler.a32("mov r1, #2; .long 0xee0e1f11; .long 0xee1e4f11" + user))) {
            assertThat(((GuestFault) guest.engine().run(100, 500, 0)).kind())
                    .isEqualTo(GuestFault.Kind.SUPERVISOR_CALL);
            assertThat(guest.x(2)).as("the fifth instruction").isEqualTo(504);
            assertThat(guest.x(4)).as("CNTKCTL reads back").isEqualTo(2);
        }
    }

    @Test
    void aarch32DebugRegistersAreUndefined() {
        // MCR p14, 0, r0, c0, c0, 5: DBGBCR0
        try (Snippet guest = Snippet.aarch32(Snippet.engines(), Assembler.a32(".long 0xee000eb0; nop"))) {
            assertThat(((GuestFault) guest.run()).kind()).isEqualTo(GuestFault.Kind.UNDEFINED_INSTRUCTION);
            assertThat(guest.pcOffset()).isZero();
        }
    }

    @Test
    void aarch32WaitForInterruptEndsTheSlice() {
        try (Snippet guest = Snippet.aarch32(Snippet.engines(), Assembler.a32("nop; .long 0xe320f003; nop"))) {
            assertThat(guest.run()).isEqualTo(Exit.WaitForInterrupt.INSTANCE);
            assertThat(guest.pcOffset()).isEqualTo(8);
        }
    }

    @Test
    void thumbCallsAndWaitsAreSeen() {
        byte[] code = new byte[] {
            0x01,
            0x46, // mov r1, r0
            (byte) 0xe1,
            (byte) 0xf7,
            0x34,
            (byte) 0x82, // hvc #0x1234
            0x30,
            (byte) 0xbf, // wfi
            (byte) 0xf6,
            (byte) 0xf7,
            0x00,
            (byte) 0x80, // smc #6
        };
        try (Snippet guest = Snippet.aarch32(Snippet.engines(), code)) {
            guest.engine().writePc(Snippet.BASE + 1);
            var hvc = HypercallExitTest.hypercall(guest.run());
            assertThat(hvc.state()).isEqualTo(ExecutionState.T32);
            assertThat(hvc.immediate()).isEqualTo(0x1234);
            assertThat(hvc.nextPc()).isEqualTo(Snippet.BASE + 6);
            assertThat(guest.run()).isEqualTo(Exit.WaitForInterrupt.INSTANCE);
            assertThat(guest.pcOffset()).isEqualTo(8);
            assertThat(HypercallExitTest.hypercall(guest.run()).immediate()).isEqualTo(6);
        }
    }
}
