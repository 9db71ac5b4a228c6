package dev.trapline.vcpu;

import static dev.trapline.vcpu.InterruptedGuests.PLANNED;
import static dev.trapline.vcpu.InterruptedGuests.guest;
import static dev.trapline.vcpu.InterruptedGuests.planned;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.board.Board;
import dev.trapline.machine.MachineSetupException;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// A guest on the board `virt` takes interrupts from outside and from a custom device through the interrupt controller.
@Tag("native")
class InterruptControllerTest {

    private static final String SETUP = InterruptedGuests.forwarding(40) + "isb; msr daifclr, #2\n";

    /// Waits for ever. The interrupt's handler prints its INTID and turns the machine off.
    private static final String WAITS = SETUP + """
        wait:
            wfi
            b wait
        interrupt:
            ldr w4, [x2, #0xc]
            str w4, [x9]
        """ + InterruptedGuests.OFF;

    /// Sets an alarm, and waits for its interrupt.
    private static final String SLEEPS = SETUP + """
            movz x3, #0x0a00, lsl #16
            ldr w4, [x3]
            add w4, w4, #0x8000
            str w4, [x3]
        wait:
            wfi
            b wait
        interrupt:
            ldr w4, [x2, #0xc]
            str w4, [x9]
            str wzr, [x3, #8]
            str w4, [x2, #0x10]
            ldr w5, [x2, #0x18]
            sub w5, w5, #955
            str w5, [x9]
        """ + InterruptedGuests.OFF;

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    @TempDir
    private Path directory;

    private static MachineSpec virt() {
        MachineSpec spec = Specs.withVcpus(1).limit(1_000_000).spec();
        return spec.with(spec.board().withKind(BoardKind.VIRT));
    }

    @Test
    void anInjectedInterruptIsTakenThroughTheController() {
        Path recording = directory.resolve("rec");
        Finished recorded = RUNS.record(virt(), guest(WAITS), planned(40), recording);
        assertThat(recorded.report().outcome()).isEqualTo(new RunOutcome.PoweredOff());
        assertThat(recorded.console()).as("character 40").isEqualTo("(");
        assertThat(recorded.report().progress().virtualTime()).isBetween(PLANNED, PLANNED + 1_000);
        MachineRuns.assertEqual(RUNS.replay(recording), recorded, "replayed");
    }

    @Test
    void anInterruptThatTheControllerDoesNotHaveIsRefusedBeforeTheRun() {
        assertThatThrownBy(() -> RUNS.record(virt(), guest(WAITS), planned(288), directory.resolve("rec")))
                .isInstanceOf(MachineSetupException.class)
                .hasMessage("an interrupt with INTID 288: the interrupt controller of the board 'virt' has 0 to 287");
        MachineSpec bare = Specs.withVcpus(1).limit(1_000_000).spec();
        Image stops = guest("wfi; movz x0, #8; movk x0, #0x8400, lsl #16; hvc #0");
        assertThat(RUNS.record(bare, stops, planned(1019), directory.resolve("rec"))
                        .report()
                        .outcome())
                .as("without a controller, a number has a meaning for services only")
                .isEqualTo(new RunOutcome.PoweredOff());
    }

    /// GICC_HPPIR is 1023 if no interrupt is pending (IHI 0048B §4.4.8): character 'D' is 1023 - 955.
    @Test
    void theLineOfACustomDeviceIsAnInterruptWhileItIsHigh() {
        Board.Fitting fitting = InterruptedGuests::addAlarm;
        Path recording = directory.resolve("rec");
        Finished recorded = RUNS.record(virt(), guest(SLEEPS), fitting, recording);
        assertThat(recorded.report().outcome()).isEqualTo(new RunOutcome.PoweredOff());
        assertThat(recorded.console()).as("INTID 40, and then none").isEqualTo("(D");
        assertThat(recorded.report().progress().virtualTime()).isBetween(0x8000L, 0x8000L + 1_000);
        MachineRuns.assertEqual(RUNS.replay(recording, fitting), recorded, "replayed");
    }
}
