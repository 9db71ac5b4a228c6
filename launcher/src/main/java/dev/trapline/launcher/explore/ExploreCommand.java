package dev.trapline.launcher.explore;

import dev.trapline.abi.Digest64;
import dev.trapline.abi.Figures;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.file.Waiting;
import dev.trapline.abi.file.WriteFailure;
import dev.trapline.abi.history.RecordingHeader;
import dev.trapline.abi.machine.ConsoleScript;
import dev.trapline.config.CommandLineSetting;
import dev.trapline.config.FaultPlanFile;
import dev.trapline.config.FaultPlanText;
import dev.trapline.config.LayeredConfig;
import dev.trapline.config.ReplaySettings;
import dev.trapline.config.TraplineConfig;
import dev.trapline.explore.Beginning;
import dev.trapline.explore.Explorer;
import dev.trapline.explore.FailureGroup;
import dev.trapline.explore.Minimizer;
import dev.trapline.explore.Oracle;
import dev.trapline.explore.Profile;
import dev.trapline.explore.SeededChoices;
import dev.trapline.explore.Seeds;
import dev.trapline.explore.Strategy;
import dev.trapline.explore.Subject;
import dev.trapline.explore.Tally;
import dev.trapline.journal.OpenOptions;
import dev.trapline.launcher.options.CommonOptions;
import dev.trapline.launcher.options.ConfigOptions;
import dev.trapline.launcher.options.Databases;
import dev.trapline.launcher.options.FormatOption;
import dev.trapline.launcher.options.Version;
import dev.trapline.launcher.options.WithoutEffect;
import dev.trapline.launcher.output.CommandException;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.ResultFile;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.launcher.output.Watch;
import dev.trapline.launcher.process.Action;
import dev.trapline.launcher.process.ActorSystemStart;
import dev.trapline.launcher.process.Engines;
import dev.trapline.launcher.process.Interruption;
import dev.trapline.launcher.process.Services;
import dev.trapline.launcher.process.Signals;
import dev.trapline.launcher.recording.ExpectFile;
import dev.trapline.launcher.recording.InputFiles;
import dev.trapline.launcher.recording.Replaying;
import dev.trapline.machine.StartingPoint;
import dev.trapline.machine.choice.Choice;
import dev.trapline.vcpu.RecordedTrials;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `trapline explore`.
@Command(
        name = "explore",
        description = {
            "Runs a guest many times, each time with another seed, and shrinks the runs that fail.",
            "",
            "The seed decides which vCPU runs when, and which of the planned faults happen. A run fails if the guest"
                    + " ends it with a status of its own, if it does something that the machine cannot handle, if"
                    + " nothing can run any more, if it does not end, or if it prints a failure. Equal failures are one"
                    + " group; of each, the shortest run is shrunk to the turns and faults that it needs.",
            "",
            "Standard output has the failures. The machine is that of 'trapline run': options that are not here are"
                    + " configuration keys, for --set and --config.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  trapline explore --cpus 4 guest.elf",
            "  trapline explore --cpus 4 --seeds 100000 --schedule pct:3 --out found guest.elf",
            "  trapline explore --faults plan.conf --swarm --out found guest.elf",
            "  trapline explore --seeds 17..17 --out found guest.elf"
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:no run failed",
            "1:Trapline or a service failed: the message says where",
            "2:the command line, the configuration or an image is wrong",
            "3:some runs failed",
            "7:standard output, a recording or a file of --out cannot be written",
            "130:Ctrl-C or a signal; with --out, the same command continues"
        })
public final class ExploreCommand implements Action {

    private static final long LOOK_MILLIS = 100;
    private static final long KEEP_NANOS = 2_000_000_000;

    /// The failures that are shrunk and kept.
    private static final int MOST_GROUPS = 20;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private final Terminal terminal;
    private final ActorSystemStart actors = new ActorSystemStart();
    private @Nullable Path image;
    private @Nullable Path result;

    @Mixin
    private final ExploreOptions options = new ExploreOptions();

    @Mixin
    private final BeginningOptions beginning = new BeginningOptions();

    @Mixin
    private final FormatOption format = new FormatOption();

    @Mixin
    private final ConfigOptions configuration = new ConfigOptions();

    @Mixin
    private final CommonOptions common = new CommonOptions();

    public ExploreCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Parameters(paramLabel = "IMAGE", arity = "0..1", description = "A static ELF64 for AArch64, or a raw image.")
    void image(@Nullable Path value) {
        image = value;
    }

    @Override
    public @Nullable Path resultFile() {
        return result;
    }

    @Override
    public Ending perform() {
        Seeds seeds = options.seeds();
        Strategy strategy = options.strategy();
        Oracle oracle = options.oracle();
        int jobs = options.jobs();
        int budget = options.budget();
        LayeredConfig layers = configuration.load(settings());
        Services services = Services.load(layers.plugins());
        TraplineConfig config = layers.validate(services.descriptors());
        long length = beginning.length();
        beginning
                .check(ExploreRules.add(
                        WithoutEffect.of(spec).and(layers), config, options.isSwarm(), beginning.from() != null))
                .check(terminal.err());
        ResultFile.requireWritable(config.run().result());
        result = config.run().result();
        EngineFactory engines =
                Engines.open(config.run().library(), config.run().shortcuts());
        Subject subject = subject(config, layers, services, engines).ending(length);
        SeededChoices choices =
                new SeededChoices(subject, strategy, options.isSwarm(), Profile.of(engines, subject, strategy));
        FailureKeeper keeper = new FailureKeeper(
                choices,
                new Minimizer(engines, choices, oracle, Math.max(1, budget)),
                () -> new RecordedTrials(actors.system(), engines, subject, oracle),
                new TestWriter(new TestSearch(engines, subject, oracle), new TestSource.Guest(guest(config), true)),
                options.out(),
                budget);
        ExplorationFile file =
                options.out() == null ? null : new ExplorationFile(options.out(), digest(choices, oracle), seeds);
        Explorer explorer = explorer(new Explorer(engines, choices, oracle, seeds), file);
        return explored(explorer, seeds, jobs, file, keeper);
    }

    /// Begins, or continues where an earlier exploration ended.
    private Explorer explorer(Explorer fresh, @Nullable ExplorationFile file) {
        Explorer.Kept kept = file == null ? null : file.read();
        if (kept != null) {
            fresh.resume(kept);
            terminal.err()
                    .println("trapline: continues after "
                            + Figures.count(kept.tally().runs(), "run"));
        } else if (file != null) {
            file.prepare();
        }
        return fresh;
    }

    private Ending explored(
            Explorer explorer, Seeds seeds, int jobs, @Nullable ExplorationFile file, FailureKeeper keeper) {
        long before = explorer.tally().runs();
        long begun = System.nanoTime();
        explore(explorer, seeds, jobs, file);
        long nanos = System.nanoTime() - begun;
        Tally tally = explorer.tally();
        ExploreReport report = new ExploreReport(
                ExploreRules.again(spec),
                seeds.toString(),
                keeper.choices().strategy().toString(),
                tally,
                failures(tally, keeper),
                nanos,
                tally.runs() - before);
        terminal.print(format.isJson() ? report.json().line() : report.text());
        terminal.err().println("trapline: " + report.figures());
        return ending(tally);
    }

    private List<CommandLineSetting> settings() {
        List<CommandLineSetting> settings = new ArrayList<>(options.limit());
        settings.addAll(options.settings());
        if (image != null) {
            settings.add(new CommandLineSetting("trapline.run.image", image.toString(), "the argument " + image));
        }
        if (common.result() != null) {
            settings.add(new CommandLineSetting(
                    "trapline.run.result", common.result().toString(), "--result " + common.result()));
        }
        settings.addAll(common.settings());
        return settings;
    }

    private Subject subject(TraplineConfig config, LayeredConfig layers, Services services, EngineFactory engines) {
        Path plan = config.run().faults();
        FaultPlan faults = plan == null
                ? FaultPlan.NONE
                : FaultPlanFile.read(plan, "--faults " + plan, services.descriptors(), Waiting.UNLIMITED);
        Subject plain = machine(config, layers, services, engines);
        Subject planned = plain.withFaults(faults)
                .withInjections(config.run().injections())
                .withScript(script(config));
        PlaceInRecording.requireBehind(planned.beginning(), planned.injections(), faults);
        if (beginning.from() != null
                && planned.spec().run().defects()
                && !plain.spec().run().defects()) {
            throw CommandException.usage(
                    "--faults " + plan + " has faults of devices, and the recorded machine has none:"
                            + " record it with a plan that has one");
        }
        return planned;
    }

    /// The machine, and where its runs begin.
    private Subject machine(TraplineConfig config, LayeredConfig layers, Services services, EngineFactory engines) {
        Path recording = beginning.from();
        if (recording == null) {
            return new Subject(config.machine(), InputFiles.images(config, Waiting.UNLIMITED), services.all());
        }
        ReplaySettings settings = layers.replay();
        Replaying replaying = new Replaying(
                recording, settings, services, OpenOptions.STRICT.with(Databases.named(settings.database())));
        return new PlaceInRecording(terminal, replaying, engines)
                .subject(beginning.at(), config.machine().run().maxInstructions());
    }

    /// The guest's file, for tests; the name 'guest' if it has none of its own.
    private static Path guest(TraplineConfig config) {
        TraplineConfig.GuestImage guest = config.run().image();
        return guest == null ? Path.of("guest") : guest.file();
    }

    private static ConsoleScript script(TraplineConfig config) {
        Path steps = config.run().expect();
        if (steps != null) {
            return ExpectFile.read(steps, Waiting.UNLIMITED);
        }
        Path input = config.run().input();
        return input == null
                ? ConsoleScript.NONE
                : ConsoleScript.typing(InputFiles.read("input", input, InputFiles.LARGEST_INPUT, Waiting.UNLIMITED));
    }

    private static String digest(SeededChoices choices, Oracle oracle) {
        Subject subject = choices.subject();
        StringBuilder text = new StringBuilder();
        text.append(subject.spec())
                .append(choices.strategy())
                .append(choices.swarm())
                .append(oracle.patterns())
                .append(subject.script())
                .append(subject.injections())
                .append(place(subject.beginning()))
                .append(subject.length())
                .append(FaultPlanText.of(subject.faults()));
        subject.images().forEach(each -> text.append(RecordingHeader.ImageRef.of(each)));
        subject.services()
                .forEach(service -> text.append(service.descriptor().name())
                        .append(service.descriptor().version()));
        return Long.toHexString(Digest64.of(text.toString()));
    }

    /// What tells a beginning from others of the same machine.
    private static String place(Beginning beginning) {
        return switch (beginning) {
            case Beginning.PowerOn _ -> "";
            case Beginning.FirstTurn(List<Choice> recorded) -> recorded.toString();
            case Beginning.Place(List<Choice> recorded, long slice, long ticks, StartingPoint _) ->
                slice + " " + ticks + " " + recorded;
        };
    }

    private void explore(Explorer explorer, Seeds seeds, int jobs, @Nullable ExplorationFile file) {
        Watch watch = terminal.watch("exploring");
        long begun = System.nanoTime();
        long kept = begun;
        long before = explorer.tally().runs();
        try (Signals signals = Signals.take()) {
            signals.ask(explorer::stop, () -> Interruption.end(terminal.json(), terminal.lastWords()));
            explorer.begin(
                    jobs, job -> Thread.ofPlatform().daemon().name("explore").start(job));
            while (!explorer.await(LOOK_MILLIS)) {
                if (explorer.isStopped() && !explorer.await(Interruption.GRACE_MILLIS)) {
                    watch.pause();
                    throw CommandException.interrupted("the exploration was interrupted" + Interruption.whereHeld());
                }
                long now = System.nanoTime();
                watch.draw().accept(() -> status(explorer.tally(), before, seeds, now - begun));
                if (file != null && now - kept >= KEEP_NANOS) {
                    kept = now;
                    write(file, explorer);
                }
            }
        } catch (InterruptedException e) {
            watch.pause();
            throw CommandException.of(new Ending(
                    Ending.BROKEN,
                    "broken",
                    "the exploration ended early, because its thread was interrupted, as when a plugin interrupts all"
                            + " threads"));
        }
        watch.pause();
        if (file != null) {
            write(file, explorer);
        }
        if (explorer.isStopped() && explorer.tally().runs() < seeds.count()) {
            Tally tally = explorer.tally();
            throw CommandException.interrupted("the exploration was interrupted after "
                    + Figures.count(tally.runs(), "run") + ", of which " + tally.failed() + " failed"
                    + (file == null ? "" : "; the same command continues from there"));
        }
    }

    private static void write(ExplorationFile file, Explorer explorer) {
        try {
            file.write(explorer.kept());
        } catch (IOException e) {
            explorer.stop();
            throw CommandException.of(new Ending(
                    Ending.STORAGE,
                    "storage-failed",
                    "how far the exploration is cannot be written to " + file.directory() + ": "
                            + WriteFailure.reason(e)));
        }
    }

    private static String status(Tally tally, long before, Seeds seeds, long nanos) {
        return String.format(
                Locale.ROOT,
                "[exploring: run %,d of %,d, %s runs/s, %,d failed, in %s]",
                tally.runs(),
                seeds.count(),
                Figures.rate(tally.runs() - before, nanos),
                tally.failed(),
                Figures.count(tally.groups().size(), "way"));
    }

    private List<Failure> failures(Tally tally, FailureKeeper keeper) {
        Watch watch = terminal.watch("shrinking");
        List<Failure> failures = new ArrayList<>();
        for (FailureGroup group : tally.groups()) {
            watch.at("failure", failures.size() + 1L, tally.groups().size());
            String className = TestName.of(keeper.tests().guest().file(), group.finding(), tally.groups());
            failures.add(failures.size() < MOST_GROUPS ? keeper.keep(group, className) : Failure.of(group));
        }
        watch.pause();
        return failures;
    }

    private static Ending ending(Tally tally) {
        return tally.failed() == 0
                ? new Ending(Ending.OK, "explored", "no run failed")
                : new Ending(
                        Ending.GUEST_FAILED,
                        "failures-found",
                        Figures.count(tally.failed(), "run") + " of " + String.format(Locale.ROOT, "%,d", tally.runs())
                                + " failed, in "
                                + Figures.count(tally.groups().size(), "way"));
    }
}
