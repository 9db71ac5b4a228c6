package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.CpuModel;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.testkit.Assembler;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// A guest's attacks on the library, which must have no effect, because the library runs in the JVM's process.
class HostileGuestTest {

    private static final boolean FULL = Boolean.getBoolean("trapline.full");

    @Test
    void hardwareBreakpointsAreKeptButNeverHit() {
        // DBGBCR with the address of the running block: if it had an effect, it would free the running code.
        try (Snippet guest = Snippet.a64("adr x0, here; msr dbgbvr2_el1, x0; mov x1, #0x1e5; msr dbgbcr2_el1, x1;"
                + "mov x3, #0x8000; msr mdscr_el1, x3; here: mrs x2, dbgbcr2_el1; mrs x4, dbgbvr2_el1; hvc #0")) {
            HypercallExitTest.hypercall(guest.run());
            assertThat(guest.x(2)).isEqualTo(0x1e5);
            assertThat(guest.x(4)).isEqualTo(guest.x(0));
        }
    }

    @Test
    void watchpointsAreKeptButNeverHit() {
        try (Snippet guest = Snippet.a64("mov x0, #0x40000000; add x0, x0, #0x800; msr dbgwvr0_el1, x0;"
                + "mov x1, #0x1fff; msr dbgwcr0_el1, x1; mov x3, #0x8000; msr mdscr_el1, x3; msr daifclr, #8;"
                + "str x0, [x0]; ldr x4, [x0]; mrs x2, dbgwcr0_el1; hvc #0")) {
            HypercallExitTest.hypercall(guest.run());
            assertThat(guest.x(2)).isEqualTo(0x1fff);
            assertThat(guest.x(4)).isEqualTo(guest.x(0));
        }
    }

    @Test
    void breakpointsThatTheCpuDoesNotHaveAreUndefined() {
        // MSR DBGBCR15_EL1, x0
        try (Snippet guest = Snippet.a64(".inst 0xd5100fa0")) {
            assertThat(guest.run()).isInstanceOf(GuestFault.class);
            assertThat(guest.pcOffset()).isZero();
        }
    }

    @Test
    void scalableVectorInstructionsAreUndefinedOnEveryModel() {
        for (CpuModel model : CpuModel.values()) {
            // ADD z0.b, z0.b, z0.b
            try (Snippet guest = Snippet.with(Snippet.engines(), model, Assembler.word(0x0420_0000))) {
                Exit exit = guest.run();
                assertThat(exit).as(model.id()).isInstanceOf(GuestFault.class);
                assertThat(((GuestFault) exit).kind()).isEqualTo(GuestFault.Kind.UNDEFINED_INSTRUCTION);
            }
        }
    }

    @Test
    void randomSystemRegisterAccessesEndInExitsAndTheSameOnesEachTime() {
        for (long seed = 0; seed < (FULL ? 2000 : 40); seed++) {
            assertThat(digestOfRandomAccesses(seed)).as("seed " + seed).isEqualTo(digestOfRandomAccesses(seed));
        }
    }

    private static long digestOfRandomAccesses(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] code = new byte[4096];
        for (int at = 0; at < code.length; at += 4) {
            // MSR, MRS, SYS and SYSL of any encoding: 0xd5000000 and 22 random bits.
            byte[] word = Assembler.word(0xd500_0000 | random.nextInt(1 << 22));
            System.arraycopy(word, 0, code, at, word.length);
        }
        try (Snippet guest = Snippet.with(Snippet.engines(), CpuModel.CORTEX_A72, code)) {
            for (int slice = 0; slice < 300; slice++) {
                Exit exit = guest.engine().run(1 + random.nextInt(50), slice * 100L, 0);
                switch (exit) {
                    case Exit.Maintenance maintenance -> guest.engine().maintain(maintenance);
                    case GuestFault _ -> guest.engine().writePc(Snippet.BASE + 4L * random.nextInt(1024));
                    case HypercallExit _, Exit.BudgetUsed _, Exit.WaitForInterrupt _, Exit.FirmwareInterrupt _ -> {}
                }
            }
            return guest.engine().fullDigest();
        }
    }
}
