package dev.trapline.vcpu;

import static dev.trapline.vcpu.DefectiveGuests.at;
import static dev.trapline.vcpu.DefectiveGuests.badDisk;
import static dev.trapline.vcpu.DefectiveGuests.misread;
import static dev.trapline.vcpu.DefectiveGuests.stuck;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.fault.MachineFault;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.Injection.BadDisk.Failure;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.WrongBits;
import dev.trapline.machine.MachineSetupException;
import dev.trapline.timeline.Playback;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Runs of guests whose devices have defects.
@Tag("native")
class DefectRunsTest {

    /// Waits until the UART is not full, and prints how often it was.
    private static final String POLLS = """
            movz x9, #0x0900, lsl #16
            mov w0, #48
        poll:
            ldr w1, [x9, #0x18]
            tbz w1, #5, ready
            add w0, w0, #1
            b poll
        ready:
            str w0, [x9]
        """ + InterruptedGuests.OFF;

    /// Waits for the UART's interrupt, prints its INTID as a character, waits until it is no longer pending
    /// (GICD_ISPENDR1), and turns the machine off.
    private static final String WAITS = InterruptedGuests.forwarding(33) + """
            isb
            msr daifclr, #2
        wait:
            wfi
            b wait
        interrupt:
            ldr w4, [x2, #0xc]
            str w4, [x9]
        pending:
            ldr w4, [x1, #0x204]
            tbnz w4, #1, pending
        """ + InterruptedGuests.OFF;

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    @TempDir
    private Path directory;

    private static MachineSpec virt() {
        return DefectiveGuests.virt(Specs.withVcpus(1).limit(1_000_000));
    }

    /// Records a run, replays it, repeats it, and plays it from checkpoints in its middle.
    private Finished recorded(MachineSpec spec, List<Image> images, FaultPlan plan) throws Exception {
        Path recording = directory.resolve("rec");
        Finished recorded = RUNS.record(spec, images, plan, recording);
        MachineRuns.assertEqual(RUNS.replay(recording), recorded, plan + " replayed");
        MachineRuns.assertEqual(RUNS.record(spec, images, plan, directory.resolve("again")), recorded, plan + " again");
        Playback playback = RUNS.playback(recording, (_, _) -> {});
        int step = (int) (recorded.report().position().slice() / 20) + 1;
        MachineRuns.assertRepeatsFromCheckpoints(playback, recorded, step);
        return recorded;
    }

    @ParameterizedTest(name = "{0} reads: {1}")
    @CsvSource({"1, 1", "3, 3", "9, 9"})
    void aGuestThatPollsARegisterThatReadsWrongPollsSoOften(int count, String printed) throws Exception {
        FaultPlan plan = at(0, misread(new WrongBits(0, DefectiveGuests.FULL, 0), count));
        Finished finished = recorded(virt(), List.of(InterruptedGuests.guest(POLLS)), plan);
        assertThat(finished.console()).isEqualTo(printed);
        assertThat(finished.report().outcome()).isEqualTo(new RunOutcome.PoweredOff());
    }

    @Test
    void aRegisterThatReadsWrongForEverIsNeverRightOnTheBareBoardToo() throws Exception {
        MachineSpec bare = Specs.withVcpus(1).limit(10_000).spec();
        FaultPlan plan = at(0, misread(new WrongBits(0, DefectiveGuests.FULL, 0), Injection.Defect.EVERY_TIME));
        Finished finished = recorded(bare, List.of(InterruptedGuests.guest(POLLS)), plan);
        assertThat(finished.console()).isEmpty();
        assertThat(finished.report().outcome()).isEqualTo(new RunOutcome.LimitReached(RunOutcome.Limit.INSTRUCTIONS));
    }

    @Test
    void aStuckLineInterruptsAGuestForItsTimeToTheTick() throws Exception {
        List<Image> guest = List.of(InterruptedGuests.guest(WAITS));
        Finished finished = recorded(virt(), guest, at(50_000, stuck(33, true, 5_000)));
        assertThat(finished.console()).as("character 33").isEqualTo("!");
        long call = virt().schedule().exitCosts().hypercall();
        assertThat(finished.report().progress().virtualTime() - call)
                .as("at most eight instructions behind its end: those of the loop, and the last ones")
                .isBetween(55_000L, 55_008L);
    }

    @Test
    void aLineThatIsStuckForEverNeverLetsTheGuestGo() throws Exception {
        FaultPlan plan = at(50_000, stuck(33, true, Injection.Hold.FOREVER));
        List<Image> guest = List.of(InterruptedGuests.guest(WAITS));
        assertThat(recorded(virt(), guest, plan).report().outcome())
                .as("the interrupt stays pending")
                .isEqualTo(new RunOutcome.LimitReached(RunOutcome.Limit.INSTRUCTIONS));
    }

    @ParameterizedTest(name = "{0}, the next {1}: {2}")
    @CsvSource({
        "WRITE_FAILS, 1, 10--00bb00cc00dd",
        "WRITE_FAILS, 3, 10--10--10--00dd",
        "WRITE_LOST,  2, 00--00--00cc00dd",
        "WRITE_TORN,  1, 00a-00bb00cc00dd",
        "WRITE_TORN,  9, 00a-00b-00c-00d-",
        "READ_FAILS,  2, 01..01..00cc00dd",
    })
    void aGuestReadsWhatItsDiskHasStored(Failure failure, long count, String printed) throws Exception {
        Finished finished = recorded(virt(), DefectiveGuests.usesItsDisk(), at(0, badDisk(failure, count)));
        assertThat(finished.console().replace('\0', '.'))
                .as("status of the write and of the read, and what was read")
                .isEqualTo(printed);
    }

    @Test
    void aGuestWithoutDefectsReadsWhatItWrites() throws Exception {
        Finished finished = recorded(virt(), DefectiveGuests.usesItsDisk(), FaultPlan.NONE);
        assertThat(finished.console()).isEqualTo("00aa00bb00cc00dd");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void defectsOfAllKindsAreRecordedReplayedSoughtAndRepeatedWithEqualDigests(long seed) throws Exception {
        MachineSpec spec = DefectiveGuests.virt(
                Specs.withVcpus(1).limit(1_000_000).slice(50).random(seed));
        Finished finished = recorded(spec, DefectiveGuests.usesItsDisk(), DefectiveGuests.allAgainAndAgain());
        assertThat(finished.report().unused().faults())
                .as("each rule was met")
                .allMatch(count -> count.fired() > 0, "fired")
                .hasSize(6);
        assertThat(finished.report().outcome()).isEqualTo(new RunOutcome.PoweredOff());
        assertThat(finished.console()).isNotEqualTo("00aa00bb00cc00dd");
    }

    /// A machine that could have defects, and has none, runs as one that cannot.
    @Test
    void thePossibilityOfDefectsChangesNothing() throws Exception {
        MachineSpec plain = virt();
        Finished without = RUNS.record(plain, DefectiveGuests.usesItsDisk(), directory.resolve("without"));
        MachineSpec possible = plain.with(plain.run().withDefects());
        Finished with = RUNS.record(possible, DefectiveGuests.usesItsDisk(), directory.resolve("with"));
        MachineRuns.assertEqual(with, without, "with the possibility");
    }

    @Test
    void aDefectThatTheMachineCannotHaveIsAnErrorBeforeTheRun() {
        assertRefused(virt(), badDisk(Failure.WRITE_LOST, 1), "a defect of disk 0, and this machine has none");
        assertRefused(
                Specs.withVcpus(1).spec(),
                stuck(33, true, 1),
                "a stuck line with INTID 33, and this machine has no interrupt controller");
        assertRefused(
                virt(),
                new MachineFault.Defective(new Injection.Misread(0x4000_0000L, new WrongBits(1, 0, 0), 1)),
                "a misread at 0x40000000, and no device of this machine has a register there");
    }

    private void assertRefused(MachineSpec spec, MachineFault fault, String why) {
        assertThatThrownBy(() -> RUNS.run(spec, InterruptedGuests.guest(POLLS), at(0, fault)))
                .isInstanceOf(MachineSetupException.class)
                .hasMessage("Java: the fault 'it': " + why);
    }

    @Test
    void aRecordingWithFaultsButWithoutDefectsCannotBeContinuedWithSome() throws Exception {
        Path recording = directory.resolve("rec");
        FaultPlan held = at(10, new MachineFault.Held(MachineFault.Targets.ALL, 10));
        RUNS.record(virt(), List.of(InterruptedGuests.guest(POLLS)), held, recording);
        FaultPlan defect = at(0, misread(new WrongBits(1, 0, 0), 1));
        assertThatThrownBy(() -> RUNS.proceed(recording, defect))
                .isInstanceOf(MachineSetupException.class)
                .hasMessage("the recording was made without defects of devices: it cannot be continued with some");
    }
}
