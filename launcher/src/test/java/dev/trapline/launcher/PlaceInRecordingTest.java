package dev.trapline.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.fault.CallPattern;
import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.fault.FaultRule;
import dev.trapline.abi.fault.MachineFault;
import dev.trapline.abi.fault.Moments;
import dev.trapline.abi.fault.Occasion;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.config.ConfigLoader;
import dev.trapline.explore.Oracle;
import dev.trapline.explore.Profile;
import dev.trapline.explore.SeededChoices;
import dev.trapline.explore.Strategy;
import dev.trapline.explore.Subject;
import dev.trapline.explore.Trial;
import dev.trapline.explore.TrialMachine;
import dev.trapline.journal.OpenOptions;
import dev.trapline.launcher.explore.PlaceInRecording;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.launcher.process.ActorSystemStart;
import dev.trapline.launcher.process.Engines;
import dev.trapline.launcher.process.Services;
import dev.trapline.launcher.recording.Replaying;
import dev.trapline.machine.RunReport;
import dev.trapline.timeline.PositionQuery;
import dev.trapline.vcpu.RecordedTrials;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Runs that begin at a place of a recording are those of a machine that comes there from power-on.
@Tag("native")
class PlaceInRecordingTest {

    private static final int PLACES = 4;
    private static final long INSTRUCTIONS = 50_000;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private static EngineFactory engines;

    @BeforeAll
    static void open() {
        engines = Engines.open(null, null);
    }

    private static Terminal terminal() {
        return new Terminal(
                InputStream.nullInputStream(), new ByteArrayOutputStream(), new PrintWriter(new StringWriter(), true));
    }

    private Path record(String guest, String options) {
        Path recording = directory.resolve("rec");
        List<String> arguments = new ArrayList<>(List.of("run", "--cpus", "4", "--record", recording.toString()));
        if (!options.isEmpty()) {
            arguments.addAll(List.of(options.split(" ")));
        }
        arguments.add(CommandProcess.guest(guest));
        new Trapline(terminal()).execute(arguments);
        return recording;
    }

    private static Replaying replaying(Path recording) {
        return new Replaying(
                recording, new ConfigLoader().load().replay(), Services.load(List.of()), OpenOptions.STRICT);
    }

    private static Subject subject(Path recording, PositionQuery place) {
        return new PlaceInRecording(terminal(), replaying(recording), engines).subject(place, INSTRUCTIONS);
    }

    private static long slices(Path recording) {
        return replaying(recording).run(engines).slices();
    }

    private static FaultPlan plan() {
        return FaultPlan.of(
                new FaultRule(
                        "refused",
                        CallPattern.ANY,
                        Occasion.ALWAYS.withProbability(0.1),
                        new CallFault.Refused(RegisterWrites.x0(-1))),
                new FaultRule(
                        "held",
                        new Moments(new Moment.AtTime(0), 100),
                        Occasion.ALWAYS.withProbability(0.1),
                        new MachineFault.Held(MachineFault.Targets.USUAL, 50)));
    }

    @ParameterizedTest
    @CsvSource({
        "smp-hello, ''",
        "smp-hello, --schedule random --seed 3",
        "smp-hello-t32, --width aarch32",
        "smp-patch, ''",
        "sdei-checksum, --schedule random --seed 5",
        "conform-trng, ''",
        "conform-psci-suspend, ''",
        "corners/mmu, --board virt",
        "corners/gicv2, --board virt --schedule random --seed 8",
        "reset, ''",
    })
    void eachRunIsThatOfAMachineThatComesThereFromPowerOn(String guest, String options) {
        Path recording = record(guest, options);
        long slices = slices(recording);
        assertThat(slices).isGreaterThan(1);
        int compared = 0;
        for (int part = 0; part <= PLACES; part++) {
            long slice = Math.min(slices - 1, slices * part / PLACES);
            Subject subject = subject(recording, new PositionQuery.In(slice, 0)).withFaults(plan());
            assertThat(subject.beginning().slice()).isEqualTo(slice);
            SeededChoices choices = new SeededChoices(subject, new Strategy.Random(), false, Profile.ofSpan(20_000));
            RecordedTrials recorded =
                    new RecordedTrials(new ActorSystemStart().system(), engines, subject, Oracle.STANDARD);
            try (TrialMachine machine = new TrialMachine(engines, subject, Oracle.STANDARD)) {
                for (long seed = 0; seed < 3; seed++) {
                    Trial trial = machine.run(choices.of(seed));
                    Path out = directory.resolve("at-" + slice + "-" + seed + "-" + compared);
                    RunReport report = recorded.record(choices.of(seed), trial, out);
                    assertThat(RecordedTrials.isSame(trial, report))
                            .as("slice %d, seed %d: %s, and %s", slice, seed, trial, report)
                            .isTrue();
                    compared++;
                }
            }
        }
        ActorSystemStart.endAll();
        assertThat(compared).isEqualTo(3 * (PLACES + 1));
    }

    @Test
    void aPlaceWithinASliceIsTheNextSlice() {
        Path recording = record("smp-hello", "");
        assertThat(subject(recording, new PositionQuery.In(3, 1)).beginning().slice())
                .isEqualTo(4);
        assertThat(subject(recording, new PositionQuery.Call(1)).beginning().slice())
                .isEqualTo(1);
        assertThat(subject(recording, new PositionQuery.End()).beginning().slice())
                .as("behind the last slice nothing is left to begin")
                .isEqualTo(slices(recording) - 1);
    }

    @Test
    void aRunEndsWhenItsTimeIsUpAndHasNotFailed() {
        Path recording = record("wfi-all", "--max-instructions 5000");
        Subject whole = subject(recording, new PositionQuery.In(2, 0));
        Subject subject = whole.ending(1_000_000);
        SeededChoices choices = new SeededChoices(subject, new Strategy.Random(), false, Profile.ofSpan(1_000_000));
        try (TrialMachine machine = new TrialMachine(engines, subject, Oracle.STANDARD)) {
            Trial trial = machine.run(choices.of(1));
            assertThat(trial.outcome()).isEqualTo(new RunOutcome.Interrupted());
            assertThat(trial.finding()).isNull();
            assertThat(trial.ticks()).isEqualTo(whole.beginning().ticks() + 1_000_000);
        }
    }
}
