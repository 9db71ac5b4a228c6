package dev.trapline.vcpu;

import static dev.trapline.vcpu.InterruptedGuests.OFF;
import static dev.trapline.vcpu.InterruptedGuests.PLANNED;
import static dev.trapline.vcpu.InterruptedGuests.guest;
import static dev.trapline.vcpu.InterruptedGuests.planned;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.GicVersion;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Interrupts of the controller that are bound to SDEI events reach the guest as events (DEN0054, INTERRUPT_BIND). The
/// guest never programs its interrupt controller: they belong to the firmware.
@Tag("native")
class SdeiInterruptTest {

    /// Binds the interrupt in x1, and registers and enables `handler` for its event. x9 is the console.
    private static final String BIND = """
            movz x9, #0x0900, lsl #16
            movz x0, #0x2d
            movk x0, #0xc400, lsl #16
            hvc #0
            mov x1, x0
            movz x0, #0x21
            movk x0, #0xc400, lsl #16
            adr x2, handler
            mov x3, #0
            mov x4, #0
            mov x5, #0
            hvc #0
            movz x0, #0x22
            movk x0, #0xc400, lsl #16
            hvc #0
        """;

    private static final String UNMASK = """
            movz x0, #0x2c
            movk x0, #0xc400, lsl #16
            hvc #0
        """;

    private static final String COMPLETE = """
            movz x0, #0x25
            movk x0, #0xc400, lsl #16
            mov x1, #0
            hvc #0
        """;

    /// x3 is the alarm, which rings 0x8000 ticks from now.
    private static final String ALARM = """
            movz x3, #0x0a00, lsl #16
            ldr w4, [x3]
            add w4, w4, #0x8000
            str w4, [x3]
        """;

    /// The handler prints a letter for the event: 'A' is 2000. It silences the alarm the second time only, and ends
    /// the run the third time.
    private static final String RINGS = """
        handler:
            sub w4, w0, #1935
            str w4, [x9]
            add x20, x20, #1
            cmp x20, #2
            b.lo done
            movz x3, #0x0a00, lsl #16
            str wzr, [x3, #8]
        """ + ALARM + """
            cmp x20, #3
            b.eq last
        done:
        """ + COMPLETE + "last:" + OFF;

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    private static final Board.Fitting WITH_ALARM = InterruptedGuests::addAlarm;

    @TempDir
    private Path directory;

    private static MachineSpec virt(GicVersion gic) {
        MachineSpec spec = Specs.withVcpus(1).limit(1_000_000).spec();
        return spec.with(spec.board().withKind(BoardKind.VIRT).withGic(gic));
    }

    private static String waiting(String how) {
        return "wait:" + how + "; b wait\n";
    }

    /// The alarm's line is level-sensitive and stays high until the guest silences it. So the event comes again as
    /// soon as its handler has completed.
    @ParameterizedTest
    @CsvSource({"V2, wfi", "V2, nop", "V3, wfi", "V3, nop"})
    void aDevicesLineIsAnEventUntilTheGuestSilencesTheDevice(GicVersion gic, String how) {
        Path recording = directory.resolve("rec");
        String source = "mov x1, #40\n" + BIND + UNMASK + ALARM + waiting(how) + RINGS;
        Finished recorded = RUNS.record(virt(gic), guest(source), WITH_ALARM, recording);
        assertThat(recorded.report().outcome()).isEqualTo(new RunOutcome.PoweredOff());
        assertThat(recorded.console()).isEqualTo("AAA");
        assertThat(recorded.report().progress().virtualTime()).isBetween(0x10000L, 0x10000L + 3_000);
        MachineRuns.assertEqual(RUNS.replay(recording, WITH_ALARM), recorded, "replayed");
    }

    @ParameterizedTest
    @EnumSource
    void anInjectedInterruptIsOneEvent(GicVersion gic) {
        Path recording = directory.resolve("rec");
        String source = "mov x1, #40\n" + BIND + UNMASK + waiting("wfi") + """
            handler:
                sub w4, w0, #1935
                str w4, [x9]
                add x20, x20, #1
                cmp x20, #2
                b.eq last
            """ + COMPLETE + "last:" + OFF;
        Finished recorded = RUNS.record(virt(gic), guest(source), planned(40), recording);
        assertThat(recorded.console()).as("once: the interrupt has no line").isEqualTo("A");
        assertThat(recorded.report().outcome()).isInstanceOf(RunOutcome.Deadlock.class);
        assertThat(recorded.report().progress().virtualTime()).isBetween(PLANNED, PLANNED + 1_000);
        MachineRuns.assertEqual(RUNS.replay(recording), recorded, "replayed");
    }

    /// The handler prints the number of ticks between the timer's deadline and its first instruction, as a
    /// character after '0': what the way into firmware costs, which is 100 ticks, and an instruction or two.
    @ParameterizedTest
    @CsvSource({"V2, wfi", "V2, nop", "V3, wfi", "V3, nop"})
    void theTimersInterruptIsAnEventAtItsDeadline(GicVersion gic, String how) {
        String source = "mov x1, #27\n" + BIND + UNMASK + """
                mrs x7, cntvct_el0
                movz x8, #0x9123
                add x7, x7, x8
                msr cntv_cval_el0, x7
                mov x6, #1
                msr cntv_ctl_el0, x6
            """ + waiting(how) + """
            handler:
                mrs x10, cntvct_el0
                mrs x11, cntv_cval_el0
                sub x10, x10, x11
                cmp x10, #100
                b.lo wrong
                cmp x10, #104
                b.hi wrong
                mov w4, #0x79
                str w4, [x9]
                sub w4, w0, #935
                str w4, [x9]
            wrong:
            """ + OFF;
        Path recording = directory.resolve("rec");
        Finished recorded = RUNS.record(virt(gic), guest(source), List.of(), recording);
        assertThat(recorded.console()).as("in time, and event 1000").isEqualTo("yA");
        MachineRuns.assertEqual(RUNS.replay(recording), recorded, "replayed");
    }

    /// The guest unmasks the transmit interrupt of the PL011, which is INTID 33 (DDI0183 §3.3.10). The handler
    /// prints whether the next instruction was executed.
    @ParameterizedTest
    @EnumSource
    void anAccessThatRaisesALineIsFollowedByTheEventAtOnce(GicVersion gic) {
        String source = "mov x1, #33\n" + BIND + UNMASK + """
                mov x12, #0x79
                mov w4, #0x20
                str w4, [x9]
                str w4, [x9, #0x38]
                mov x12, #0x6e
            """ + waiting("nop") + """
            handler:
                str w12, [x9]
            """ + OFF;
        Path recording = directory.resolve("rec");
        Finished recorded = RUNS.record(virt(gic), guest(source), List.of(), recording);
        assertThat(recorded.console()).as("a blank, and 'y' if not").isEqualTo(" y");
        MachineRuns.assertEqual(RUNS.replay(recording), recorded, "replayed");
    }

    @Test
    void whileEventsAreMaskedTheEventWaits() {
        String source = "mov x1, #40\n" + BIND + ALARM + """
                movz x8, #0x9000
            counts:
                sub x8, x8, #1
                cbnz x8, counts
                mov w4, #0x3e
                str w4, [x9]
            """ + UNMASK + waiting("wfi") + RINGS;
        Finished finished = RUNS.record(virt(GicVersion.V2), guest(source), WITH_ALARM, directory.resolve("rec"));
        assertThat(finished.console()).isEqualTo(">AAA");
        assertThat(finished.report().outcome()).isEqualTo(new RunOutcome.PoweredOff());
    }

    /// The guest enables the interrupt at its controller too, and gives the event up in its handler: from then on
    /// the interrupt is its own.
    @Test
    void withoutAHandlerTheInterruptIsTheGuestsAgain() {
        String source = InterruptedGuests.forwarding(40) + "isb; msr daifclr, #2; mov x1, #40\n" + BIND + UNMASK + ALARM
                + waiting("wfi") + """
                handler:
                    sub w4, w0, #1935
                    str w4, [x9]
                    mov x1, x0
                    movz x0, #0x27
                    movk x0, #0xc400, lsl #16
                    hvc #0
                """ + COMPLETE + """
                interrupt:
                    movz x2, #0x0801, lsl #16
                    ldr w4, [x2, #0xc]
                    str w4, [x9]
                """ + OFF;
        Finished finished = RUNS.record(virt(GicVersion.V2), guest(source), WITH_ALARM, directory.resolve("rec"));
        assertThat(finished.console()).as("the event, then INTID 40").isEqualTo("A(");
    }

    @Test
    void aReplayFromTheMiddleOfAHandlerIsTheSame() {
        Path recording = directory.resolve("rec");
        String source = "mov x1, #40\n" + BIND + UNMASK + ALARM + waiting("nop") + RINGS;
        Finished recorded = RUNS.record(virt(GicVersion.V3), guest(source), WITH_ALARM, recording);
        MachineRuns.assertRepeatsFromCheckpoints(RUNS.playback(recording, WITH_ALARM), recorded, 1);
    }
}
