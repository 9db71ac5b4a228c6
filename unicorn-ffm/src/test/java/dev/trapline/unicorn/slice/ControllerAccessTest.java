package dev.trapline.unicorn.slice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Mpidr;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.board.cpu.SystemRegister;
import dev.trapline.board.gic.CpuLines;
import dev.trapline.board.gic.Gicv3;
import dev.trapline.board.gic.InterruptController;
import dev.trapline.testkit.Assembler;
import dev.trapline.unicorn.EveryEngine;
import dev.trapline.unicorn.HypercallExitTest;
import dev.trapline.unicorn.Snippet;
import dev.trapline.unicorn.UnicornEngines;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A wired CPU accesses the CPU interface of a GICv3 by system registers (IHI 0069 §12.2), and takes an interrupt that
/// an access unmasks or raises before the next instruction.
class ControllerAccessTest {

    private static final long VECTORS = Snippet.BASE + 0x8000;
    private static final long PROGRAM = Snippet.BASE + 0x1000;
    private static final int SPI = 40;

    private static final String PMR = "s3_0_c4_c6_0";
    private static final String IAR0 = "s3_0_c12_c8_0";
    private static final String SGI1R = "s3_0_c12_c11_5";
    private static final String RPR = "s3_0_c12_c11_3";
    private static final String IAR1 = "s3_0_c12_c12_0";
    private static final String EOIR1 = "s3_0_c12_c12_1";
    private static final String CTLR = "s3_0_c12_c12_4";
    private static final String IGRPEN0 = "s3_0_c12_c12_6";
    private static final String IGRPEN1 = "s3_0_c12_c12_7";

    /// IRQ and FIQ are not masked by PSTATE, and the CPU interface accepts both groups with all priorities.
    private static final String OPEN = "mov x0, #0xff; mov x9, #1; msr " + PMR + ", x0; msr " + IGRPEN0 + ", x9; msr "
            + IGRPEN1 + ", x9; msr daifclr, #15;";

    private static final String EL0 = "mov x9, #0; msr spsr_el1, x9; adr x9, user; msr elr_el1, x9; eret; user: ";

    /// A guest whose vectors are a call with the number of the vector: `hvc #0` to `hvc #15`.
    private record Guest(Snippet snippet, Gicv3 gic) implements AutoCloseable {

        static Guest running(UnicornEngines engines, String program) {
            Gicv3 gic = new Gicv3(List.of(Mpidr.of(VcpuId.BOOT, 16)));
            Snippet snippet = Snippet.wired(
                    engines,
                    new CpuLines(VcpuId.BOOT, gic),
                    gic,
                    "ldr x0, vectors; msr vbar_el1, x0; ldr x0, program; br x0; .balign 8;" + "vectors: .quad "
                            + VECTORS + "; program: .quad " + PROGRAM);
            for (int vector = 0; vector < 16; vector++) {
                snippet.write(VECTORS + 0x80L * vector, Assembler.a64("hvc #" + vector + "; eret"));
            }
            snippet.write(PROGRAM, Assembler.a64(program));
            assertThat(snippet.run(4)).isEqualTo(Exit.BudgetUsed.INSTANCE);
            Guest guest = new Guest(snippet, gic);
            guest.setUp();
            return guest;
        }

        /// The Distributor forwards both groups, and the Redistributor is awake. INTID 40, all SGIs and the
        /// timers are enabled, in Group 1, with priority 0x80.
        private void setUp() {
            gic.write(0x0000, 4, 3);
            gic.write(0x0084, 4, 1 << 8);
            gic.write(0x0104, 4, 1 << 8);
            gic.write(0x0400 + SPI, 1, 0x80);
            gic.redistributors().write(0x0014, 4, 0);
            gic.redistributors().write(0x10080, 4, 0xffff_ffffL);
            gic.redistributors().write(0x10100, 4, 0xffff_ffffL);
            for (int intid = 0; intid < 32; intid++) {
                gic.redistributors().write(0x10400 + intid, 1, 0x80);
            }
        }

        int vector() {
            return HypercallExitTest.hypercall(snippet.run()).immediate();
        }

        /// Where the exception returns to, as an offset in the program.
        long returnsTo() {
            snippet.write(VECTORS - 0x1000, Assembler.a64("mrs x20, esr_el1; mrs x21, elr_el1; hvc #99"));
            snippet.engine().writePc(VECTORS - 0x1000);
            HypercallExitTest.hypercall(snippet.run());
            return snippet.x(21) - PROGRAM;
        }

        @Override
        public void close() {
            snippet.close();
        }
    }

    private static Stream<UnicornEngines> engines() {
        return EveryEngine.ALL.stream();
    }

    @ParameterizedTest
    @MethodSource("engines")
    void anAccessTakesOneInstructionAndHasItsResult(UnicornEngines engines) {
        String program = "mov x1, #0xf0; msr " + PMR + ", x1; mrs x2, " + PMR + "; msr " + PMR + ", xzr; mrs x3, " + PMR
                + "; mrs x30, " + CTLR + "; mrs xzr, " + RPR + "; hvc #50";
        try (Guest guest = Guest.running(engines, program)) {
            assertThat(guest.vector()).isEqualTo(50);
            assertThat(guest.snippet.engine().executed()).isEqualTo(8);
            assertThat(guest.snippet.x(2)).isEqualTo(0xf0);
            assertThat(guest.snippet.x(3)).isZero();
            assertThat(guest.snippet.x(30)).isEqualTo(0x700);
        }
    }

    /// @param unmask the last instruction before the interrupt
    /// @param group of INTID 40, which is pending
    record Unmasking(String program, String unmask, int group) {}

    private static final List<Unmasking> UNMASKINGS = List.of(
            new Unmasking(OPEN + "msr " + PMR + ", xzr; PENDING;", "msr " + PMR + ", x0", 1),
            new Unmasking(OPEN + "msr " + PMR + ", xzr; PENDING;", "msr " + PMR + ", x0", 0),
            new Unmasking(OPEN + "msr " + IGRPEN1 + ", xzr; PENDING;", "msr " + IGRPEN1 + ", x9", 1),
            new Unmasking(OPEN + "msr " + IGRPEN0 + ", xzr; PENDING;", "msr " + IGRPEN0 + ", x9", 0),
            new Unmasking(
                    "msr daifset, #15;" + OPEN.replace("msr daifclr, #15;", "") + "PENDING;", "msr daifclr, #15", 1));

    private static Stream<Arguments> unmaskings() {
        return EveryEngine.ALL.stream()
                .flatMap(engines -> UNMASKINGS.stream().map(each -> Arguments.of(engines, each)));
    }

    @ParameterizedTest
    @MethodSource("unmaskings")
    void anInterruptIsTakenBeforeTheInstructionAfterTheOneThatUnmasksIt(UnicornEngines engines, Unmasking unmasking) {
        String before = unmasking.program.replace("PENDING;", "hvc #60;");
        try (Guest guest = Guest.running(engines, before + "nop; nop;" + unmasking.unmask + "; mov x1, #1; hvc #50")) {
            guest.gic.write(0x0084, 4, unmasking.group << 8);
            assertThat(guest.vector()).as("nothing is pending yet").isEqualTo(60);
            guest.gic.inject(VcpuId.BOOT, SPI);
            assertThat(guest.vector()).as("IRQ or FIQ, current EL").isEqualTo(unmasking.group == 1 ? 5 : 6);
            long expected = Assembler.a64(before + "nop; nop;" + unmasking.unmask).length;
            assertThat(guest.returnsTo()).isEqualTo(expected);
            assertThat(guest.snippet.x(1)).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void anSgiToItselfIsTakenBeforeTheNextInstruction(UnicornEngines engines) {
        String program = OPEN + "mov x2, #1; movk x2, #0x500, lsl #16; msr " + SGI1R + ", x2; mov x1, #1; hvc #50";
        try (Guest guest = Guest.running(engines, program)) {
            assertThat(guest.vector()).isEqualTo(5);
            assertThat(guest.returnsTo()).isEqualTo(Assembler.a64(OPEN).length + 12);
            assertThat(guest.snippet.x(1)).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void theEndOfAnInterruptLetsThePendingOneThrough(UnicornEngines engines) {
        String program = OPEN + "hvc #60; mrs x3, " + IAR1 + "; mrs x4, " + IAR0 + "; msr daifclr, #15; nop; msr "
                + EOIR1 + ", x3; mov x1, #1; hvc #50";
        try (Guest guest = Guest.running(engines, program)) {
            assertThat(guest.vector()).isEqualTo(60);
            guest.gic.inject(VcpuId.BOOT, SPI);
            guest.gic.inject(VcpuId.BOOT, 20);
            assertThat(guest.vector()).as("the first is taken").isEqualTo(5);
            guest.snippet.engine().writePc(PROGRAM + Assembler.a64(OPEN).length + 4);
            assertThat(guest.vector())
                    .as("the second, after the end of the first")
                    .isEqualTo(5);
            assertThat(guest.snippet.x(3)).isEqualTo(20);
            assertThat(guest.snippet.x(4)).as("nothing is pending in Group 0").isEqualTo(1023);
            assertThat(guest.returnsTo()).isEqualTo(Assembler.a64(OPEN).length + 24);
            assertThat(guest.snippet.x(1)).isZero();
        }
    }

    /// An access from EL0, a write of a read-only register, a read of a write-only one, and a register that neither
    /// the CPU nor the controller has. The exception class is 0.
    private static Stream<Arguments> undefined() {
        return EveryEngine.ALL.stream()
                .flatMap(engines -> Stream.of(
                        Arguments.of(engines, EL0, "mrs x1, " + IAR1, 8),
                        Arguments.of(engines, EL0, "mrs x1, " + PMR, 8),
                        Arguments.of(engines, EL0, "msr " + PMR + ", x1", 8),
                        Arguments.of(engines, EL0, "mrs x1, id_aa64pfr0_el1", 8),
                        Arguments.of(engines, "", "msr " + IAR1 + ", x1", 4),
                        Arguments.of(engines, "", "mrs x1, " + EOIR1, 4),
                        Arguments.of(engines, "", "mrs x1, s3_0_c12_c10_0", 4),
                        Arguments.of(engines, "", "mrs x1, s3_4_c12_c9_5", 4)));
    }

    @ParameterizedTest
    @MethodSource("undefined")
    void allOtherAccessesAreUndefined(UnicornEngines engines, String before, String access, int vector) {
        try (Guest guest = Guest.running(engines, "mov x1, #0x123;" + before + access + "; hvc #50")) {
            guest.gic.inject(VcpuId.BOOT, SPI);
            assertThat(guest.vector()).isEqualTo(vector);
            assertThat(guest.snippet.x(1)).isEqualTo(0x123);
            assertThat(guest.returnsTo()).isEqualTo(Assembler.a64("nop;" + before).length);
            assertThat(guest.snippet.x(20)).as("ESR_EL1").isEqualTo(0x0200_0000);
            assertThat(guest.gic.systemRegisters(VcpuId.BOOT).read(SystemRegister.of(3, 0, 4, 6, 0)))
                    .as("ICC_PMR_EL1")
                    .isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void theCpuSaysThatItHasTheSystemRegisters(UnicornEngines engines) {
        String program = "mrs x1, id_aa64pfr0_el1; mrs x2, id_aa64pfr1_el1; hvc #50";
        try (Guest guest = Guest.running(engines, program);
                Snippet plain = Snippet.a64("mrs x1, id_aa64pfr0_el1; hvc #50")) {
            assertThat(guest.vector()).isEqualTo(50);
            plain.run();
            assertThat(guest.snippet.x(1)).as("GIC, bits 27 to 24").isEqualTo(plain.x(1) | 0x0100_0000);
            assertThat(plain.x(1) & 0x0f00_0000).isZero();
            assertThat(guest.snippet.x(2)).isZero();
        }
    }

    /// At EL0, nothing is masked by PSTATE.
    @ParameterizedTest
    @MethodSource("engines")
    void aTimersInterruptReachesEl0ExactlyAtItsDeadline(UnicornEngines engines) {
        String program =
                OPEN + "mov x3, #500; msr cntv_cval_el0, x3; msr cntv_ctl_el0, x9;" + EL0 + "add x1, x1, #1; b user";
        try (Guest guest = Guest.running(engines, program)) {
            Engine engine = guest.snippet.engine();
            assertThat(engine.run(500, 0, 0)).isEqualTo(Exit.BudgetUsed.INSTANCE);
            assertThat(guest.snippet.pc()).as("still in the loop").isLessThan(VECTORS);
            assertThat(HypercallExitTest.hypercall(engine.run(1, 500, 0)).immediate())
                    .as("IRQ from EL0")
                    .isEqualTo(9);
            assertThat(guest.gic.irq(VcpuId.BOOT)).isTrue();
            assertThat(guest.gic.wakes(VcpuId.BOOT, InterruptController.FIRST_PPI))
                    .isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void aSliceIsTheSameWhereverItIsSplit(UnicornEngines engines) {
        String program =
                OPEN + "mov x2, #1; movk x2, #0x500, lsl #16; again: msr " + SGI1R + ", x2; add x1, x1, #1; msr "
                        + PMR + ", xzr; msr " + SGI1R + ", x2; mrs x5, cntvct_el0; add x6, x6, x5; msr " + PMR
                        + ", x0; mrs x7, " + RPR + "; add x6, x6, x7; b again";
        String handler = "mrs x10, " + IAR1 + "; mrs x11, elr_el1; eor x12, x12, x11; add x12, x12, x10; mrs x13, "
                + RPR + "; add x12, x12, x13; msr " + EOIR1 + ", x10; eret";
        long[] whole = new long[GeneralRegisters.COUNT];
        for (int step : new int[] {4000, 1, 2, 7, 333}) {
            try (Guest guest = Guest.running(engines, program)) {
                guest.snippet.write(VECTORS + 0x280, Assembler.a64(handler));
                guest.snippet.runInSlices(4000, step);
                if (step == 4000) {
                    whole = guest.snippet.registers();
                    assertThat(whole[1]).as("rounds of the program").isGreaterThan(100);
                }
                assertThat(guest.snippet.registers()).as("in steps of " + step).isEqualTo(whole);
            }
        }
    }
}
