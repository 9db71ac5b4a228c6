package dev.trapline.launcher.replay;

import akka.actor.typed.ActorSystem;
import dev.trapline.abi.Figures;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.launcher.options.NoCheckpointsOption;
import dev.trapline.launcher.options.Version;
import dev.trapline.launcher.options.WithoutEffect;
import dev.trapline.launcher.output.CommandException;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.GuestConsole;
import dev.trapline.launcher.output.Outcomes;
import dev.trapline.launcher.output.ResultFile;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.launcher.output.Watch;
import dev.trapline.launcher.process.Action;
import dev.trapline.launcher.process.ActorSystemStart;
import dev.trapline.launcher.process.Attendant;
import dev.trapline.launcher.process.Interruption;
import dev.trapline.launcher.process.Signals;
import dev.trapline.launcher.recording.RecordedWith;
import dev.trapline.launcher.recording.RecordingToReplay;
import dev.trapline.launcher.recording.Replaying;
import dev.trapline.machine.ConsoleOutput;
import dev.trapline.machine.Progress;
import dev.trapline.machine.RunReport;
import dev.trapline.timeline.Checkpoints;
import dev.trapline.timeline.PositionQuery;
import dev.trapline.timeline.verify.ParallelReplay;
import dev.trapline.vcpu.Machine;
import dev.trapline.vcpu.MachineRun;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `trapline replay`.
@Command(
        name = "replay",
        description = {
            "Replays a recording, and checks every step against what was recorded.",
            "",
            "Standard output is the recorded output of the guest's console. A replay needs only the recording, the"
                + " plugins that it was made with, and the images that it was exported without. The recording is not"
                + " changed; --at, --from, --to and --jobs save checkpoints next to it, so that later seeks start"
                + " closer.",
            "With --format json, standard error and the output of --at are JSON.",
            "",
            RecordingToReplay.KEYS,
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  trapline replay rec",
            "  trapline replay rec --plugin mine.jar --result replayed.json",
            "  trapline replay rec --jobs 8",
            "  trapline replay rec --from hypercall#3 --to 1.5ms",
            "  trapline replay rec --at 120:17 --registers --disassemble",
            "  trapline replay rec --at hypercall#9 --memory 0x40080000 64 --format json",
            "  trapline replay rec --at end --registers",
            "",
            "The exit status is that of the replay. The last line says how the recorded run ended."
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:no divergence, whatever the recorded run's own status",
            "1:Trapline or a service failed: the message says where",
            "2:the command line is wrong, there is no recording that this version reads, or an image is missing",
            "4:the replay diverges from the recording: the message says where first",
            "7:the recording is damaged, or standard output or the result file cannot be written",
            "130:Ctrl-C or a signal"
        })
public final class ReplayCommand implements Action {

    private static final int MOST_JOBS = 64;
    private static final String SPACING = "replay.checkpoints.spacing";

    private final Terminal terminal;
    private final ActorSystemStart actors = new ActorSystemStart();
    private int jobs = 1;
    private List<String> spacing = List.of();

    private boolean ignoreImageHash;
    private boolean rawConsole;
    private @Nullable RunReport ended;

    @Mixin
    private final SeekOptions seek = new SeekOptions();

    @Mixin
    private final NoCheckpointsOption noCheckpoints = new NoCheckpointsOption();

    @Mixin
    private final RecordingToReplay recording = new RecordingToReplay();

    public ReplayCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Option(
            names = "--ignore-image-hash",
            order = 1,
            description = "Accept images that have changed since the run. The replay diverges where the change "
                    + "first matters.")
    void ignoreImageHash(boolean given) {
        ignoreImageHash = given;
    }

    @Option(
            names = "--jobs",
            paramLabel = "N",
            order = 3,
            description = "Replay the parts between checkpoints on N threads, 1 to 64 (default 1). If there are no "
                    + "checkpoints, replay on one thread and save some.")
    void jobs(int threads) {
        jobs = threads;
    }

    @Option(
            names = "--raw-console",
            order = 4,
            description = "On a terminal, pass the guest's control sequences on. Without it they are made "
                    + "visible, because a recording may come from a stranger.")
    void rawConsole(boolean given) {
        rawConsole = given;
    }

    @Override
    public @Nullable Path resultFile() {
        return recording.result();
    }

    @Override
    public @Nullable RunReport report() {
        return ended;
    }

    @Override
    public Ending perform() {
        if (jobs < 1 || jobs > MOST_JOBS) {
            throw CommandException.usage("--jobs " + jobs + ": give a number of threads from 1 to " + MOST_JOBS);
        }
        if (jobs == 1 && !seek.areGiven()) {
            actors.begin();
        }
        Replaying asRecorded = recording.prepare(terminal.err(), this::addRules);
        if (ignoreImageHash) {
            tellIfImagesAreUnchanged(asRecorded);
        }
        Replaying replaying = ignoreImageHash ? asRecorded.ignoringImageHashes() : asRecorded;
        boolean checkpoints = !noCheckpoints.isGiven() && !ignoreImageHash;
        EngineFactory engines = replaying.engines();
        if (seek.areGiven()) {
            return seek(replaying, engines, checkpoints);
        }
        if (jobs > 1) {
            return parallel(replaying, engines, checkpoints);
        }
        return straight(replaying, engines, 0);
    }

    private void tellIfImagesAreUnchanged(Replaying asRecorded) {
        try (RecordingReader unchanged = Recordings.open(asRecorded.recording(), asRecorded.open())) {
            terminal.err()
                    .println("trapline: --ignore-image-hash has no effect: no image of " + unchanged.location()
                            + " has changed");
        } catch (RecordingException _) {
            // An image has changed: the replay continues to the point where that matters.
        }
    }

    private Ending parallel(Replaying replaying, EngineFactory engines, boolean inUse) {
        GuestConsole console = terminal.replayedConsole(rawConsole);
        Watch watch = terminal.watch("replaying", console);
        Checkpoints checkpoints = replaying.checkpoints(inUse, notice -> terminal.note(watch, notice));
        AtomicBoolean stopped = new AtomicBoolean();
        ParallelReplay replay =
                new ParallelReplay(replaying.run(engines), checkpoints, console, new ParallelReplay.Onlooker() {
                    @Override
                    public void at(String unit, long done, long total) {
                        if (stopped.get() || console.isBroken()) {
                            throw CommandException.interrupted("the replay was interrupted; no divergence so far");
                        }
                        watch.at(unit, done, total);
                    }

                    @Override
                    public void divided() {
                        tellSpacing();
                    }
                });
        ParallelReplay.Result result;
        try (RecordingReader reader = Recordings.open(replaying.recording(), replaying.open());
                Signals signals = Signals.take()) {
            RecordedWith.warn(reader, engines.library(), replaying.services(), terminal.err());
            signals.ask(
                    () -> {
                        stopped.set(true);
                        Interruption.unlessItEnds(terminal.json(), terminal.lastWords());
                    },
                    () -> Interruption.end(terminal.json(), terminal.lastWords()));
            result = replay.replay(jobs);
            watch.pause();
            RunReport report = report(result);
            if (report != null) {
                console.finish();
                return explained(report, replaying.recording(), reader.header().spec(), reader.images());
            }
        } finally {
            console.finish();
        }
        if (result instanceof ParallelReplay.Result.Doubted) {
            checkpoints.tellAgain();
        } else {
            terminal.note(watch, "there are no checkpoints at which to divide the recording: replayed on one thread");
        }
        return straight(replaying, engines, replay.printed());
    }

    /// Reports how the recording was replayed.
    ///
    /// @return null if it must be replayed again, sequentially
    private @Nullable RunReport report(ParallelReplay.Result result) {
        return switch (result) {
            case ParallelReplay.Result.Confirmed(RunReport report) -> report;
            case ParallelReplay.Result.Sequential(RunReport report, int made) -> {
                terminal.err()
                        .println("trapline: no checkpoints: replayed on one thread, and "
                                + (made == 0
                                        ? "made none"
                                        : "made " + Figures.count(made, "checkpoint") + " for the next replay")
                                + " ('trapline journal index' makes them ahead)");
                yield report;
            }
            case ParallelReplay.Result.Doubted _, ParallelReplay.Result.Undivided _ -> null;
        };
    }

    /// This is known only once the checkpoints are opened, so it is a warning and not an error.
    private void tellSpacing() {
        spacing.forEach(text -> terminal.err()
                .println("trapline: " + text + " has no effect: there are checkpoints already, so --jobs makes "
                        + "none"));
    }

    private void addRules(WithoutEffect rules) {
        spacing = rules.given(SPACING);
        seek.check(rules);
        rules.when(seek.areGiven(), "--at, --from and --to replay on one thread", "--jobs")
                .when(seek.at() != null, "--at prints no console", "--raw-console")
                .when(
                        !seek.areGiven() && jobs == 1,
                        "a replay of the whole recording on one thread uses no checkpoints, and makes none",
                        "--no-checkpoints",
                        "replay.checkpoints.")
                .when(
                        noCheckpoints.isGiven(),
                        NoCheckpointsOption.WHY_NOT_TO_TUNE_THEM,
                        "--jobs",
                        "replay.checkpoints.")
                .when(
                        ignoreImageHash,
                        "checkpoints are not used with --ignore-image-hash",
                        "--jobs",
                        "--no-checkpoints",
                        "replay.checkpoints.");
    }

    private Ending explained(RunReport report, Path directory, MachineSpec spec, List<Image> images) {
        Outcomes.explain(report, spec, images, terminal.err());
        if (report.outcome().isHistory()) {
            printSuccess(report, directory, terminal.err());
        }
        ended = report;
        return Outcomes.ofReplay(report.outcome());
    }

    /// Replays sequentially.
    ///
    /// @param printed how much of the console was written already, in bytes
    private Ending straight(Replaying replaying, EngineFactory engines, long printed) {
        RecordingReader reader = Recordings.open(replaying.recording(), replaying.open());
        MachineSpec spec = reader.header().spec();
        List<Image> images = reader.images();
        if (jobs == 1) {
            RecordedWith.warn(reader, engines.library(), replaying.services(), terminal.err());
        }
        ActorSystem<Void> system = actors.system();
        GuestConsole console = terminal.replayedConsole(rawConsole);
        RunReport report;
        try (Signals signals = Signals.take()) {
            MachineRun run = Machine.replay(engines, reader)
                    .services(replaying.services().all())
                    .console(behind(printed, console))
                    .start(system);
            report = new Attendant(run, signals, console, terminal).awaitReplay();
        }
        return explained(report, replaying.recording(), spec, images);
    }

    private static ConsoleOutput behind(long printed, GuestConsole console) {
        AtomicLong skip = new AtomicLong(printed);
        return (bytes, length) -> {
            int skipped = (int) Math.min(skip.get(), length);
            skip.addAndGet(-skipped);
            byte[] rest = Arrays.copyOfRange(bytes, skipped, length);
            console.write(rest, rest.length);
        };
    }

    private Ending seek(Replaying replaying, EngineFactory engines, boolean checkpoints) {
        PositionQuery at = seek.at();
        PositionQuery from = seek.from();
        PositionQuery to = seek.to();
        StateView view = new StateView(seek.registers(), seek.disassemble(), seek.memory());
        replaying.warn(engines, terminal.err());
        Seek player = new Seek(terminal, terminal.replayedConsole(rawConsole), replaying, engines, checkpoints);
        return at == null ? player.print(from, to) : player.show(at, view, seek.isJson());
    }

    /// Reports success, and the time that it took.
    static void printSuccess(RunReport report, Path recording, PrintWriter err) {
        Progress progress = report.progress();
        err.println("trapline: replayed " + Figures.count(progress.slices(), "slice") + ", "
                + Figures.count(progress.hypercalls(), "hypercall") + ", no divergence");
        OptionalLong recorded = ResultFile.hostNanos(recording);
        err.println("trapline: "
                + (recorded.isPresent()
                        ? "recording took " + speed(progress, recorded.getAsLong())
                        : "the time of the recording is not known")
                + "; replaying took " + speed(progress, report.hostNanos()));
    }

    private static String speed(Progress progress, long nanos) {
        return Figures.duration(nanos) + " (" + Figures.rate(progress.slices(), nanos) + " slices/s, "
                + Figures.rate(progress.hypercalls(), nanos) + " hypercalls/s)";
    }
}
