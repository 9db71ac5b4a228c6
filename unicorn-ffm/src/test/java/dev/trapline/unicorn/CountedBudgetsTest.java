package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.trapline.abi.CpuModel;
import dev.trapline.abi.engine.MmioDevice;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.testkit.Assembler;
import dev.trapline.unicorn.counting.Shortcut;
import dev.trapline.unicorn.ffi.Host;
import dev.trapline.unicorn.ffi.LibrarySearch;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import java.util.EnumSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A budget that is counted by blocks is as exact as single steps.
class CountedBudgetsTest {

    private static final boolean FULL = Boolean.getBoolean("trapline.full");
    private static final int LONGEST = 300;
    private static final UnicornLibrary LIBRARY =
            UnicornLibrary.load(LibrarySearch.standard(null).withoutSystem());
    private static final UnicornEngines COUNTED = new UnicornEngines(LIBRARY, EnumSet.allOf(Shortcut.class));
    private static final UnicornEngines STEPPED = new UnicornEngines(LIBRARY, Set.of());

    /// Calls, a loop, stores and loads of several sizes, a device, the time, a wait, a hypercall. Every slice runs
    /// at the same virtual time, so single steps read other times: the guest discards what it reads.
    static final String GUEST = "mov x20, #0x40000000; add x21, x20, #0x82, lsl #12; mov x22, #0x9000000;"
            + "again: mov x1, #7; loop: add x2, x2, x1; str x2, [x21, x1, lsl #3]; ldrh w3, [x21, x1]; eor x4, x4, x3;"
            + "stp x2, x4, [x21, #0x100]; subs x1, x1, #1; b.ne loop; bl first; bl second; mrs xzr, cntvct_el0;"
            + "tbz x2, #3, far; hvc #9; far: ldr w6, [x22, #4]; str w2, [x22]; tbz x2, #5, again; wfi; b again;"
            + "first: ldr q0, [x21]; fadd v1.2d, v0.2d, v0.2d; str q1, [x21, #64]; add x7, x7, #1; ret;"
            + "second: mov x8, x30; bl first; ldaxr x9, [x21]; add x9, x9, #1; stlxr w10, x9, [x21]; mov x30, x8; ret";

    @BeforeAll
    static void onlyWhereThereIsMachineCode() {
        assumeTrue(!Host.current().machineCode().isEmpty(), "there is machine code for Linux on x86-64 only");
        assertThat(COUNTED.shortcuts().uses(Shortcut.BUDGETS)).isTrue();
    }

    @Test
    void budgetsOfEachLengthFromAnyPlaceEqualSingleSteps() {
        for (long seed = 0; seed < (FULL ? 40 : 2); seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            try (Snippet counted = Snippet.withDevice(COUNTED, device(), GUEST);
                    Snippet stepped = Snippet.withDevice(STEPPED, device(), GUEST)) {
                for (int budget = 1; budget <= LONGEST; budget++) {
                    int place = random.nextInt(60);
                    assertSame(counted, stepped, place, "seed " + seed + ", on the way to a position");
                    assertSame(counted, stepped, budget, "seed " + seed + ", budget " + budget);
                }
            }
        }
    }

    private static void assertSame(Snippet counted, Snippet stepped, int budget, String what) {
        if (budget == 0) {
            return;
        }
        Exit exit = counted.run(budget);
        Exit expected = Exit.BudgetUsed.INSTANCE;
        for (int step = 0; step < budget && expected instanceof Exit.BudgetUsed; step++) {
            expected = stepped.run(1);
        }
        assertThat(exit).as(what).isEqualTo(expected);
        assertThat(counted.registers()).as(what).isEqualTo(stepped.registers());
    }

    static MmioDevice device() {
        return new MmioDevice() {
            private long value;

            @Override
            public long read(long offset, int size) {
                return ++value;
            }

            @Override
            public void write(long offset, int size, long written) {
                value ^= written;
            }
        };
    }

    @Test
    void aFaultInTheMiddleOfABlockHasItsOwnPlace() {
        String before = "mov x0, #0x50000000; mov x2, #1; add x2, x2, #1; add x2, x2, #1;";
        for (String access : new String[] {
            "ldr x1, [x0]",
            "str x1, [x0]",
            "ldp x1, x3, [x0]",
            "stp x1, x3, [x0]",
            "ldr q0, [x0]",
            "str q0, [x0]",
            "ldrb w1, [x0]",
            "strb w1, [x0], #1",
            "ldxr x1, [x0]",
            "ldr x1, [x0, #-8]!",
            "st1 {v0.2d}, [x0]"
        }) {
            String code = before + access + "; add x2, x2, #1; add x2, x2, #1; hvc #0";
            try (Snippet counted = Snippet.with(COUNTED, CpuModel.CORTEX_A57, Assembler.a64(code));
                    Snippet stepped = Snippet.with(STEPPED, CpuModel.CORTEX_A57, Assembler.a64(code))) {
                assertThat(counted.run()).as(access).isEqualTo(stepped.run()).isInstanceOf(GuestFault.class);
                assertThat(counted.registers()).as(access).isEqualTo(stepped.registers());
                assertThat(counted.x(2)).as("nothing after " + access + " ran").isEqualTo(3);
            }
        }
    }

    @Test
    void aSliceThatMaintenanceEndsDoesSoAtItsInstruction() {
        String code = "add x1, x1, #1; ic ivau, x0; add x1, x1, #1; ic iallu; add x1, x1, #1; dsb ish; add x1, x1, #1;"
                + "tlbi vmalle1is; add x1, x1, #1; hvc #0";
        try (Snippet counted = Snippet.with(COUNTED, CpuModel.CORTEX_A57, Assembler.a64(code))) {
            for (long expected : new long[] {1, 2, 4}) {
                assertThat(counted.run()).isInstanceOf(Exit.Maintenance.class);
                assertThat(counted.x(1)).isEqualTo(expected);
            }
            HypercallExitTest.hypercall(counted.run());
            assertThat(counted.x(1)).isEqualTo(5);
        }
    }

    @Test
    void aBlockThatIsCutIsAsOldAsTheWholeOne() {
        // Another engine writes the code, without maintenance: both continue with their old code.
        String code = "again: add x1, x1, #1; add x1, x1, #1; add x1, x1, #1; add x1, x1, #1; b again";
        byte[] other = Assembler.a64("add x1, x1, #64");
        try (Snippet counted = Snippet.with(COUNTED, CpuModel.CORTEX_A57, Assembler.a64(code));
                Snippet reference = Snippet.with(STEPPED, CpuModel.CORTEX_A57, Assembler.a64(code))) {
            for (Snippet guest : new Snippet[] {counted, reference}) {
                guest.run(10);
                guest.write(Snippet.BASE + 4, other);
            }
            for (int budget = 1; budget < 40; budget++) {
                counted.run(budget);
                reference.run(budget);
                assertThat(counted.registers()).as("budget " + budget).isEqualTo(reference.registers());
            }
        }
    }

    @Test
    void aReturnToAarch32IsAnIllegalOneWithAndWithoutShortcuts() {
        String guest = "adr x0, below; msr elr_el1, x0; mov x1, #0x30; msr spsr_el1, x1; mov x0, #0; eret; .balign 8;"
                + "below: .quad 0; .quad 0";
        try (Snippet counted = Snippet.with(COUNTED, CpuModel.CORTEX_A57, Assembler.a64(guest));
                Snippet stepped = Snippet.with(STEPPED, CpuModel.CORTEX_A57, Assembler.a64(guest))) {
            for (Snippet each : new Snippet[] {counted, stepped}) {
                assertThat(each.run(100))
                        .as("class 0x0e and IL: DDI0487 ESR_ELx")
                        .isEqualTo(new GuestFault(GuestFault.Kind.OTHER_EXCEPTION, 0, 0x3a00_0000));
                assertThat(each.registers()[GeneralRegisters.PC])
                        .as("the target of the return")
                        .isEqualTo(Snippet.BASE + 0x18);
            }
            assertThat(counted.registers()).isEqualTo(stepped.registers());
        }
    }

    @Test
    void anAccessToNothingIsFoundInTheMiddleOfABlockAndItsDevicesAreReachedOnce() {
        // The device's last word, and the first word after it, which is a gap.
        for (String access : new String[] {"ldp x4, x5, [x0]", "stp x2, x2, [x0]", "ldp x0, x5, [x0]"}) {
            int[] reached = new int[2];
            UnicornEngines[] both = {COUNTED, STEPPED};
            long[][] registers = new long[2][];
            for (int k = 0; k < both.length; k++) {
                int which = k;
                try (Snippet guest = Snippet.withDevice(
                        both[k], new CountingDevice(() -> reached[which]++), pastTheDevice(access))) {
                    Exit exit = guest.run();
                    assertThat(exit).as(access).isInstanceOf(GuestFault.class);
                    registers[k] = guest.registers();
                }
            }
            assertThat(reached[0])
                    .as(access + " on the device")
                    .isEqualTo(reached[1])
                    .isPositive();
            assertThat(registers[0]).as(access).isEqualTo(registers[1]);
        }
    }

    @Test
    void aSliceThatEndsWithABlockLooksAtTheNextOneHoweverTheBlockRan() {
        // A branch to a gap. As an engine's first block it runs alone; after 16 KiB it shares its mark with a block
        // that has to run in pieces.
        String first = "nowhere: b nowhere - 0x100";
        String marked =
                "ic iallu; mov x1, #0x40000000; add x1, x1, #4, lsl #12; br x1; .balign 0x4000;" + "b . - 0x8000";
        for (String code : new String[] {first, marked}) {
            for (int budget = 1; budget <= 4; budget++) {
                try (Snippet counted = Snippet.with(COUNTED, CpuModel.CORTEX_A57, Assembler.a64(code));
                        Snippet reference = Snippet.with(STEPPED, CpuModel.CORTEX_A57, Assembler.a64(code))) {
                    Exit exit = Exit.BudgetUsed.INSTANCE;
                    for (int slice = 0; slice < 8 && !(exit instanceof GuestFault); slice++) {
                        exit = counted.run(budget);
                        assertThat(exit)
                                .as("%s: slice %d of %d", code, slice, budget)
                                .isEqualTo(reference.run(budget));
                        assertThat(counted.registers()).as(code).isEqualTo(reference.registers());
                    }
                    assertThat(exit).as(code).isInstanceOf(GuestFault.class);
                }
            }
        }
    }

    @Test
    void maintenanceInTheFirstBlockThatRunsIsFoundAlsoWhenFetchesFailedBefore() {
        String code = "ic iallu; add x1, x1, #1; hvc #0";
        try (Snippet counted = Snippet.with(COUNTED, CpuModel.CORTEX_A57, Assembler.a64(code))) {
            counted.engine().writePc(Snippet.BASE - 0x100);
            assertThat(counted.run()).as("a fetch from a gap").isInstanceOf(GuestFault.class);
            counted.engine().writePc(Snippet.BASE);
            assertThat(counted.run()).isInstanceOf(Exit.Maintenance.class);
            assertThat(counted.x(1)).as("nothing after the maintenance ran").isZero();
        }
    }

    private static String pastTheDevice(String access) {
        return "mov x2, #1; add x2, x2, #1; mov x0, #0x9000000; add x0, x0, #0xff8; add x2, x2, #1; " + access
                + "; add x2, x2, #1; hvc #0";
    }

    private record CountingDevice(Runnable reached) implements MmioDevice {
        @Override
        public long read(long offset, int size) {
            reached.run();
            return 5;
        }

        @Override
        public void write(long offset, int size, long value) {
            reached.run();
        }
    }
}
