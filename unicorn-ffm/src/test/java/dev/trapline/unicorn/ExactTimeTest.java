package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.engine.MmioDevice;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.testkit.Assembler;
import dev.trapline.unicorn.TimedGuest.Seen;
import dev.trapline.unicorn.counting.Shortcut;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/// An instruction that reads a counter sees the virtual time of its slice's beginning and the number of instructions
/// that the slice has completed before it. So it reads the same wherever slices are cut. The expected values come from
/// single steps, for each of which the test sets the time.
class ExactTimeTest {

    private static final boolean FULL = Boolean.getBoolean("trapline.full");

    /// Each engine is cut at one position out of this many; every engine at different ones.
    private static final int APART = FULL ? 1 : 3;

    private static final int RANDOM_CUTS = FULL ? 200 : 12;

    /// Reads a counter into x9, and folds it into x19.
    private static final String TIME = "mrs x9, cntvct_el0; eor x19, x9, x19, ror #13;";

    private static final String PHYSICAL = "mrs x9, cntpct_el0; eor x19, x9, x19, ror #13;";
    private static final String TVAL = "mrs x9, cntv_tval_el0; eor x19, x9, x19, ror #13;";
    private static final String CTL = "mrs x9, cntv_ctl_el0; eor x19, x9, x19, ror #13;";
    private static final String CYCLES = "mrs x9, pmccntr_el0; eor x19, x9, x19, ror #13;";

    /// Straight code, timers, the cycle counter.
    private static final String A64_TIMERS = TIME + PHYSICAL + "mov x1, #60; msr cntv_tval_el0, x1; mov x1, #1;"
            + "msr cntv_ctl_el0, x1;" + CTL + TVAL + "mov x1, #0x80000000; msr pmcntenset_el0, x1; mov x1, #1;"
            + "msr pmcr_el0, x1;" + CYCLES + "mov x1, #500; msr cntp_tval_el0, x1; mrs x9, cntp_cval_el0;"
            + "eor x19, x9, x19, ror #13; mov x1, #7; msr pmccntr_el0, x1;" + CYCLES;

    /// A loop, branches, calls across a page boundary, a device, memory that ignores stores, an access that is
    /// repeated, code that changes itself, a call, maintenance, a wait.
    private static final String A64_LOOP = "mov x23, #3; again: mov x1, #3; loop: " + TIME
            + "subs x1, x1, #1; b.ne loop; tbz x23, #0, skip;" + PHYSICAL + "skip: bl crossing; ldr x3, [x22];" + TIME
            + "str x3, [x22, #8];" + CYCLES + "add x24, x20, #0x20, lsl #12; str x3, [x24];" + TIME
            + "mov x4, #0x50000000;" + TIME + "ldr x5, [x4];" + TIME
            + "mov x25, #0x100000; str x3, [x25]; " + TVAL
            + "adr x6, patch; ldr w7, [x6]; eor w7, w7, #0x400; str w7, [x6];" + TIME + "b over; over: " + TIME
            + "patch: add x8, x8, #1;" + TIME + "hvc #3;" + TIME + "ic ivau, x6;" + TIME + "tlbi vmalle1is; " + TIME
            + "yield;" + TIME + "wfi;" + CTL + "subs x23, x23, #1; b.ne again;";

    private static final String A64_CROSSING =
            "; .balign 1024; .space 1008; crossing: " + TIME + "add x8, x8, #3;" + TIME + PHYSICAL + "ret;";

    /// At EL0, with access to the counters. x10: address of EL1's code.
    private static final String A64_USER = "mov x1, #0x303; msr cntkctl_el1, x1; mov x1, #5; msr pmuserenr_el0, x1;"
            + "adr x9, user; %s msr elr_el1, x9; mov x9, #0x3c0; msr spsr_el1, x9; eret; user: mov x1, #3; users: "
            + TIME + CYCLES + "mov x2, #90; msr cntp_tval_el0, x2; mrs x9, cntp_tval_el0; eor x19, x9, x19, ror #13;"
            + "subs x1, x1, #1; b.ne users; svc #0";

    private static final String A64_BEGIN = "mov x20, #0x40000000; mov x22, #0x9000000;";

    /// Page tables at 0x40080000: devices, memory for EL1, and the same memory at 0x80000000, readable for both.
    private static final String A64_MMU = "add x0, x20, #0x80, lsl #12; movz x1, #0x701; str x1, [x0];"
            + "movz x1, #0x701; movk x1, #0x4000, lsl #16; str x1, [x0, #8]; movz x1, #0x7c1;"
            + "movk x1, #0x4000, lsl #16; str x1, [x0, #16]; mov x1, #0xff; msr mair_el1, x1; movz x1, #0x3519;"
            + "movk x1, #0x80, lsl #16; movk x1, #2, lsl #32; msr tcr_el1, x1; msr ttbr0_el1, x0;"
            + "mrs x1, sctlr_el1; orr x1, x1, #1; msr sctlr_el1, x1; isb; mov x0, #0; mov x1, #0;";

    private static byte[] a64(boolean mmu) {
        String user = String.format(A64_USER, mmu ? "add x9, x9, x20;" : "");
        return Assembler.a64(A64_BEGIN + (mmu ? A64_MMU : "") + A64_TIMERS + A64_LOOP + user + A64_CROSSING);
    }

    private static MmioDevice device() {
        return CountedBudgetsTest.device();
    }

    @Test
    void a64CodeReadsTheSameTimeWhereverItsSlicesAreCut() {
        check(engines -> new TimedGuest(snippet(engines, a64(false)), 4), EveryEngine.AND_EACH_SHORTCUT);
    }

    @Test
    void a64CodeWithItsMmuOnReadsTheSameTimeWhereverItsSlicesAreCut() {
        check(engines -> new TimedGuest(snippet(engines, a64(true)), 4), EveryEngine.AND_EACH_SHORTCUT);
    }

    private static Snippet snippet(UnicornEngines engines, byte[] code) {
        Snippet snippet = Snippet.withDevice(engines, device(), "nop");
        snippet.write(Snippet.BASE, code);
        return snippet;
    }

    private static final String A32_TIME = "mrrc p15, #1, r2, r3, c14; eor r4, r2, r4, ror #13; eor r4, r3, r4;";

    private static final String A32 = "mov r0, #0x9000000; mov r1, #60; mcr p15, #0, r1, c14, c3, #0; mov r1, #1;"
            + "mcr p15, #0, r1, c14, c3, #1; mrc p15, #0, r2, c14, c3, #1; eor r4, r2, r4, ror #13;"
            + "mrc p15, #0, r2, c14, c3, #0; eor r4, r2, r4, ror #13; mov r5, #3; again: " + A32_TIME
            + "mrc p15, #0, r2, c9, c13, #0; eor r4, r2, r4, ror #13; mov r6, #2; loop: " + A32_TIME
            + "subs r6, r6, #1; bne loop; tst r5, #1; mrrcne p15, #0, r2, r3, c14; eor r4, r2, r4, ror #13;"
            + "ldr r7, [r0]; " + A32_TIME + "str r7, [r0, #4];" + A32_TIME + "mov r8, #0x50000000; ldr r7, [r8];"
            + A32_TIME + "adr r9, patch; ldr r7, [r9]; eor r7, r7, #1; str r7, [r9]; b over; over: " + A32_TIME
            + "patch: add r10, r10, #1;" + A32_TIME + "wfe;" + A32_TIME + "yield; wfi;" + A32_TIME
            + ".inst 0xe1400073;" + A32_TIME + "bl far; subs r5, r5, #1; bne again;"
            // CNTKCTL, then user mode.
            + "mov r1, #0x300; orr r1, r1, #3; mcr p15, #0, r1, c14, c1, #0; .inst 0xf1020010;" + A32_TIME + A32_TIME
            + "svc #0; .balign 1024; .space 1012; far: " + A32_TIME + A32_TIME + "bx lr";

    @Test
    void a32CodeReadsTheSameTimeWhereverItsSlicesAreCut() {
        byte[] code = Assembler.a32(A32);
        check(
                engines -> new TimedGuest(Snippet.aarch32WithDevice(engines, device(), code), 8),
                List.of(EveryEngine.ALL.get(1), EveryEngine.ALL.get(3)));
    }

    private static final String T32_TIME = "mrrc p15, #1, r2, r3, c14; eor.w r4, r2, r4, ror #13; eor.w r4, r4, r3;";

    /// No IT block.
    private static final String T32_PLAIN = "movs r5, #3; again: " + T32_TIME + "movs r6, #2; loop: " + T32_TIME
            + "subs r6, #1; bne loop; mov.w r8, #0x50000000; ldr.w r7, [r8];" + T32_TIME + "wfe; " + T32_TIME
            + "wfi;" + T32_TIME + "bl far; subs r5, #1; bne again; svc #0; .balign 1024; .space 1012; far: " + T32_TIME
            + T32_TIME + "bx lr";

    /// IT blocks of each length: followed by a read of the time, ended by a branch that is taken or not, ended by a
    /// return, divided by page boundaries; with all, some or none of their instructions failing.
    private static final String T32_IT = "movs r5, #9; again: " + T32_TIME + "cmp r5, #4; it gt; addgt r1, #1;"
            + T32_TIME
            + "lsls r6, r5, #31; itte ne; addne r1, #2; addne r1, #3; addeq r1, #4;" + T32_TIME
            + "lsls r6, r5, #30; itttt mi; addmi r1, #5; addmi r1, #6; addmi r1, #7; addmi r1, #8; adds r1, #1;"
            + T32_TIME + "lsls r6, r5, #31; ite eq; addeq r1, #9; bne over; adds r1, #1; over: " + T32_TIME
            + "lsls r6, r5, #29; it mi; bmi above;" + T32_TIME + "above: bl far; bl leaf; bl leaf2; cmp r5, #2; it ls;"
            + "addls r1, #1; cmp r5, #3; it ls; addls r1, #1; subs r5, #1; bne.w again; svc #0;"
            + "leaf: lsls r6, r5, #31; it ne; bxne lr; adds r1, #11;" + T32_TIME + "bx lr;"
            + "leaf2: push {r4, lr}; lsls r6, r5, #30; itt mi; addmi r1, #13; popmi {r4, pc};" + T32_TIME
            + "str r4, [sp]; pop {r4, pc}; .balign 1024; .space 1018; far: lsls r6, r5, #31;"
            + "itttt ne; addne r1, #5; addne r1, #6; addne r1, #7; addne r1, #8;" + T32_TIME + "bx lr";

    @Test
    void t32CodeReadsTheSameTimeWhereverItsSlicesAreCut() {
        checkThumb(T32_PLAIN);
    }

    @Test
    void t32CodeWithItBlocksReadsTheSameTimeWhereverItsSlicesAreCut() {
        checkThumb(T32_IT);
    }

    private static void checkThumb(String source) {
        byte[] code = Assembler.t32(source);
        check(
                engines -> {
                    Snippet snippet = Snippet.aarch32(engines, code);
                    snippet.engine().writeRegisters(RegisterWrites.NONE.and(13, Snippet.BASE + 0x3_0000));
                    snippet.engine().writePc(Snippet.BASE + 1);
                    return new TimedGuest(snippet, 8);
                },
                List.of(EveryEngine.ALL.get(1), EveryEngine.ALL.get(3)));
    }

    @FunctionalInterface
    private interface Opening {
        TimedGuest open(UnicornEngines engines);
    }

    private static void check(Opening opening, List<UnicornEngines> all) {
        for (int each = 0; each < all.size(); each++) {
            UnicornEngines engines = all.get(each);
            Supplier<String> name = () -> name(engines);
            Seen expected;
            try (TimedGuest guest = opening.open(engines)) {
                expected = guest.step();
            }
            assertThat(expected.length()).as("it runs").isGreaterThan(100);
            assertThat(expected.shown()).as("it reads the time").isGreaterThan(TimedGuest.START + 100);
            assertThat(run(opening, engines)).as("%s: in one slice", name.get()).isEqualTo(expected);
            for (int cut = 1 + each % APART; cut < expected.length(); cut += APART) {
                assertThat(run(opening, engines, cut))
                        .as("%s: cut at %d", name.get(), cut)
                        .isEqualTo(expected);
            }
            SplittableRandom random = new SplittableRandom(11);
            for (int k = 0; k < RANDOM_CUTS; k++) {
                int[] cuts = random.ints(400, 1, 2 + random.nextInt(30)).toArray();
                assertThat(run(opening, engines, cuts))
                        .as("%s: cut at random, %d", name.get(), k)
                        .isEqualTo(expected);
            }
        }
    }

    private static String name(UnicornEngines engines) {
        StringBuilder name = new StringBuilder(engines.library().origin());
        for (Shortcut shortcut : Shortcut.values()) {
            name.append(engines.shortcuts().uses(shortcut) ? ", " + shortcut.id() : "");
        }
        return name.toString();
    }

    private static Seen run(Opening opening, UnicornEngines engines, int... lengths) {
        try (TimedGuest guest = opening.open(engines)) {
            return guest.run(lengths);
        }
    }
}
