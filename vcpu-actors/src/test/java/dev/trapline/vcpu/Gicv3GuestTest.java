package dev.trapline.vcpu;

import static dev.trapline.vcpu.InterruptedGuests.OFF;
import static dev.trapline.vcpu.InterruptedGuests.PLANNED;
import static dev.trapline.vcpu.InterruptedGuests.guest;
import static dev.trapline.vcpu.InterruptedGuests.planned;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.GicVersion;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.board.Board;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Guests on the board `virt` with a GICv3: their interrupts come through the system registers of the CPU interface.
@Tag("native")
class Gicv3GuestTest {

    /// x11 is the Distributor, x12 the Redistributor of the first vCPU, x9 the console. The Distributor forwards
    /// Group 1; INTID 40 is enabled, in Group 1, for the first vCPU (IHI 0069 §12.9 to §12.11).
    private static final String SETUP = InterruptedGuests.VECTORS + """
            movz x11, #0x0800, lsl #16
            movz x12, #0x080a, lsl #16
            movz x9, #0x0900, lsl #16
            str wzr, [x12, #0x14]
            mov w0, #2
            str w0, [x11]
            mov w0, #0x100
            str w0, [x11, #0x84]
            str w0, [x11, #0x104]
        """;

    /// ICC_PMR_EL1 and ICC_IGRPEN1_EL1.
    private static final String OPEN = """
            mov x0, #0xff
            msr s3_0_c4_c6_0, x0
            mov x0, #1
            msr s3_0_c12_c12_7, x0
            isb
        """;

    /// Waits for ever. The interrupt's handler prints its INTID and turns the machine off.
    private static final String WAITS = SETUP + OPEN + """
            msr daifclr, #2
        wait:
            wfi
            b wait
        interrupt:
            mrs x4, s3_0_c12_c12_0
            str w4, [x9]
        """ + OFF;

    /// Sets an alarm, and waits for its interrupt. ICC_HPPIR1_EL1 is 1023 afterwards: 'D' is 1023 - 955.
    private static final String SLEEPS = SETUP + OPEN + """
            msr daifclr, #2
            movz x3, #0x0a00, lsl #16
            ldr w4, [x3]
            add w4, w4, #0x8000
            str w4, [x3]
        wait:
            wfi
            b wait
        interrupt:
            mrs x4, s3_0_c12_c12_0
            str w4, [x9]
            str wzr, [x3, #8]
            msr s3_0_c12_c12_1, x4
            mrs x5, s3_0_c12_c12_2
            sub w5, w5, #955
            str w5, [x9]
        """ + OFF;

    /// Lets its Redistributor sleep and loses its power by CPU_SUSPEND, as Linux does. When it has power again, it
    /// prints ICC_PMR_EL1 and GICR_WAKER as digits, and then the INTID.
    private static final String LOSES_POWER = SETUP + OPEN + """
            msr s3_0_c12_c12_7, xzr
            mov w0, #2
            str w0, [x12, #0x14]
            movz x0, #1
            movk x0, #0xc400, lsl #16
            movz x1, #2
            movk x1, #1, lsl #16
            adr x2, resumed
            hvc #0
            str w0, [x9]
        """ + OFF + """
        resumed:
            movz x12, #0x080a, lsl #16
            movz x9, #0x0900, lsl #16
            mrs x4, s3_0_c4_c6_0
            add w4, w4, #0x30
            str w4, [x9]
            ldr w4, [x12, #0x14]
            add w4, w4, #0x30
            str w4, [x9]
            str wzr, [x12, #0x14]
        """ + OPEN + """
        interrupt:
            mrs x4, s3_0_c12_c12_0
            str w4, [x9]
        """ + OFF;

    /// Two vCPUs send each other SGI 3 about twenty times (ICC_SGI1R_EL1). The handler prints a letter and returns.
    private static final String PING_PONG = SETUP + OPEN + """
            movz x0, #3
            movk x0, #0xc400, lsl #16
            mov x1, #1
            adr x2, second
            hvc #0
            mov x20, #2
            mov x21, #0x41
            bl private
            mov x22, #0
        first:
            wfi
            cmp x22, #20
            b.lo first
        """ + OFF + """
        second:
            adr x0, start
            sub x0, x0, #0x800
            msr vbar_el1, x0
            movz x12, #0x080c, lsl #16
            movz x9, #0x0900, lsl #16
            str wzr, [x12, #0x14]
            mov x20, #1
            mov x21, #0x61
        """ + OPEN + """
            bl private
            mov x22, #0
            msr s3_0_c12_c11_5, x20
        answers:
            wfi
            b answers
        private:
            add x13, x12, #0x10, lsl #12
            mov w0, #8
            str w0, [x13, #0x80]
            str w0, [x13, #0x100]
            movk x20, #0x300, lsl #16
            msr daifclr, #2
            ret
        interrupt:
            mrs x4, s3_0_c12_c12_0
            msr s3_0_c12_c12_1, x4
            str w21, [x9]
            add x22, x22, #1
            msr s3_0_c12_c11_5, x20
            eret
        """;

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    @TempDir
    private Path directory;

    private static MachineSpec virt(int vcpus) {
        MachineSpec spec = Specs.withVcpus(1).limit(1_000_000).spec();
        return spec.with(spec.board().withKind(BoardKind.VIRT).withGic(GicVersion.V3))
                .with(CpuSpec.DEFAULT.withCount(vcpus));
    }

    @Test
    void anInjectedInterruptIsTakenThroughTheController() {
        Path recording = directory.resolve("rec");
        Finished recorded = RUNS.record(virt(1), guest(WAITS), planned(40), recording);
        assertThat(recorded.report().outcome()).isEqualTo(new RunOutcome.PoweredOff());
        assertThat(recorded.console()).as("character 40").isEqualTo("(");
        assertThat(recorded.report().progress().virtualTime()).isBetween(PLANNED, PLANNED + 1_000);
        MachineRuns.assertEqual(RUNS.replay(recording), recorded, "replayed");
    }

    @Test
    void theLineOfACustomDeviceIsAnInterruptWhileItIsHigh() {
        Board.Fitting fitting = InterruptedGuests::addAlarm;
        Path recording = directory.resolve("rec");
        Finished recorded = RUNS.record(virt(12), guest(SLEEPS), fitting, recording);
        assertThat(recorded.report().outcome()).isEqualTo(new RunOutcome.PoweredOff());
        assertThat(recorded.console()).as("INTID 40, and then none").isEqualTo("(D");
        assertThat(recorded.report().progress().virtualTime()).isBetween(0x8000L, 0x8000L + 1_000);
        MachineRuns.assertEqual(RUNS.replay(recording, fitting), recorded, "replayed");
    }

    /// The CPU interface is reset with the vCPU, the Redistributor is not (IHI 0069 §11).
    @Test
    void aVcpuWithoutPowerIsWokenByItsRedistributorAndHasAResetCpuInterface() {
        Path recording = directory.resolve("rec");
        Finished recorded = RUNS.record(virt(1), guest(LOSES_POWER), planned(40), recording);
        assertThat(recorded.report().outcome()).isEqualTo(new RunOutcome.PoweredOff());
        assertThat(recorded.console()).isEqualTo("06(");
        assertThat(recorded.report().progress().virtualTime()).isBetween(PLANNED, PLANNED + 1_000);
        MachineRuns.assertEqual(RUNS.replay(recording), recorded, "replayed");
    }

    @Test
    void twoVcpusSendEachOtherInterruptsAndReplayFromTheirMiddle() {
        Path recording = directory.resolve("rec");
        Finished recorded = RUNS.record(virt(2), guest(PING_PONG), List.of(), recording);
        assertThat(recorded.report().outcome()).isEqualTo(new RunOutcome.PoweredOff());
        assertThat(recorded.console()).startsWith("AaAaAa").hasSizeBetween(39, 42);
        MachineRuns.assertEqual(RUNS.replay(recording), recorded, "replayed");
        MachineRuns.assertRepeatsFromCheckpoints(RUNS.playback(recording, (_, _) -> {}), recorded, 3);
    }
}
