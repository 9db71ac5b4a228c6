package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.testkit.Assembler;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Exceptions and interrupts that a wired AArch32 CPU takes by itself (DDI0406 B1.8, B3.13).
class WiredAarch32Test {

    private static final long VECTORS = Snippet.BASE + 0x8000;
    private static final long LOOK = Snippet.BASE + 0x9000;
    private static final int PROGRAM = (int) Snippet.BASE + 0x1000;
    private static final long GAP = 0x0f00_0000L;

    private static final int UNDEFINED = 1;
    private static final int SUPERVISOR = 2;
    private static final int PREFETCH = 3;
    private static final int DATA = 4;
    private static final int IRQ = 6;
    private static final int FIQ = 7;

    /// CPSR of a CPU in SVC mode with A, I and F set.
    private static final long START = 0x1d3;
    private static final long T = 0x20;
    private static final long NONE = 0;

    /// Page tables of the short format at 0x40010000: the first megabyte of RAM as it is, at 0x50000000 the same,
    /// read-only and not executable, at 0x50100000 in a domain without access; at 0x60000000 a second-level table
    /// whose first page is RAM's first, accessible at PL1 only, and whose other pages fault.
    private static final String SHORT =
            "movw r0, #0x0; movt r0, #0x4001; mcr p15, 0, r0, c2, c0, 0; movw r1, #0xc02; movt r1, #0x4000;add r2, r0,"
                + " #0x1000; str r1, [r2]; movw r1, #0x8412; movt r1, #0x4000; orr r1, r1, #0x10; add r2, r0, #0x1400;"
                + " str r1, [r2];movw r1, #0xc22; movt r1, #0x4000; str r1, [r2, #4]; movw r1, #0x4001; movt r1,"
                + " #0x4001; add r2, r0, #0x1800; str r1, [r2];movw r1, #0x12; movt r1, #0x4000; add r2, r0, #0x4000;"
                + " str r1, [r2]; mov r1, #1; mcr p15, 0, r1, c3, c0, 0;mrc p15, 0, r1, c1, c0, 0; orr r1, r1, #1; mcr"
                + " p15, 0, r1, c1, c0, 0; isb; movw r0, #0x0; movt r0, #0x5000;";

    /// Page tables of the Large Physical Address Extension: the second gigabyte as it is; nothing else.
    private static final String LARGE =
            "movw r0, #0x0; movt r0, #0x4001; mov r1, #0; mcrr p15, 0, r0, r1, c2; movw r2, #0x701; movt r2,"
                + " #0x4000;str r2, [r0, #8]; str r1, [r0, #12]; mov r1, #0x80000000; mcr p15, 0, r1, c2, c0, 2;movw"
                + " r1, #0xff; movt r1, #0x0; mcr p15, 0, r1, c10, c2, 0; mrc p15, 0, r1, c1, c0, 0; orr r1, r1,"
                + " #1;mcr p15, 0, r1, c1, c0, 0; isb; mov r0, #0x90000000;";

    private static final String USER = "mrs r9, cpsr; bic r9, r9, #0xff; orr r9, r9, #0x10; msr cpsr_c, r9;";
    private static final String AT_GAP = "mov r0, #0x0f000000;";

    record Guest(Snippet snippet, TestController controller) implements AutoCloseable {

        /// A guest whose vectors are a call with the number of the vector: `hvc #0` to `hvc #7`.
        static Guest running(EngineFactory engines, String program, ExecutionState state) {
            TestController controller = new TestController();
            int bit = state == ExecutionState.T32 ? 1 : 0;
            String start =
                    "msr cpsr_f, #0; ldr r0, vectors; mcr p15, 0, r0, c12, c0, 0; ldr r0, program; bx r0; vectors:"
                            + " .word "
                            + VECTORS + "; program: .word " + (PROGRAM | bit);
            Snippet snippet = Snippet.aarch32Wired(engines, controller, controller, a32(start));
            for (int vector = 0; vector < 8; vector++) {
                snippet.write(VECTORS + 4L * vector, a32("hvc #" + vector));
            }
            snippet.write(
                    LOOK,
                    a32("mrs r4, spsr; mrc p15, 0, r5, c5, c0, 0; mrc p15, 0, r6, c5, c0, 1;"
                            + "mrc p15, 0, r7, c6, c0, 0; mrc p15, 0, r8, c6, c0, 2; hvc #99"));
            snippet.write(PROGRAM, assemble(state, program, PROGRAM));
            assertThat(snippet.run(5)).isEqualTo(Exit.BudgetUsed.INSTANCE);
            return new Guest(snippet, controller);
        }

        int vector() {
            return HypercallExitTest.hypercall(snippet.run()).immediate();
        }

        long cpsr() {
            return snippet.registers()[GeneralRegisters.PSTATE];
        }

        /// SPSR in r4, DFSR, IFSR, DFAR and IFAR in r5 to r8.
        long[] look() {
            snippet.engine().writePc(LOOK);
            HypercallExitTest.hypercall(snippet.run());
            return snippet.registers();
        }

        @Override
        public void close() {
            snippet.close();
        }
    }

    /// @param link LR minus the program's address, or an address of its own
    /// @param status DFSR, or IFSR for a prefetch abort
    record Fault(
            ExecutionState state,
            String program,
            int vector,
            long mode,
            long link,
            long saved,
            long status,
            long address) {

        static Fault a32(String program, int vector, long mode, long link, long status, long address) {
            return new Fault(ExecutionState.A32, program, vector, mode, link, START, status, address);
        }

        Fault saved(long cpsr) {
            return new Fault(state, program, vector, mode, link, cpsr, status, address);
        }

        Fault t32() {
            return new Fault(ExecutionState.T32, program, vector, mode, link, START | T, status, address);
        }
    }

    private static byte[] a32(String source) {
        return assemble(ExecutionState.A32, source, 0);
    }

    private static byte[] t32(String source) {
        return assemble(ExecutionState.T32, source, 0);
    }

    /// The assembler does not know HVC: DDI0406 B9.3.4, encodings A1 and T1.
    private static byte[] assemble(ExecutionState state, String source, int address) {
        int hvc = state == ExecutionState.T32 ? 0x8000_f7e0 : 0xe140_0070;
        String known = Pattern.compile("hvc #(\\d+)").matcher(source).replaceAll(call -> {
            int number = Integer.parseInt(call.group(1));
            int bits = state == ExecutionState.T32 ? number << 16 : (number & 0xf0) << 4 | (number & 0xf);
            return ".inst 0x" + Integer.toHexString(hvc | bits);
        });
        return Assembler.assemble(state, known, address);
    }

    private static final long UND = 0x1db;
    private static final long SVC = 0x1d3;
    private static final long ABT = 0x1d7;

    private static final List<Fault> FAULTS = List.of(
            Fault.a32("nop; svc #0x12", SUPERVISOR, SVC, 8, NONE, NONE),
            Fault.a32("nop; svc #0x12", SUPERVISOR, SVC, 4, NONE, NONE).t32(),
            Fault.a32("nop; .inst 0xe7f000f0", UNDEFINED, UND, 8, NONE, NONE),
            Fault.a32("nop; udf #3", UNDEFINED, UND, 4, NONE, NONE).t32(),
            Fault.a32("nop; .long 0xa003f7f0", UNDEFINED, UND, 4, NONE, NONE).t32(),
            Fault.a32("cmp r0, r0; it eq; .short 0xde01", UNDEFINED, UND, 6, NONE, NONE)
                    .t32()
                    .saved(0x6000_01f3L | 0x08 << 8),
            Fault.a32("mrc p15, 0, r0, c9, c13, 2", UNDEFINED, UND, 4, NONE, NONE),
            Fault.a32(USER + "svc #1", SUPERVISOR, 0x193, 20, NONE, NONE).saved(0x110),
            Fault.a32(USER + ".inst 0xe7f000f0", UNDEFINED, 0x19b, 20, NONE, NONE)
                    .saved(0x110),
            Fault.a32(USER + "mcr p15, 0, r0, c1, c0, 0", UNDEFINED, 0x19b, 20, NONE, NONE)
                    .saved(0x110),
            Fault.a32(USER + "mcr p15, 0, r0, c8, c7, 0", UNDEFINED, 0x19b, 20, NONE, NONE)
                    .saved(0x110),
            Fault.a32(USER + "mrrc p15, 1, r0, r1, c14", UNDEFINED, 0x19b, 20, NONE, NONE)
                    .saved(0x110),
            Fault.a32(USER + AT_GAP + "ldr r1, [r0, #4]", DATA, 0x197, 28, 0x008, GAP + 4)
                    .saved(0x110),
            Fault.a32("bkpt #5", PREFETCH, ABT, 4, 0x002, NONE),
            Fault.a32(AT_GAP + "bx r0", PREFETCH, ABT, GAP + 4 - PROGRAM, 0x008, GAP),
            Fault.a32(AT_GAP + "ldr r1, [r0]", DATA, ABT, 12, 0x008, GAP),
            Fault.a32(AT_GAP + "str r1, [r0]", DATA, ABT, 12, 0x808, GAP),
            Fault.a32(AT_GAP + "ldr r1, [r0, #0x120]", DATA, ABT, 12, 0x008, GAP + 0x120),
            Fault.a32(AT_GAP + "ldr r1, [r0, #-8]!", DATA, ABT, 12, 0x008, GAP - 8),
            Fault.a32(AT_GAP + "str r1, [r0], #8", DATA, ABT, 12, 0x808, GAP),
            Fault.a32(AT_GAP + "mov r2, #3; ldr r1, [r0, r2, lsl #2]", DATA, ABT, 16, 0x008, GAP + 12),
            Fault.a32(AT_GAP + "mov r2, #6; ldrh r1, [r0, -r2]", DATA, ABT, 16, 0x008, GAP - 6),
            Fault.a32(AT_GAP + "ldrd r2, r3, [r0, #0x18]", DATA, ABT, 12, 0x008, GAP + 0x18),
            Fault.a32(AT_GAP + "ldmib r0, {r1, r2}", DATA, ABT, 12, 0x008, GAP + 4),
            Fault.a32(AT_GAP + "stmdb r0!, {r1, r2}", DATA, ABT, 12, 0x808, GAP - 8),
            Fault.a32(AT_GAP + "ldrex r1, [r0]", DATA, ABT, 12, 0x008, GAP),
            Fault.a32(AT_GAP + "ldr r1, [r0, #0x40]", DATA, ABT, 12, 0x008, GAP + 0x40)
                    .t32(),
            Fault.a32(AT_GAP + "strh.w r1, [r0, #0x123]", DATA, ABT, 12, 0x808, GAP + 0x123)
                    .t32(),
            Fault.a32(AT_GAP + "ldr r1, [r0, #-4]!", DATA, ABT, 12, 0x008, GAP - 4)
                    .t32(),
            Fault.a32(AT_GAP + "mov.w r2, #2; ldrb.w r1, [r0, r2, lsl #3]", DATA, ABT, 16, 0x008, GAP + 16)
                    .t32(),
            Fault.a32(AT_GAP + "ldrd r2, r3, [r0, #-16]", DATA, ABT, 12, 0x008, GAP - 16)
                    .t32());

    private static Stream<Arguments> faultsOnEveryEngine() {
        return EveryEngine.ALL.stream().flatMap(engines -> FAULTS.stream().map(fault -> Arguments.of(engines, fault)));
    }

    @ParameterizedTest
    @MethodSource("faultsOnEveryEngine")
    void anExceptionIsTakenInItsModeWithItsReturnAddressAndStatus(UnicornEngines engines, Fault fault) {
        try (Guest guest = Guest.running(engines, fault.program, fault.state)) {
            assertThat(guest.vector()).as("the vector of its kind").isEqualTo(fault.vector);
            long flags = fault.saved & 0xf000_0000L;
            assertThat(guest.cpsr()).as("CPSR").isEqualTo(fault.mode | flags);
            assertThat(guest.snippet.x(14)).as("LR").isEqualTo((PROGRAM + fault.link) & 0xffff_ffffL);
            long[] seen = guest.look();
            assertThat(seen[4]).as("SPSR").isEqualTo(fault.saved);
            assertThat(seen[fault.vector == PREFETCH ? 6 : 5]).as("status").isEqualTo(fault.status);
            assertThat(seen[fault.vector == PREFETCH ? 8 : 7]).as("address").isEqualTo(fault.address);
        }
    }

    private static final List<Fault> TRANSLATED = List.of(
            Fault.a32(SHORT + "add r0, r0, #0x300000; ldr r1, [r0]", DATA, ABT, 0, 0x005, 0x5030_0000L),
            Fault.a32(SHORT + "str r1, [r0]", DATA, ABT, 0, 0x80d, 0x5000_0000L),
            Fault.a32(SHORT + "add r0, r0, #0x100000; ldr r1, [r0, #8]", DATA, ABT, 0, 0x019, 0x5010_0008L),
            Fault.a32(
                    SHORT + "add r0, r0, #0x10000000; ldr r1, [r0]; ldr r1, [r0, #0xffc]!; ldr r1, [r0, #4]",
                    DATA,
                    ABT,
                    0,
                    0x007,
                    0x6000_1000L),
            Fault.a32(SHORT + "bx r0", PREFETCH, ABT, 0, 0x00d, 0x5000_0000L),
            Fault.a32(SHORT + "add r0, r0, #0x20000000; bx r0", PREFETCH, ABT, 0, 0x005, 0x7000_0000L),
            Fault.a32(LARGE + "ldr r1, [r0, #8]", DATA, ABT, 0, 0x205, 0x9000_0008L),
            Fault.a32(LARGE + "str r1, [r0, #8]", DATA, ABT, 0, 0xa05, 0x9000_0008L),
            Fault.a32(LARGE + "bx r0", PREFETCH, ABT, 0, 0x205, 0x9000_0000L),
            Fault.a32(LARGE + "mov r0, #0x40000000; sub r0, #4; bkpt #0", PREFETCH, ABT, 0, 0x222, NONE));

    private static Stream<Arguments> translatedOnEveryEngine() {
        return EveryEngine.ALL.stream()
                .flatMap(engines -> TRANSLATED.stream().map(fault -> Arguments.of(engines, fault)));
    }

    @ParameterizedTest
    @MethodSource("translatedOnEveryEngine")
    void anAbortOfTheMmuHasTheStatusOfItsTableFormat(UnicornEngines engines, Fault fault) {
        try (Guest guest = Guest.running(engines, fault.program, fault.state)) {
            assertThat(guest.vector()).as("the vector of its kind").isEqualTo(fault.vector);
            assertThat(guest.cpsr() & 0x1f).as("abort mode").isEqualTo(0x17);
            long[] seen = guest.look();
            assertThat(seen[fault.vector == PREFETCH ? 6 : 5]).as("status").isEqualTo(fault.status);
            assertThat(seen[fault.vector == PREFETCH ? 8 : 7]).as("address").isEqualTo(fault.address);
        }
    }

    private static Stream<UnicornEngines> engines() {
        return EveryEngine.ALL.stream();
    }

    @ParameterizedTest
    @MethodSource("engines")
    void eachModeHasItsOwnStackAndTheHandlersReturnRestoresThem(UnicornEngines engines) {
        String program = "mov sp, #0x100; cps #0x1b; mov sp, #0x200; cps #0x12; mov sp, #0x300; cps #0x11; mov r8, #9;"
                + "mov sp, #0x400; cps #0x13; mov r8, #8; mov lr, #5; .inst 0xe7f000f0; mov r1, sp; hvc #50";
        try (Guest guest = Guest.running(engines, program, ExecutionState.A32)) {
            guest.snippet.write(VECTORS + 4, a32("mov r2, sp; movs pc, lr"));
            assertThat(guest.vector()).isEqualTo(50);
            assertThat(guest.snippet.x(2)).as("SP of undefined mode").isEqualTo(0x200);
            assertThat(guest.snippet.x(1)).as("SP of SVC mode").isEqualTo(0x100);
            assertThat(guest.snippet.x(14)).as("LR of SVC mode").isEqualTo(5);
            assertThat(guest.cpsr()).isEqualTo(START);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void aFastInterruptHasItsOwnRegisters(UnicornEngines engines) {
        String program = "cps #0x11; mov r8, #9; mov sp, #0x400; cps #0x13; mov r8, #8; cpsie f; nop; nop";
        try (Guest guest = Guest.running(engines, program, ExecutionState.A32)) {
            guest.controller.fiq = true;
            assertThat(guest.vector()).isEqualTo(FIQ);
            assertThat(guest.snippet.x(8)).as("r8 of FIQ mode").isEqualTo(9);
            assertThat(guest.snippet.x(13)).as("SP of FIQ mode").isEqualTo(0x400);
            assertThat(guest.snippet.x(14)).as("LR").isEqualTo(PROGRAM + 6 * 4 + 4);
            assertThat(guest.cpsr()).as("FIQ mode with A, I and F").isEqualTo(0x1d1);
            assertThat(guest.look()[4]).as("SPSR").isEqualTo(0x193);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void anInterruptIsTakenBeforeTheInstructionAfterTheOneThatUnmasksIt(UnicornEngines engines) {
        for (ExecutionState state : List.of(ExecutionState.A32, ExecutionState.T32)) {
            String program = "mov.w r1, #0; add.w r1, r1, #1; cpsie.w i; add.w r1, r1, #2; add.w r1, r1, #4";
            String source = state == ExecutionState.T32 ? program : program.replace(".w", "");
            try (Guest guest = Guest.running(engines, source, state)) {
                guest.controller.irq = true;
                assertThat(guest.vector()).isEqualTo(IRQ);
                assertThat(guest.snippet.x(14)).as("LR").isEqualTo(PROGRAM + 12 + 4);
                assertThat(guest.snippet.x(1)).isEqualTo(1);
                assertThat(guest.cpsr()).as("IRQ mode; A and I set, F kept").isEqualTo(0x1d2);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void everyWayToWriteTheMaskUnmasks(UnicornEngines engines) {
        for (String way : List.of(
                "mrs r0, cpsr; bic r0, r0, #0x80; msr cpsr_c, r0; nop",
                "mov r0, #0x53; msr spsr_cxsf, r0; adr lr, back; movs pc, lr; back: nop",
                "mov r0, #0x53; movw sp, #0x2000; movt sp, #0x4000; str r0, [sp, #4]; adr r0, back; str r0, [sp];"
                        + " rfeia sp; back: nop",
                "mov r0, #0x53; msr spsr_cxsf, r0; movw sp, #0x2000; movt sp, #0x4000; adr r0, back; str r0, [sp]; ldm"
                        + " sp, {pc}^; back: nop")) {
            try (Guest guest = Guest.running(engines, way + "; mov r1, #1; hvc #50", ExecutionState.A32)) {
                guest.controller.irq = true;
                assertThat(guest.vector()).as(way).isEqualTo(IRQ);
                assertThat(guest.snippet.x(1)).as(way).isZero();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void theControlRegisterChoosesVectorsAndStateOfHandlers(UnicornEngines engines) {
        String program = "mrc p15, 0, r0, c1, c0, 0; orr r0, r0, #0x42000000; mcr p15, 0, r0, c1, c0, 0; svc #1";
        try (Guest guest = Guest.running(engines, program, ExecutionState.A32)) {
            guest.snippet.write(VECTORS + 8, t32("hvc #60"));
            assertThat(guest.vector()).isEqualTo(60);
            assertThat(guest.cpsr()).as("T and E as SCTLR.TE and EE say").isEqualTo(START | T | 1 << 9);
        }
        String high = "mrc p15, 0, r0, c1, c0, 0; orr r0, r0, #0x2000; mcr p15, 0, r0, c1, c0, 0; svc #1";
        try (Guest guest = Guest.running(engines, high, ExecutionState.A32)) {
            GuestFault fault = (GuestFault) guest.snippet.run();
            assertThat(fault.kind()).as("nothing is at 0xffff0008").isEqualTo(GuestFault.Kind.SUPERVISOR_CALL);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void aStoreThatRaisesAnInterruptIsCompletedAndTheNextInstructionIsNot(UnicornEngines engines) {
        String program = "cpsie i; mov r0, #0x9000000; mov r2, #1; str r2, [r0], #4; add r1, r1, #1; hvc #50";
        try (Guest guest = Guest.running(engines, program, ExecutionState.A32)) {
            assertThat(guest.vector()).isEqualTo(IRQ);
            assertThat(guest.snippet.x(14)).as("LR").isEqualTo(PROGRAM + 20);
            assertThat(guest.snippet.x(0)).as("the base is written back").isEqualTo(Snippet.DEVICE + 4);
            assertThat(guest.snippet.x(1)).isZero();
            assertThat(guest.controller.accesses).as("the store was done once").isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void aDeviceAccessInAnItBlockIsDoneOnceAndItsInterruptIsTakenBehindTheBlock(UnicornEngines engines) {
        String start = "cpsie i; mov.w r0, #0x9000000; movs r2, #0; movs r4, #0; movs r5, #0; cmp r2, #0;";
        for (String block : List.of(
                "itte eq; ldreq r3, [r0, #16]; addeq r4, r3, #1; movne r5, #1; nop; adds r6, r4, #1",
                "ite eq; ldreq r3, [r0, #16]; movne r5, #1; b next; next: nop")) {
            try (Guest guest = Guest.running(engines, start + block + "; hvc #50", ExecutionState.T32)) {
                assertThat(guest.vector()).as(block).isEqualTo(IRQ);
                assertThat(guest.snippet.x(3)).isEqualTo(1);
                assertThat(guest.snippet.x(4)).isEqualTo(block.startsWith("itte") ? 2 : 0);
                assertThat(guest.snippet.x(5)).as("not equal").isZero();
                assertThat(guest.controller.accesses).isEqualTo(1);
                long behind = PROGRAM + 14 + (block.startsWith("itte") ? 8 : 6);
                assertThat(guest.snippet.x(14) - 4).as("LR: %s", block).isEqualTo(behind);
                assertThat(guest.look()[4]).as("SPSR without IT").isEqualTo(0x6000_0173L);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void aTimersInterruptIsTakenExactlyAtItsDeadline(UnicornEngines engines) {
        String program = "cpsie i; mov r1, #0; mov r0, #500; mov r2, #0; mcrr p15, 3, r0, r2, c14; mov r0, #1;"
                + "mcr p15, 0, r0, c14, c3, 1; loop: add r1, r1, #1; b loop";
        try (Guest guest = Guest.running(engines, program, ExecutionState.A32)) {
            assertThat(guest.snippet.run(499)).isEqualTo(Exit.BudgetUsed.INSTANCE);
            assertThat(guest.snippet.x(1)).as("492 instructions of the loop").isEqualTo(246);
            Engine engine = guest.snippet.engine();
            assertThat(engine.run(1, 499, 0)).isEqualTo(Exit.BudgetUsed.INSTANCE);
            assertThat(HypercallExitTest.hypercall(engine.run(1, 500, 0)).immediate())
                    .isEqualTo(IRQ);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void timeIsReadInItBlocksAndAtPl0IfTheKernelLetsIt(UnicornEngines engines) {
        String block = "movs r2, #0; cmp r2, #0; itt eq; mrrceq p15, 1, r4, r5, c14; addeq r6, r4, #1; hvc #50";
        try (Guest guest = Guest.running(engines, block, ExecutionState.T32)) {
            assertThat(guest.vector()).isEqualTo(50);
            assertThat(guest.snippet.x(4)).as("time").isBetween(3L, 4L);
            assertThat(guest.snippet.x(6)).isEqualTo(guest.snippet.x(4) + 1);
        }
        String user = "mov r0, #2; mcr p15, 0, r0, c14, c1, 0;" + USER + "mrrc p15, 1, r4, r5, c14; svc #1";
        try (Guest guest = Guest.running(engines, user, ExecutionState.A32)) {
            assertThat(guest.vector()).isEqualTo(SUPERVISOR);
            assertThat(guest.snippet.x(4)).as("time").isBetween(6L, 7L);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void operationsForAllCpusEndTheSliceAndOthersDoNot(UnicornEngines engines) {
        String program = "mov r0, #0x1000; mcr p15, 0, r0, c8, c7, 1; mcr p15, 0, r0, c7, c10, 1;"
                + "mcr p15, 0, r0, c8, c3, 1; mcr p15, 0, r0, c7, c1, 0; mcr p15, 0, r0, c7, c5, 1; hvc #50";
        try (Guest guest = Guest.running(engines, program, ExecutionState.A32)) {
            assertThat(guest.snippet.run())
                    .as("TLBIMVAIS")
                    .isEqualTo(new Exit.Maintenance(Exit.Maintenance.encode(0, 8, 3, 1), 0x1000));
            assertThat(guest.snippet.engine().executed()).isEqualTo(4);
            assertThat(guest.snippet.run())
                    .as("ICIALLUIS")
                    .isEqualTo(new Exit.Maintenance(Exit.Maintenance.encode(0, 7, 1, 0), 0));
            assertThat(guest.snippet.run())
                    .as("ICIMVAU")
                    .isEqualTo(new Exit.Maintenance(Exit.Maintenance.encode(3, 7, 5, 1), 0x1000));
            assertThat(guest.vector()).isEqualTo(50);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void aSliceIsTheSameWhereverItIsSplit(UnicornEngines engines) {
        String program = "cpsie i; mov r0, #0x9000000; mov r2, #1; mov r3, #0x0f000000; mov r1, #0; mov r12, #0;"
                + "again: str r2, [r0]; ldr r4, [r0]; ldr r5, [r3]; svc #3; .inst 0xe7f000f0;"
                + "mrrc p15, 1, r6, r7, c14; adds r6, r6, #37; mcrr p15, 3, r6, r7, c14; mcr p15, 0, r2, c14, c3, 1;"
                + "mov r7, #20; wait: subs r7, r7, #1; bne wait; add r1, r1, #1; b again";
        String interrupt = "mov r10, #0; eor r12, r12, lr; str r10, [r0]; mcr p15, 0, r10, c14, c3, 1; subs pc, lr, #4";
        long[] whole = new long[GeneralRegisters.COUNT];
        for (int step : new int[] {4000, 1, 2, 7, 333}) {
            try (Guest guest = Guest.running(engines, program, ExecutionState.A32)) {
                guest.snippet.write(VECTORS + 4, a32("movs pc, lr"));
                guest.snippet.write(VECTORS + 8, a32("movs pc, lr"));
                guest.snippet.write(VECTORS + 0x10, a32("subs pc, lr, #4"));
                guest.snippet.write(VECTORS + 0x18, assemble(ExecutionState.A32, "b 0x40008100", (int) VECTORS + 0x18));
                guest.snippet.write(VECTORS + 0x100, a32(interrupt));
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
        String program = "mov r0, #0x0f000000; mcr p15, 0, r0, c12, c0, 0; bkpt #7";
        try (Guest guest = Guest.running(engines, program, ExecutionState.A32)) {
            GuestFault fault = (GuestFault) guest.snippet.run();
            assertThat(fault.kind()).isEqualTo(GuestFault.Kind.BREAKPOINT);
            assertThat(guest.snippet.pc()).isEqualTo(PROGRAM + 8);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void anInstructionThatFailsInItsOwnVectorUsesTheBudgetUp(UnicornEngines engines) {
        try (Guest guest = Guest.running(engines, ".inst 0xe7f000f0", ExecutionState.A32)) {
            guest.snippet.write(VECTORS + 4, a32(".inst 0xe7f000f0"));
            assertThat(guest.snippet.run(1000)).isEqualTo(Exit.BudgetUsed.INSTANCE);
            assertThat(guest.snippet.engine().executed()).isEqualTo(1000);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void aWaitEndsTheSliceAlthoughAnInterruptIsPending(UnicornEngines engines) {
        try (Guest guest = Guest.running(engines, "wfi; hvc #50", ExecutionState.A32)) {
            guest.controller.irq = true;
            assertThat(guest.snippet.run()).isEqualTo(Exit.WaitForInterrupt.INSTANCE);
            assertThat(guest.snippet.engine().executed()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void aHintAfterAnUndefinedInstructionIsStillAHint(UnicornEngines engines) {
        String program = ".inst 0xe7f000f0; wfe; mrrc p15, 1, r0, r1, c14; yield; mov r2, #7; hvc #50";
        try (Guest guest = Guest.running(engines, program, ExecutionState.A32)) {
            guest.snippet.write(VECTORS + 4, a32("movs pc, lr"));
            assertThat(guest.vector()).isEqualTo(50);
            assertThat(guest.snippet.x(2)).isEqualTo(7);
        }
    }
}
