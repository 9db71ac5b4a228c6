package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.machine.MachineSpec;
import org.junit.jupiter.api.Test;

class TimeTest {

    private static final String TO_EL0 =
            "adr x9, user; msr elr_el1, x9; mov x9, #0x3c0; msr spsr_el1, x9; eret; user: ";

    @Test
    void countersReadVirtualTimeAndOneMoreWithEachRead() {
        try (Snippet guest =
                Snippet.a64("mrs x0, cntvct_el0; mrs x1, cntpct_el0; mrs x2, cntvct_el0; mrs x3, cntfrq_el0; hvc #0")) {
            guest.engine().run(100, 1000);
            assertThat(guest.x(0)).isEqualTo(1000);
            assertThat(guest.x(1)).isEqualTo(1001);
            assertThat(guest.x(2)).isEqualTo(1002);
            assertThat(guest.x(3)).isEqualTo(MachineSpec.TICKS_PER_SECOND);
            assertThat(guest.engine().counterReads()).as("CNTFRQ is no counter").isEqualTo(3);
        }
    }

    @Test
    void counterReadsAreCountedAnewInEachSlice() {
        try (Snippet guest = Snippet.a64("loop: mrs x0, cntvct_el0; b loop")) {
            guest.engine().run(20, 0);
            assertThat(guest.engine().counterReads()).isEqualTo(10);
            guest.engine().run(2, 500);
            assertThat(guest.engine().counterReads()).isEqualTo(1);
            assertThat(guest.x(0)).isEqualTo(500);
        }
    }

    @Test
    void aCounterReadIntoTheZeroRegisterChangesNothing() {
        try (Snippet guest = Snippet.a64(".inst 0xd53be05f; hvc #0")) {
            guest.engine().run(10, 77);
            assertThat(guest.x(0)).isZero();
            assertThat(guest.engine().counterReads()).isEqualTo(1);
        }
    }

    @Test
    void timersKeepWhatIsWrittenAndFireInVirtualTime() {
        try (Snippet guest = Snippet.a64("mov x0, #1010; msr cntv_cval_el0, x0; mov x1, #3; msr cntv_ctl_el0, x1;"
                + "mrs x2, cntv_cval_el0; mrs x3, cntv_ctl_el0; mrs x4, cntv_tval_el0; hvc #0; mrs x5, cntv_ctl_el0;"
                + "mrs x6, cntv_tval_el0; hvc #1")) {
            guest.engine().run(100, 1000);
            assertThat(guest.x(2)).as("CVAL").isEqualTo(1010);
            assertThat(guest.x(3)).as("CTL before its time: ENABLE and IMASK").isEqualTo(3);
            assertThat(guest.x(4)).as("TVAL: what is left").isEqualTo(9);
            guest.engine().run(100, 1010);
            assertThat(guest.x(5)).as("CTL at its time: ISTATUS too").isEqualTo(7);
            assertThat(guest.x(6)).as("TVAL past its time, 32 bits").isEqualTo(0xffff_ffffL);
        }
    }

    @Test
    void aTimerValueCountsFromNow() {
        try (Snippet guest = Snippet.a64("mov x0, #50; msr cntp_tval_el0, x0; mrs x1, cntp_cval_el0; hvc #0")) {
            guest.engine().run(100, 1000);
            assertThat(guest.x(1)).isEqualTo(1050);
        }
    }

    @Test
    void theCycleCounterCountsVirtualTimeWhileEnabled() {
        try (Snippet guest = Snippet.a64("mrs x0, pmccntr_el0; mov x1, #0x80000000; msr pmcntenset_el0, x1; mov x1, #1;"
                + "msr pmcr_el0, x1; hvc #0; mrs x2, pmccntr_el0; mrs x3, pmcr_el0; msr pmcr_el0, xzr; hvc #1;"
                + "mrs x4, pmccntr_el0; hvc #2")) {
            guest.engine().run(100, 1000);
            assertThat(guest.x(0)).as("disabled").isZero();
            guest.engine().run(100, 2000);
            assertThat(guest.x(2))
                    .as("since PMCR_EL0.E was set, one counter read later")
                    .isEqualTo(999);
            assertThat(guest.x(3) & 1).as("E reads back").isEqualTo(1);
            guest.engine().run(100, 3000);
            assertThat(guest.x(4))
                    .as("held since it was disabled, one counter read later")
                    .isEqualTo(1000);
        }
    }

    @Test
    void countersAreClosedToEl0UntilTheKernelOpensThem() {
        try (Snippet guest = Snippet.a64(TO_EL0 + "mrs x0, cntvct_el0; svc #0")) {
            assertThat(((GuestFault) guest.run()).kind()).isEqualTo(GuestFault.Kind.UNDEFINED_INSTRUCTION);
        }
        try (Snippet guest = Snippet.a64("mov x1, #2; msr cntkctl_el1, x1; mrs x2, cntkctl_el1;" + TO_EL0
                + "mrs x0, cntvct_el0; mrs x3, cntfrq_el0; svc #0")) {
            assertThat(((GuestFault) guest.engine().run(100, 500)).kind()).isEqualTo(GuestFault.Kind.SUPERVISOR_CALL);
            assertThat(guest.x(0)).isEqualTo(500);
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

    @Test
    void aarch32ReadsThePhysicalCounterAndTheCycleCounterFromVirtualTimeAndItsSliceEndsThere() {
        byte[] code = A64.assembleA32("mrrc p15, #0, r2, r3, c14; mov r4, #50; mcr p15, #0, r4, c14, c2, #0;"
                + "mrrc p15, #2, r6, r7, c14; mrc p15, #0, r8, c9, c13, #0; .long 0xe1400070");
        try (Snippet guest = Snippet.aarch32(Snippet.engines(), code)) {
            long now = 0x1_0000_0005L;
            assertThat(guest.engine().run(100, now)).isEqualTo(Exit.BudgetUsed.INSTANCE);
            assertThat(guest.x(2)).isEqualTo(5);
            assertThat(guest.x(3)).isEqualTo(1);
            assertThat(guest.engine().counterReads()).isEqualTo(1);
            assertThat(guest.pcOffset()).isEqualTo(4);
            guest.engine().run(100, now);
            guest.engine().run(100, now);
            assertThat(guest.x(6)).as("CVAL after a write of TVAL").isEqualTo(55);
            guest.engine().run(100, now);
            assertThat(guest.x(8)).as("PMCCNTR, disabled").isZero();
            HypercallExitTest.hypercall(guest.engine().run(100, now));
        }
    }

    @Test
    void aarch32DebugRegistersAreUndefined() {
        // MCR p14, 0, r0, c0, c0, 5: DBGBCR0
        try (Snippet guest = Snippet.aarch32(Snippet.engines(), A64.assembleA32(".long 0xee000eb0; nop"))) {
            assertThat(((GuestFault) guest.run()).kind()).isEqualTo(GuestFault.Kind.UNDEFINED_INSTRUCTION);
            assertThat(guest.pcOffset()).isZero();
        }
    }

    @Test
    void aarch32WaitForInterruptEndsTheSlice() {
        try (Snippet guest = Snippet.aarch32(Snippet.engines(), A64.assembleA32("nop; .long 0xe320f003; nop"))) {
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
