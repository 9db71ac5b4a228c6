package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.machine.MachineSetupException;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// A press of the power button is an interrupt of the PL061 on the board `virt`, and is recorded.
@Tag("native")
class PowerButtonTest {

    private static final long PRESSED = 50_000;

    /// Waits for an interrupt of the PL061, shared interrupt 7 (INTID 39), prints the level of the pins as a digit,
    /// and turns the machine off.
    private static final String WAITS = InterruptedGuests.forwarding(39) + """
            movz x3, #0x0903, lsl #16
            mov w0, #8
            str w0, [x3, #0x40c]
            str w0, [x3, #0x410]
            isb
            msr daifclr, #2
        wait:
            wfi
            b wait
        interrupt:
            ldr w4, [x2, #0xc]
            str w4, [x9]
            ldr w4, [x3, #0x3fc]
            add w4, w4, #48
            str w4, [x9]
        """ + InterruptedGuests.OFF;

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    @TempDir
    private Path directory;

    private static List<PlannedInjection> pressed() {
        return List.of(new PlannedInjection(new Injection.PowerButton(), new Moment.AtTime(PRESSED)));
    }

    @Test
    void aPressIsAnInterruptAndAReplayRepeatsIt() {
        MachineSpec spec = Specs.withVcpus(1).limit(1_000_000).spec();
        Path recording = directory.resolve("rec");
        Finished recorded = RUNS.record(
                spec.with(spec.board().withKind(BoardKind.VIRT)), InterruptedGuests.guest(WAITS), pressed(), recording);
        assertThat(recorded.report().outcome()).isEqualTo(new RunOutcome.PoweredOff());
        assertThat(recorded.console()).as("character 39, and pin 3 high").isEqualTo("'8");
        assertThat(recorded.report().progress().virtualTime()).isBetween(PRESSED, PRESSED + 1_000);
        MachineRuns.assertEqual(RUNS.replay(recording), recorded, "replayed");
    }

    @Test
    void theBareBoardHasNoPowerButton() {
        MachineSpec bare = Specs.withVcpus(1).limit(1_000_000).spec();
        assertThatThrownBy(() -> RUNS.record(bare, InterruptedGuests.guest("b ."), pressed(), directory.resolve("rec")))
                .isInstanceOf(MachineSetupException.class)
                .hasMessage("the board 'bare' has no power button; use the board 'virt'");
    }
}
