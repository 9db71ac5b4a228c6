package dev.trapline.launcher.explore;

import dev.trapline.abi.Figures;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.file.WriteFailure;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.history.RecordingHeader;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.config.FaultPlanText;
import dev.trapline.explore.Beginning;
import dev.trapline.explore.Finding;
import dev.trapline.explore.JudgedChoices;
import dev.trapline.explore.Minimizer;
import dev.trapline.explore.Minimum;
import dev.trapline.explore.Oracle;
import dev.trapline.explore.RecordedRun;
import dev.trapline.explore.Scenes;
import dev.trapline.explore.Story;
import dev.trapline.explore.Subject;
import dev.trapline.explore.Trial;
import dev.trapline.explore.TrialMachine;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.file.Disk;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.launcher.options.FormatOption;
import dev.trapline.launcher.options.Version;
import dev.trapline.launcher.output.CommandException;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.ResultFile;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.launcher.output.Watch;
import dev.trapline.launcher.process.Action;
import dev.trapline.launcher.process.ActorSystemStart;
import dev.trapline.launcher.process.Signals;
import dev.trapline.launcher.recording.RecordedWith;
import dev.trapline.launcher.recording.RecordingToReplay;
import dev.trapline.launcher.recording.Replaying;
import dev.trapline.machine.RunReport;
import dev.trapline.machine.choice.Choices;
import dev.trapline.machine.choice.RecordedChoices;
import dev.trapline.timeline.PositionQuery;
import dev.trapline.vcpu.Machine;
import dev.trapline.vcpu.RecordedTrials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `trapline minimize`.
@Command(
        name = "minimize",
        description = {
            "Shrinks the recording of a failing run to the turns, faults and inputs that the failure needs.",
            "",
            "The run is done again and again, each time with fewer of its choices, as long as it fails in the same way."
                    + " What is left is recorded, told in words, and written as a JUnit test.",
            "",
            RecordingToReplay.KEYS,
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  trapline minimize rec", "  trapline minimize rec --out small --minimize-runs 1000"},
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:it was shrunk, as far as it can be",
            "1:Trapline or a service failed: the message says where",
            "2:the command line is wrong, or the recorded run did not fail",
            "4:the replay diverges, or the run does not fail so when it is run again",
            "7:standard output or the smaller recording cannot be written",
            "130:Ctrl-C or a signal"
        })
public final class MinimizeCommand implements Action {

    private final Terminal terminal;
    private final ActorSystemStart actors = new ActorSystemStart();

    @Mixin
    private final MinimizeOptions options = new MinimizeOptions();

    @Mixin
    private final FormatOption format = new FormatOption();

    @Mixin
    private final RecordingToReplay recording = new RecordingToReplay();

    public MinimizeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public @Nullable Path resultFile() {
        return recording.result();
    }

    /// A recorded run that failed.
    ///
    /// @param ticks how long it was, in virtual time
    private record Failed(RecordedRun run, Finding finding, long ticks) {

        /// A run with fewer choices may never end: so much later, it has not failed in the same way.
        long limit() {
            return 4 * ticks + MachineSpec.TICKS_PER_SECOND / 10;
        }
    }

    @Override
    public Ending perform() {
        Oracle oracle = options.oracle();
        int budget = options.budget();
        Replaying replaying = recording.prepare(
                terminal.err(), rules -> rules.when(true, "this command uses no checkpoints", "replay.checkpoints."));
        Path out = options.outFor(replaying.recording());
        if (Files.exists(out, LinkOption.NOFOLLOW_LINKS)) {
            throw CommandException.usage(out + " exists: name a new directory with --out");
        }
        EngineFactory engines = replaying.engines();
        Failed failed = failed(replaying, engines, oracle);
        Minimum minimum = minimum(failed, engines, oracle, budget);
        if (minimum != null) {
            RecordedRun later = failed.run().withoutFirst(minimum);
            Failed rest = later == null ? null : new Failed(later, failed.finding(), failed.ticks());
            Minimum smaller = rest == null ? null : minimum(rest, engines, oracle, budget);
            if (rest != null && smaller != null) {
                failed = rest;
                minimum = smaller.of(minimum);
            }
        }
        if (minimum == null) {
            throw CommandException.of(new Ending(
                    Ending.DIVERGED,
                    "not-repeated",
                    "the run does not fail so when it is run again with its recorded choices: "
                            + failed.finding().text()));
        }
        return kept(
                failed,
                minimum,
                new RecordedTrials(actors.system(), engines, failed.run().subject(), oracle),
                out);
    }

    /// Replays the recording, and writes its choices down.
    private Failed failed(Replaying replaying, EngineFactory engines, Oracle oracle) {
        RecordingReader reader = Recordings.open(replaying.recording(), replaying.open());
        RecordingHeader header = reader.header();
        RecordedWith.warn(reader, engines.library(), replaying.services(), terminal.err());
        List<FirmwareService<?>> services = replaying.services().all();
        Subject whole = new Subject(PlaceInRecording.inOrder(header.spec()), reader.images(), services);
        PositionQuery from = options.from();
        Beginning.Place place = from == null ? null : new PlaceInRecording(terminal, replaying, engines).place(from);
        Subject subject = place == null ? whole : whole.from(place);
        RecordedChoices choices =
                place == null ? new RecordedChoices(header.spec()) : new RecordedChoices(header.spec(), place.slice());
        JudgedChoices judged = new JudgedChoices(oracle, choices);
        RunReport report = Machine.replay(engines, reader)
                .services(services)
                .choices(_ -> judged)
                .start(actors.system())
                .done()
                .toCompletableFuture()
                .join();
        Finding printed = judged.printed();
        Finding finding = printed == null ? ended(report.outcome(), oracle) : printed;
        if (finding == null) {
            throw CommandException.usage("the recorded run did not fail, so there is nothing to shrink: "
                    + Ending.of(report.outcome()).message());
        }
        return new Failed(
                new RecordedRun(subject, choices.noted()),
                finding,
                report.progress().virtualTime());
    }

    private static @Nullable Finding ended(RunOutcome outcome, Oracle oracle) {
        return switch (outcome) {
            case RunOutcome.Diverged _, RunOutcome.StorageFailed _ -> throw CommandException.of(Ending.of(outcome));
            case RunOutcome.Interrupted _, RunOutcome.RecordingEnds _, RunOutcome.HeldByService _ -> null;
            case RunOutcome.PoweredOff _,
                    RunOutcome.Hibernated _,
                    RunOutcome.ResetRequested _,
                    RunOutcome.Exited _,
                    RunOutcome.GuestFailed _,
                    RunOutcome.Deadlock _,
                    RunOutcome.LimitReached _,
                    RunOutcome.ServiceFailed _,
                    RunOutcome.Broken _ -> oracle.judge(outcome);
        };
    }

    private @Nullable Minimum minimum(Failed failed, EngineFactory engines, Oracle oracle, int budget) {
        Watch watch = terminal.watch("shrinking");
        AtomicInteger runs = new AtomicInteger();
        AtomicBoolean stopped = new AtomicBoolean();
        try (Signals signals = Signals.take();
                TrialMachine machine = new TrialMachine(engines, failed.run().subject(), oracle)) {
            signals.ask(() -> stopped.set(true), () -> stopped.set(true));
            Function<Choices, Trial> judge = choices -> {
                watch.at("run", runs.incrementAndGet(), budget);
                Trial trial = machine.run(
                        choices, () -> stopped.get() || machine.machine().now() > failed.limit());
                if (trial == null && stopped.get()) {
                    watch.pause();
                    throw CommandException.interrupted("shrinking was interrupted");
                }
                return trial == null ? Trial.endless() : trial;
            };
            return Minimizer.minimize(failed.run(), judge, failed.finding(), budget);
        } finally {
            watch.pause();
        }
    }

    private Ending kept(Failed failed, Minimum minimum, RecordedTrials recorder, Path out) {
        RecordedRun run = failed.run();
        try {
            RunReport report = recorder.record(run.choices(minimum), minimum.trial(), out);
            ResultFile.writeInto(out, ResultFile.json(Ending.of(report.outcome()), report));
            if (!RecordedTrials.isSame(minimum.trial(), report)) {
                throw new IllegalStateException(
                        "the recorded run differs from the one that failed: it ended with " + report.outcome());
            }
            FaultPlan faults = Story.plan(minimum, List.of(), 0);
            Path plan = faults.isEmpty() ? null : out.resolveSibling(out.getFileName() + ".conf");
            if (plan != null) {
                Disk.write(plan, FaultPlanText.of(faults));
            }
            Scenes scenes = Scenes.of(recorder.engines(), run, recorder.oracle(), minimum);
            List<String> story = Story.of(minimum, run.subject().names(), scenes);
            MinimizeReport result = new MinimizeReport(
                    failed.finding(),
                    minimum,
                    story,
                    scenes.places(report.lastHypercalls()),
                    out,
                    plan,
                    test(failed, minimum, story, recorder, out, plan));
            terminal.print(format.isJson() ? result.json().line() : result.text());
        } catch (IOException e) {
            throw CommandException.of(
                    new Ending(Ending.STORAGE, "storage-failed", out + " cannot be kept: " + WriteFailure.reason(e)));
        }
        int left = minimum.choices().size();
        return new Ending(
                Ending.OK,
                "minimized",
                String.format(Locale.ROOT, "%,d of %s left", left, Figures.count(minimum.before(), "choice")));
    }

    /// Writes a test into the new recording's directory. A recording has the guest's name, and not its path.
    private static FailureTest test(
            Failed failed, Minimum minimum, List<String> story, RecordedTrials recorder, Path out, @Nullable Path plan)
            throws IOException {
        Subject subject = recorder.subject();
        Path guest = Path.of(
                subject.images().isEmpty()
                        ? "guest"
                        : subject.images().getFirst().name());
        ShrunkFailure shrunk = new ShrunkFailure(
                failed.finding(),
                minimum,
                story,
                RunBeginning.recorded(failed.run(), minimum),
                subject.spec().schedule().seed());
        return new TestWriter(
                        new TestSearch(recorder.engines(), subject, recorder.oracle()),
                        new TestSource.Guest(guest, false))
                .write(out, TestName.of(guest, failed.finding()), shrunk, plan);
    }
}
