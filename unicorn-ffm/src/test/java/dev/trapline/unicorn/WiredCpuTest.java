package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.testkit.Assembler;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Exceptions and interrupts that a wired CPU takes by itself (DDI0487 §D1.4, §D1.13, ESR_EL1, FAR_EL1).
class WiredCpuTest {

    private static final long VECTORS = Snippet.BASE + 0x8000;
    private static final long PROGRAM = Snippet.BASE + 0x1000;
    private static final long GAP = 0x0f00_0000L;
    private static final long RAM_END = Snippet.BASE + Snippet.SIZE;
    private static final int NO_FAR = -1;

    record Guest(Snippet snippet, TestController controller) implements AutoCloseable {

        /// A guest whose vectors are a call with the number of the vector: `hvc #0` to `hvc #15`.
        static Guest running(EngineFactory engines, String program) {
            TestController controller = new TestController();
            Snippet snippet = Snippet.wired(
                    engines,
                    controller,
                    controller,
                    "ldr x0, vectors; msr vbar_el1, x0; ldr x0, program; br x0; .balign 8;" + "vectors: .quad "
                            + VECTORS + "; program: .quad " + PROGRAM);
            for (int vector = 0; vector < 16; vector++) {
                snippet.write(VECTORS + 0x80L * vector, Assembler.a64("hvc #" + vector + "; eret"));
            }
            snippet.write(PROGRAM, Assembler.a64(program));
            assertThat(snippet.run(4)).isEqualTo(Exit.BudgetUsed.INSTANCE);
            return new Guest(snippet, controller);
        }

        int vector() {
            return HypercallExitTest.hypercall(snippet.run()).immediate();
        }

        long[] look() {
            snippet.write(
                    VECTORS - 0x1000, Assembler.a64("mrs x20, esr_el1; mrs x21, elr_el1; mrs x22, far_el1; hvc #99"));
            snippet.engine().writePc(VECTORS - 0x1000);
            HypercallExitTest.hypercall(snippet.run());
            return snippet.registers();
        }

        @Override
        public void close() {
            snippet.close();
        }
    }

    /// @param offset of the instruction to return to
    record Fault(String program, int vector, long syndrome, long address, long offset) {}

    private static final String EL0 = "mov x9, #0; msr spsr_el1, x9; adr x9, user; msr elr_el1, x9; eret; user: ";
    private static final String AT_GAP = "mov x0, #0x0f000000; ";
    private static final String AT_END = "mov x0, #0x40100000; ";

    private static final List<Fault> FAULTS = List.of(
            new Fault("svc #0x12", 4, 0x5600_0012L, NO_FAR, 4),
            new Fault(".inst 0", 4, 0x0200_0000L, NO_FAR, 0),
            new Fault("brk #5", 4, 0xf200_0005L, NO_FAR, 0),
            new Fault("mrs x0, s3_0_c15_c5_7", 4, 0x0200_0000L, NO_FAR, 0),
            new Fault("msr spsel, #0; svc #1", 0, 0x5600_0001L, NO_FAR, 8),
            new Fault(EL0 + "svc #0x34", 8, 0x5600_0034L, NO_FAR, 24),
            new Fault(EL0 + ".inst 0", 8, 0x0200_0000L, NO_FAR, 20),
            new Fault(EL0 + "mrs x0, sctlr_el1", 8, 0x0200_0000L, NO_FAR, 20),
            new Fault(EL0 + AT_GAP + "ldr w1, [x0]", 8, 0x9200_0010L, GAP, 24),
            new Fault(EL0 + AT_GAP + "br x0", 8, 0x8200_0010L, GAP, GAP - PROGRAM),
            new Fault(AT_GAP + "br x0", 4, 0x8600_0010L, GAP, GAP - PROGRAM),
            new Fault(AT_GAP + "ldr x1, [x0]", 4, 0x9600_0010L, GAP, 4),
            new Fault(AT_GAP + "str x1, [x0]", 4, 0x9600_0050L, GAP, 4),
            new Fault(AT_GAP + "ldr x1, [x0, #0x120]", 4, 0x9600_0010L, GAP + 0x120, 4),
            new Fault(AT_GAP + "ldrb w1, [x0, #0x123]", 4, 0x9600_0010L, GAP + 0x123, 4),
            new Fault(AT_GAP + "ldrh w1, [x0, #0x12]", 4, 0x9600_0010L, GAP + 0x12, 4),
            new Fault(AT_GAP + "ldur x1, [x0, #-8]", 4, 0x9600_0010L, GAP - 8, 4),
            new Fault(AT_GAP + "ldr x1, [x0], #8", 4, 0x9600_0010L, GAP, 4),
            new Fault(AT_GAP + "str w1, [x0, #-16]!", 4, 0x9600_0050L, GAP - 16, 4),
            new Fault(AT_GAP + "mov w2, #-3; ldr x1, [x0, w2, sxtw #3]", 4, 0x9600_0010L, GAP - 24, 8),
            new Fault(AT_GAP + "mov x2, #3; strh w1, [x0, x2, lsl #1]", 4, 0x9600_0050L, GAP + 6, 8),
            new Fault(AT_GAP + "mov x2, #5; ldrb w1, [x0, w2, uxtw]", 4, 0x9600_0010L, GAP + 5, 8),
            new Fault(AT_GAP + "ldp x1, x2, [x0, #-32]", 4, 0x9600_0010L, GAP - 32, 4),
            new Fault(AT_GAP + "ldp w1, w2, [x0, #16]!", 4, 0x9600_0010L, GAP + 16, 4),
            new Fault(AT_GAP + "stp x1, x2, [x0], #64", 4, 0x9600_0050L, GAP, 4),
            new Fault(AT_GAP + "ldxr x1, [x0]", 4, 0x9600_0010L, GAP, 4),
            new Fault(AT_GAP + "stlr w1, [x0]", 4, 0x9600_0050L, GAP, 4),
            new Fault(AT_GAP + "ldar w1, [x0]", 4, 0x9600_0010L, GAP, 4),
            new Fault(AT_END + "ldp x1, x2, [x0, #-8]", 4, 0x9600_0010L, RAM_END, 4),
            new Fault(AT_END + "stp x1, x2, [x0, #-8]", 4, 0x9600_0050L, RAM_END, 4),
            new Fault(AT_GAP + "mov sp, x0; ldr x1, [sp, #8]", 4, 0x9600_0010L, GAP + 8, 8));

    private static Stream<Arguments> faultsOnEveryEngine() {
        return EveryEngine.ALL.stream().flatMap(engines -> FAULTS.stream().map(fault -> Arguments.of(engines, fault)));
    }

    @ParameterizedTest
    @MethodSource("faultsOnEveryEngine")
    void aSynchronousExceptionIsTakenWithItsSyndromeAndAddress(UnicornEngines engines, Fault fault) {
        try (Guest guest = Guest.running(engines, fault.program)) {
            long before = guest.look()[22];
            guest.snippet.engine().writePc(PROGRAM);

            assertThat(guest.vector()).as("the vector of its kind and source").isEqualTo(fault.vector);
            long[] seen = guest.look();
            assertThat(seen[20]).as("ESR_EL1").isEqualTo(fault.syndrome);
            assertThat(seen[21]).as("ELR_EL1").isEqualTo(PROGRAM + fault.offset);
            assertThat(seen[22]).as("FAR_EL1").isEqualTo(fault.address == NO_FAR ? before : fault.address);
        }
    }

    private static Stream<UnicornEngines> engines() {
        return EveryEngine.ALL.stream();
    }

    @ParameterizedTest
    @MethodSource("engines")
    void anInterruptIsTakenBeforeTheInstructionAfterTheOneThatUnmasksIt(UnicornEngines engines) {
        String program = "nop; nop; add x1, x1, #1; msr daifclr, #2; add x1, x1, #2; add x1, x1, #4";
        try (Guest guest = Guest.running(engines, "msr daifset, #15;" + program)) {
            guest.controller.irq = true;
            assertThat(guest.vector()).as("current EL with SP_EL1, IRQ").isEqualTo(5);
            assertThat(guest.look()[21]).as("ELR_EL1").isEqualTo(PROGRAM + 20);
            assertThat(guest.snippet.x(1)).isEqualTo(1);
        }
    }

    /// Thousands of blocks, some of which write DAIF without unmasking it.
    @ParameterizedTest
    @MethodSource("engines")
    void anInterruptThatIsMaskedForLongIsTakenAtTheExactInstruction(UnicornEngines engines) {
        for (String unmasking : new String[] {"msr daifclr, #2", "msr daif, xzr", "msr daif, x5"}) {
            String program = "mov x2, #1000; mov x5, #0x40; mov x6, #0x3c0;"
                    + "loop: add x1, x1, #1; msr daif, x6; msr daifclr, #4; msr daifset, #15; sub x2, x2, #1;"
                    + "cbnz x2, loop; add x1, x1, #1;" + unmasking + "; add x1, x1, #2; add x1, x1, #4";
            try (Guest guest = Guest.running(engines, "msr daifset, #15;" + program)) {
                guest.controller.irq = true;
                assertThat(guest.vector()).as(unmasking).isEqualTo(5);
                assertThat(guest.look()[21]).as("ELR_EL1 after %s", unmasking).isEqualTo(PROGRAM + 48);
                assertThat(guest.snippet.x(1)).as("x1 after %s", unmasking).isEqualTo(1001);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void anExceptionReturnUnmasksToo(UnicornEngines engines) {
        try (Guest guest = Guest.running(engines, "msr daifset, #15;" + EL0 + "add x1, x1, #1; b user")) {
            guest.controller.fiq = true;
            assertThat(guest.vector()).as("lower EL, FIQ").isEqualTo(10);
            assertThat(guest.look()[21]).as("ELR_EL1").isEqualTo(PROGRAM + 24);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void aStoreThatRaisesAnInterruptIsCompletedAndTheNextInstructionIsNot(UnicornEngines engines) {
        String program = "msr daifclr, #15; mov x0, #0x9000000; mov w2, #1; str w2, [x0], #4; add x1, x1, #1; hvc #50";
        try (Guest guest = Guest.running(engines, program)) {
            assertThat(guest.vector()).isEqualTo(5);
            assertThat(guest.look()[21]).as("ELR_EL1").isEqualTo(PROGRAM + 16);
            assertThat(guest.snippet.x(0)).as("the base is written back").isEqualTo(Snippet.DEVICE + 4);
            assertThat(guest.snippet.x(1)).isZero();
            assertThat(guest.controller.accesses).as("the store was done once").isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void aLoadThatRaisesAnInterruptHasItsResult(UnicornEngines engines) {
        String program = "msr daifclr, #15; mov x0, #0x9000000; ldr w0, [x0, #0x10]; mov x0, #7; hvc #50";
        try (Guest guest = Guest.running(engines, program)) {
            assertThat(guest.vector()).isEqualTo(5);
            assertThat(guest.look()[21]).as("ELR_EL1").isEqualTo(PROGRAM + 12);
            assertThat(guest.snippet.x(0)).isEqualTo(1);
            assertThat(guest.controller.accesses).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void aTimersInterruptIsTakenExactlyAtItsDeadline(UnicornEngines engines) {
        String program = "msr daifclr, #15; mov x0, #500; msr cntv_cval_el0, x0; mov x0, #1; msr cntv_ctl_el0, x0;"
                + "loop: add x1, x1, #1; b loop";
        try (Guest guest = Guest.running(engines, program)) {
            assertThat(guest.snippet.run(499)).isEqualTo(Exit.BudgetUsed.INSTANCE);
            assertThat(guest.snippet.x(1))
                    .as("instruction 494 of the loop is its next")
                    .isEqualTo(247);
            Engine engine = guest.snippet.engine();
            assertThat(engine.run(1, 499, 0)).isEqualTo(Exit.BudgetUsed.INSTANCE);
            assertThat(guest.snippet.pc()).as("still in the loop").isLessThan(VECTORS);
            assertThat(HypercallExitTest.hypercall(engine.run(1, 500, 0)).immediate())
                    .isEqualTo(5);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void aTimerThatIsProgrammedToThePastInterruptsAtOnce(UnicornEngines engines) {
        String program = "msr daifclr, #15; mov x0, #1; msr cntv_ctl_el0, x0; add x1, x1, #1; hvc #50";
        try (Guest guest = Guest.running(engines, program)) {
            assertThat(guest.vector()).isEqualTo(5);
            assertThat(guest.look()[21]).as("ELR_EL1").isEqualTo(PROGRAM + 12);
            assertThat(guest.snippet.x(1)).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void aSliceIsTheSameWhereverItIsSplit(UnicornEngines engines) {
        String program = "msr daifclr, #15; mov x0, #0x9000000; mov w2, #1; mov x3, #0x0f000000; again: str w2, [x0];"
                + "ldr w4, [x0]; ldr x5, [x3]; svc #3; .inst 0; mrs x6, cntvct_el0; add x6, x6, #37;"
                + "msr cntv_cval_el0, x6; msr cntv_ctl_el0, x2; mov x7, #20; wait: subs x7, x7, #1; b.ne wait;"
                + "add x1, x1, #1; b again";
        String handler = "mrs x10, elr_el1; mrs x11, esr_el1; eor x12, x12, x10; add x12, x12, x11; str wzr, [x0];"
                + "msr cntv_ctl_el0, xzr; eret";
        String skips = "mrs x10, elr_el1; mrs x11, esr_el1; add x12, x12, x11; lsr x11, x11, #26; cmp x11, #0x15;"
                + "b.eq back; add x10, x10, #4; msr elr_el1, x10; back: eret";
        long[] whole = new long[GeneralRegisters.COUNT];
        for (int step : new int[] {4000, 1, 2, 7, 333}) {
            try (Guest guest = Guest.running(engines, program)) {
                guest.snippet.write(VECTORS + 0x200, Assembler.a64(skips));
                guest.snippet.write(VECTORS + 0x280, Assembler.a64(handler));
                guest.snippet.runInSlices(4000, step);
                if (step == 4000) {
                    whole = guest.snippet.registers();
                    assertThat(whole[1]).as("rounds of the program").isGreaterThan(20);
                }
                assertThat(guest.snippet.registers()).as("in steps of " + step).isEqualTo(whole);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void anExceptionWhoseVectorCannotBeFetchedEndsTheSlice(UnicornEngines engines) {
        try (Guest guest = Guest.running(engines, "mov x0, #0x0f000000; msr vbar_el1, x0; add x1, x1, #1; brk #7")) {
            assertThat(guest.snippet.run()).isEqualTo(new GuestFault(GuestFault.Kind.BREAKPOINT, 0, 0xf200_0007L));
            assertThat(guest.snippet.pc()).isEqualTo(PROGRAM + 12);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void anInstructionThatFailsInItsOwnVectorUsesTheBudgetUp(UnicornEngines engines) {
        try (Guest guest = Guest.running(engines, ".inst 0")) {
            guest.snippet.write(VECTORS + 0x200, new byte[4]);
            assertThat(guest.snippet.run(1000)).isEqualTo(Exit.BudgetUsed.INSTANCE);
            assertThat(guest.snippet.engine().executed()).isEqualTo(1000);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void aWaitEndsTheSliceAlthoughAnInterruptIsPending(UnicornEngines engines) {
        try (Guest guest = Guest.running(engines, "msr daifset, #15; wfi; hvc #50")) {
            guest.controller.irq = true;
            assertThat(guest.snippet.run()).isEqualTo(Exit.WaitForInterrupt.INSTANCE);
            assertThat(guest.snippet.engine().executed()).isEqualTo(2);
        }
    }
}
