package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.state.StateReader;
import dev.trapline.testkit.Assembler;
import dev.trapline.unicorn.WiredCpuTest.Guest;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// AArch32 programs at EL0 of a wired AArch64 CPU (DDI0487 §D1.20, ESR_EL1, SPSR_EL1).
class Aarch32UserTest {

    private static final long VECTORS = Snippet.BASE + 0x8000;
    private static final int USER = (int) Snippet.BASE + 0x3000;
    private static final long GAP = 0x0f00_0000L;
    private static final int NO_FAR = -1;

    /// Vectors of the lower exception level using AArch32: synchronous, IRQ, FIQ.
    private static final int SYNCHRONOUS = 12;

    private static final int IRQ = 13;
    private static final int FIQ = 14;

    /// At EL1: returns to the user's program with SPSR_EL1 from x9, and r13 and r14 from x13 and x14.
    private static String entering(long spsr, String before) {
        return before + "mov x9, #" + spsr + "; msr spsr_el1, x9; movz x9, #0x3000; movk x9, #0x4000, lsl #16;"
                + "msr elr_el1, x9; mov x13, #0xd0; mov x14, #0xe0; mov x15, #0xf0; mov x30, #0x1e0; eret";
    }

    private static Guest running(EngineFactory engines, ExecutionState state, String program, String before) {
        long spsr = 0x10 | (state == ExecutionState.T32 ? 0x20 : 0);
        Guest guest = Guest.running(engines, entering(spsr, before));
        guest.snippet().write(USER, Assembler.assemble(state, program, USER));
        return guest;
    }

    record Fault(ExecutionState state, String program, long syndrome, long address, long offset, long saved) {
        static Fault a32(String program, long syndrome, long address, long offset) {
            return new Fault(ExecutionState.A32, program, syndrome, address, offset, 0x10);
        }

        static Fault t32(String program, long syndrome, long address, long offset) {
            return new Fault(ExecutionState.T32, program, syndrome, address, offset, 0x30);
        }

        Fault saved(long spsr) {
            return new Fault(state, program, syndrome, address, offset, spsr);
        }
    }

    private static final String AT_GAP = "mov r0, #0x0f000000;";

    private static final List<Fault> FAULTS = List.of(
            Fault.a32("nop; svc #0x12", 0x4600_0012L, NO_FAR, 8),
            Fault.t32("nop; svc #0x12", 0x4400_0012L, NO_FAR, 4),
            Fault.a32("nop; .inst 0xe7f000f0", 0x0200_0000L, NO_FAR, 4),
            Fault.t32("nop; udf #3", 0x0200_0000L, NO_FAR, 2),
            Fault.t32("movs r0, #0; cmp r0, #0; itt eq; addeq r1, r1, #1; .short 0xde01", 0x0200_0000L, NO_FAR, 8)
                    .saved(0x6000_0830L),
            Fault.a32("bkpt #5", 0xe200_0005L, NO_FAR, 0),
            Fault.t32("bkpt #5", 0xe000_0005L, NO_FAR, 0),
            Fault.a32("mcr p15, 0, r0, c1, c0, 0", 0x0200_0000L, NO_FAR, 0),
            Fault.a32("mrrc p15, 1, r2, r3, c14", 0x13e1_0c5dL, NO_FAR, 0),
            Fault.a32(AT_GAP + "ldr r1, [r0, #4]", 0x9200_0010L, GAP + 4, 4),
            Fault.a32(AT_GAP + "str r1, [r0], #4", 0x9200_0050L, GAP, 4),
            Fault.t32("mov.w r0, #0x0f000000; ldr r1, [r0, #8]", 0x9200_0010L, GAP + 8, 4),
            Fault.a32(AT_GAP + "bx r0", 0x8200_0010L, GAP, GAP - USER));

    private static Stream<Arguments> faultsOnEveryEngine() {
        return EveryEngine.ALL.stream().flatMap(engines -> FAULTS.stream().map(fault -> Arguments.of(engines, fault)));
    }

    @ParameterizedTest
    @MethodSource("faultsOnEveryEngine")
    void anExceptionOfA32BitProgramIsTakenToTheVectorsOfAarch32(UnicornEngines engines, Fault fault) {
        try (Guest guest = running(engines, fault.state, fault.program, "")) {
            assertThat(guest.vector()).isEqualTo(SYNCHRONOUS);
            long[] seen = guest.look();
            assertThat(seen[20]).as("ESR_EL1").isEqualTo(fault.syndrome);
            assertThat(seen[21]).as("ELR_EL1").isEqualTo(USER + fault.offset);
            if (fault.address != NO_FAR) {
                assertThat(seen[22]).as("FAR_EL1").isEqualTo(fault.address);
            }
            assertThat(saved(guest)).as("SPSR_EL1").isEqualTo(fault.saved);
        }
    }

    private static long saved(Guest guest) {
        long at = VECTORS - 0x800;
        guest.snippet().write(at, Assembler.a64("mrs x23, spsr_el1; hvc #98"));
        guest.snippet().engine().writePc(at);
        HypercallExitTest.hypercall(guest.snippet().run());
        return guest.snippet().x(23);
    }

    private static Stream<UnicornEngines> engines() {
        return EveryEngine.ALL.stream();
    }

    @ParameterizedTest
    @MethodSource("engines")
    void theRegistersOfBothStatesAreTheSame(UnicornEngines engines) {
        String before = "mov x0, #0x100; movn x1, #1; mov x12, #0x10c; mov x5, #5; msr sp_el0, x5; mov sp, x12;";
        try (Guest guest =
                running(engines, ExecutionState.A32, "add r2, r0, #1; mov r3, r13; mov lr, #7; svc #0", before)) {
            assertThat(guest.vector()).isEqualTo(SYNCHRONOUS);
            assertThat(guest.snippet().x(0)).isEqualTo(0x100);
            assertThat(guest.snippet().x(1)).as("the low half of x1").isEqualTo(0xffff_fffeL);
            assertThat(guest.snippet().x(2)).isEqualTo(0x101);
            assertThat(guest.snippet().x(3)).as("r13 is x13").isEqualTo(0xd0);
            assertThat(guest.snippet().x(14)).as("LR of user mode").isEqualTo(7);
            assertThat(guest.snippet().x(15)).isEqualTo(0xf0);
            assertThat(guest.snippet().x(30)).isEqualTo(0x1e0);
            assertThat(guest.snippet().registers()[GeneralRegisters.SP])
                    .as("SP_EL1")
                    .isEqualTo(0x10c);
            assertThat(guest.snippet().registers()[GeneralRegisters.PSTATE] & 0x3ff)
                    .isEqualTo(0x3c5);
        }
    }

    /// As at the first instruction of a program that the kernel has not yet read from its file.
    @ParameterizedTest
    @MethodSource("engines")
    void aFetchThatFailsAtTheReturnIsAnAbortOfTheProgram(UnicornEngines engines) {
        String program = "mov x9, #0x10; msr spsr_el1, x9; mov x9, #0x0f000000; msr elr_el1, x9; eret";
        try (Guest guest = Guest.running(engines, program)) {
            assertThat(guest.vector()).isEqualTo(SYNCHRONOUS);
            long[] seen = guest.look();
            assertThat(seen[20]).as("ESR_EL1").isEqualTo(0x8200_0010L);
            assertThat(seen[21]).as("ELR_EL1").isEqualTo(GAP);
            assertThat(seen[22]).as("FAR_EL1").isEqualTo(GAP);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void aHandlerReturnsToTheProgram(UnicornEngines engines) {
        String program = "mov r1, #0; again: svc #1; add r1, r1, #1; cmp r1, #5; bne again; svc #2";
        try (Guest guest = running(engines, ExecutionState.A32, program, "")) {
            guest.snippet()
                    .write(
                            VECTORS + 0x600,
                            Assembler.a64(
                                    "mrs x20, esr_el1; and x20, x20, #0xffff; cmp x20, #2; b.eq done; add x21, x21,"
                                            + " #1; eret;done: hvc #61"));
            assertThat(guest.vector()).isEqualTo(61);
            assertThat(guest.snippet().x(1)).isEqualTo(5);
            assertThat(guest.snippet().x(21)).as("calls").isEqualTo(5);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void interruptsAreTakenAndAccessesToDevicesAreDoneOnce(UnicornEngines engines) {
        for (boolean fast : new boolean[] {false, true}) {
            String program = "mov r0, #0x9000000; mov r2, #" + (fast ? 2 : 1)
                    + "; str r2, [r0], #4; add r1, r1, #1; wait: b wait";
            try (Guest guest = running(engines, ExecutionState.A32, program, "mov x1, #0;")) {
                assertThat(guest.vector()).isEqualTo(fast ? FIQ : IRQ);
                assertThat(guest.look()[21]).as("ELR_EL1").isEqualTo(USER + 12);
                assertThat(guest.snippet().x(0)).isEqualTo(Snippet.DEVICE + 4);
                assertThat(guest.snippet().x(1)).isZero();
                assertThat(guest.controller().accesses).isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void aTimerInterruptsTheProgramAtItsDeadline(UnicornEngines engines) {
        String before = "mov x0, #500; msr cntv_cval_el0, x0; mov x0, #1; msr cntv_ctl_el0, x0; mov x1, #0;";
        try (Guest guest = running(engines, ExecutionState.T32, "loop: adds r1, r1, #1; b loop", before)) {
            Engine engine = guest.snippet().engine();
            assertThat(engine.run(499, 0, 0)).isEqualTo(Exit.BudgetUsed.INSTANCE);
            long early = guest.snippet().x(1);
            assertThat(guest.snippet().pc()).isLessThan(VECTORS);
            assertThat(engine.run(1, 499, 0)).isEqualTo(Exit.BudgetUsed.INSTANCE);
            assertThat(HypercallExitTest.hypercall(engine.run(1, 500, 0)).immediate())
                    .isEqualTo(IRQ);
            assertThat(guest.snippet().x(1)).isBetween(early, early + 1);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void timeIsReadIfTheKernelLetsIt(UnicornEngines engines) {
        String program = "mrrc p15, 1, r2, r3, c14; svc #0";
        try (Guest guest = running(engines, ExecutionState.A32, program, "mov x0, #2; msr cntkctl_el1, x0;")) {
            assertThat(guest.vector()).isEqualTo(SYNCHRONOUS);
            assertThat(guest.look()[20]).as("ESR_EL1").isEqualTo(0x4600_0000L);
            assertThat(guest.snippet().x(2)).as("time").isBetween(12L, 14L);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void aSliceIsTheSameWhereverItIsSplitAndSaved(UnicornEngines engines) {
        String program =
                "mov r1, #0; mov r0, #0x9000000; mov r3, #0x0f000000; again: ldr r4, [r0]; ldr r5, [r3]; svc #3;"
                        + "add r1, r1, #1; mrrc p15, 1, r6, r7, c14; tst r1, #1; addne r6, r6, #1; b again";
        String handler =
                "mrs x20, esr_el1; lsr x20, x20, #26; cmp x20, #0x24; b.ne back; mrs x21, elr_el1; add x21, x21, #4;"
                        + "msr elr_el1, x21; back: eret";
        long[] whole = new long[GeneralRegisters.COUNT];
        for (int step : new int[] {3000, 1, 2, 7, 333}) {
            try (Guest guest = running(engines, ExecutionState.A32, program, "mov x0, #2; msr cntkctl_el1, x0;")) {
                guest.snippet().write(VECTORS + 0x600, Assembler.a64(handler));
                for (long now = 0; now < 3000; now += step) {
                    Engine engine = guest.snippet().engine();
                    assertThat(engine.run(Math.min(step, 3000 - now), now, 0)).isEqualTo(Exit.BudgetUsed.INSTANCE);
                    if (step == 333) {
                        engine.load(new StateReader(engine.save()));
                    }
                }
                if (step == 3000) {
                    whole = guest.snippet().registers();
                    assertThat(whole[1]).as("rounds of the program").isGreaterThan(20);
                }
                assertThat(guest.snippet().registers())
                        .as("in steps of " + step)
                        .isEqualTo(whole);
            }
        }
    }
}
