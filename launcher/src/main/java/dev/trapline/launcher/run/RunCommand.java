package dev.trapline.launcher.run;

import akka.actor.typed.ActorSystem;
import com.typesafe.config.Config;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.ConsoleKind;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.machine.ConsoleScript;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.config.CommandLineSetting;
import dev.trapline.config.FaultPlanFile;
import dev.trapline.config.LayeredConfig;
import dev.trapline.config.TraplineConfig;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.launcher.options.CommonOptions;
import dev.trapline.launcher.options.ConfigOptions;
import dev.trapline.launcher.options.Databases;
import dev.trapline.launcher.options.FormatOption;
import dev.trapline.launcher.options.MachineOptions;
import dev.trapline.launcher.options.Version;
import dev.trapline.launcher.options.WithoutEffect;
import dev.trapline.launcher.output.CommandException;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.GuestConsole;
import dev.trapline.launcher.output.Outcomes;
import dev.trapline.launcher.output.ResultFile;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.launcher.output.Tty;
import dev.trapline.launcher.process.Action;
import dev.trapline.launcher.process.ActorSystemStart;
import dev.trapline.launcher.process.Attendant;
import dev.trapline.launcher.process.Engines;
import dev.trapline.launcher.process.HostEntropy;
import dev.trapline.launcher.process.Interruption;
import dev.trapline.launcher.process.Services;
import dev.trapline.launcher.process.Signals;
import dev.trapline.launcher.process.TimeLimit;
import dev.trapline.launcher.recording.ExpectFile;
import dev.trapline.launcher.recording.InputFiles;
import dev.trapline.launcher.recording.RecordedWith;
import dev.trapline.launcher.recording.RecordingPath;
import dev.trapline.machine.RunReport;
import dev.trapline.vcpu.Machine;
import dev.trapline.vcpu.MachineRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `trapline run`.
@Command(
        name = "run",
        description = {
            "Runs a guest, and records the run with --record.",
            "",
            "Standard output is the guest's console and nothing else. Standard input is typed at the console. On a",
            "terminal, Ctrl-C ends the run until the guest has read a key; Ctrl-] always ends it.",
            "",
            "With --format json, standard error is JSON: its last line says how the run ended.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  trapline run guest.elf",
            "  trapline run --cpus 4 --schedule random --seed 7 --record rec guest.elf",
            "  trapline run --flash u-boot.bin --input typed.txt --timeout 30s",
            "  trapline run --board virt --kernel Image --initrd initrd.gz --append console=ttyAMA0",
            "  trapline run --load-address 0x40080000 Image.bin",
            "  trapline run --dtb board.dtb --load-address 0x40080000 Image.bin",
            "  trapline run --continue rec",
            "  trapline run --plugin mine.jar --set firmware.services.mine.level=3 guest.elf",
            "",
            "Every option but --continue and --dump-dtb is also a configuration key;"
                    + " config/src/main/resources/dev/trapline/config/reference.conf",
            "explains them all. --set overrides the other options, and those override the --config file.",
            "The last line on standard error names the exit status and its kind."
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:the guest turned its machine off, hibernated or asked for a reset; or the reader of standard "
                    + "output closed it, as 'head' does, and the run ended there without a message",
            "N:the guest's own status, low 8 bits, after its EXIT call",
            "1:Trapline or a service failed: the message says where",
            "2:the command line, the configuration or an image is wrong",
            "3:the guest failed: undefined instruction, unmapped access, exception",
            "4:with --continue: the run diverges from the recording",
            "5:a limit was reached: --max-instructions, --timeout, or of a step of --expect",
            "6:deadlock: nothing can run, and nothing can wake it",
            "7:the recording, standard output or the result file cannot be written, or the recording to continue is"
                    + " damaged",
            "130:Ctrl-C or a signal"
        })
public final class RunCommand implements Action {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private final Terminal terminal;
    private final ActorSystemStart actors = new ActorSystemStart();
    private final TimeLimit limit;
    private @Nullable Path image;
    private @Nullable Path result;
    private @Nullable Path proceedWith;
    private @Nullable Path treeFile;
    private @Nullable RunReport ended;

    @Mixin
    private final MachineOptions machine = new MachineOptions();

    // Its value is known before the command line is parsed, because the terminal depends on it.
    @Mixin
    @SuppressWarnings("UnusedVariable")
    private final FormatOption format = new FormatOption();

    @Mixin
    private final ConfigOptions configuration = new ConfigOptions();

    @Mixin
    private final CommonOptions common = new CommonOptions();

    public RunCommand(Terminal terminal) {
        this.terminal = terminal;
        this.limit = new TimeLimit(terminal);
    }

    @Parameters(paramLabel = "IMAGE", arity = "0..1", description = "A static ELF64 for AArch64, or a raw image.")
    void image(@Nullable Path value) {
        image = value;
    }

    @Option(
            names = "--continue",
            paramLabel = "DIR",
            order = 23,
            description = "Continue a recording whose recorder was killed: replay it up to its last whole "
                    + "segment, then run live and add to the recording.")
    void proceedWith(@Nullable Path directory) {
        proceedWith = directory;
    }

    @Option(
            names = "--dump-dtb",
            paramLabel = "FILE",
            order = 9,
            description = "Write the device tree that the guest would get into this file, which must not exist, and "
                    + "run nothing.")
    void dumpTree(@Nullable Path file) {
        treeFile = file;
    }

    @Override
    public @Nullable Path resultFile() {
        return result == null ? common.result() : result;
    }

    @Override
    public @Nullable RunReport report() {
        return ended;
    }

    @Override
    public Ending perform() {
        if (proceedWith != null) {
            RecordingPath.require(proceedWith);
        }
        if (!common.nameLibrary()) {
            actors.begin();
        }
        limit.set(configuration.timeout(settings()));
        LayeredConfig layers = configuration.load(settings(), limit);
        limit.set(layers.timeout());
        // Loading runs code of plugins, which may never return.
        Services services = limit.withServices(() -> Services.load(layers.plugins()));
        TraplineConfig config = layers.validate(services.descriptors());
        WithoutEffect rules = WithoutEffect.of(spec).and(layers);
        RunRules.add(rules, config, layers, services.descriptors(), proceedWith, treeFile);
        rules.check(terminal.err());
        Path wanted = config.run().result();
        ResultFile.requireWritable(wanted);
        result = wanted;
        boolean seeded = layers.given().stream().anyMatch(key -> key.path().equals("trapline.run.seed"));
        Afterwards afterwards = new Afterwards(config, seeded);
        if (proceedWith == null) {
            return runFresh(config, services, afterwards);
        }
        OpenOptions open =
                OpenOptions.STRICT.with(Databases.named(layers.replay().database(), limit));
        return proceed(config, services, proceedWith, open, afterwards);
    }

    private Ending runFresh(TraplineConfig config, Services services, Afterwards afterwards) {
        List<Image> images = InputFiles.images(config, limit);
        EngineFactory engines = engines(config);
        Machine.Builder builder = Machine.builder(engines, config.machine())
                .warnings(warning -> terminal.err().println("trapline: " + warning));
        images.forEach(builder::image);
        if (treeFile != null) {
            return dump(builder.services(services.all()), treeFile);
        }
        Path recording = config.run().record();
        if (recording != null) {
            builder.recordTo(recording);
        }
        Plan plan = new Plan(config.machine(), images, recording, Databases.journal(config.run(), limit));
        return run(builder, config, services, plan, afterwards);
    }

    private Ending dump(Machine.Builder builder, Path file) {
        Bytes tree = limit.withServices(builder::deviceTree);
        if (tree == null) {
            throw CommandException.usage("--dump-dtb " + file
                    + ": this machine gives its guest no device tree; switch it on with --device-tree true");
        }
        TreeFile.write(file, tree);
        return Ending.DONE;
    }

    private Ending proceed(
            TraplineConfig config, Services services, Path directory, OpenOptions open, Afterwards afterwards) {
        RecordingReader reader = Recordings.isInDatabase(directory)
                ? limit.waitingFor("the database", () -> RecordingPath.open(terminal, directory, open))
                : RecordingPath.open(terminal, directory, open);
        EngineFactory engines = engines(config);
        RecordedWith.warn(reader, engines.library(), services, terminal.err());
        Plan plan = new Plan(reader.header().spec(), reader.images(), directory, Recordings.journalOf(directory, open));
        return run(Machine.proceed(engines, reader, directory), config, services, plan, afterwards);
    }

    /// The machine to run, and its recording.
    ///
    /// @param recording the directory; null if the run is not recorded
    /// @param journal the actor system's configuration for the recording's events
    private record Plan(
            MachineSpec spec, List<Image> images, @Nullable Path recording, Config journal) {}

    private Ending run(
            Machine.Builder builder, TraplineConfig config, Services services, Plan plan, Afterwards afterwards) {
        afterwards.requireVcpus(plan.spec());
        ConsoleScript script = script(config);
        GuestConsole console = terminal.console();
        ActorSystem<Void> system = actors.system(plan.journal());
        builder.services(services.all())
                .console(console)
                .script(script)
                .faults(faults(config, services))
                .storage(config.run().storage());
        boolean sized = seesTheTerminal(config, plan.spec());
        Tty.Size size = sized ? Tty.size() : null;
        if (size != null) {
            builder.inject(new PlannedInjection(
                    new Injection.ConsoleSize(size.columns(), size.rows()), new Moment.AtSlice(0)));
        }
        config.run().injections().forEach(builder::inject);
        switch (config.run().entropy()) {
            case SEED -> {}
            case HOST -> builder.entropy(new HostEntropy());
        }
        RunReport report;
        try (Signals signals = Signals.take()) {
            // Services start here, before there is a run that a signal could end.
            AtomicBoolean begun = new AtomicBoolean();
            signals.ask(
                    () -> Interruption.ifHeld(terminal.json(), terminal.lastWords(), () -> !begun.get()),
                    () -> Interruption.end(terminal.json(), terminal.lastWords()));
            // A signal before this ends the process soon: nothing may be begun that it would leave half made.
            terminal.endRequest().check("the run");
            MachineRun run = limit.withServices(() -> builder.start(system));
            begun.set(true);
            Attendant attendant = new Attendant(run, signals, console, terminal, sized);
            report = config.run().input() == null && config.run().expect() == null
                    ? attendant.awaitWithInput(limit.left(), terminal.in())
                    : attendant.await(limit.left());
        }
        ended = report;
        RunSummary summary = RunSummary.of(report, terminal);
        if (summary.ending().isSilent()) {
            return summary.leaveResult(plan.recording());
        }
        Interruption.say(() -> {
            Outcomes.explain(report, plan.spec(), plan.images(), terminal.err());
            afterwards.tell(report, plan.spec(), terminal.err());
        });
        return summary.print(terminal, plan.recording());
    }

    /// Whether the guest's console has the size of the user's terminal.
    private static boolean seesTheTerminal(TraplineConfig config, MachineSpec spec) {
        return spec.board().console() == ConsoleKind.VIRTIO
                && config.run().input() == null
                && config.run().expect() == null
                && Tty.isTerminal(Tty.STDIN)
                && config.run().injections().stream()
                        .noneMatch(planned -> planned.what() instanceof Injection.ConsoleSize);
    }

    private FaultPlan faults(TraplineConfig config, Services services) {
        Path file = config.run().faults();
        return file == null
                ? FaultPlan.NONE
                : FaultPlanFile.read(file, "--faults " + file, services.descriptors(), limit);
    }

    private ConsoleScript script(TraplineConfig config) {
        Path steps = config.run().expect();
        if (steps != null) {
            return ExpectFile.read(steps, limit);
        }
        Path input = config.run().input();
        return input == null
                ? ConsoleScript.NONE
                : ConsoleScript.typing(InputFiles.read("input", input, InputFiles.LARGEST_INPUT, limit));
    }

    /// A library that the user names may do anything when it is opened.
    private EngineFactory engines(TraplineConfig config) {
        Path library = config.run().library();
        String shortcuts = config.run().shortcuts();
        return library == null
                ? Engines.open(null, shortcuts)
                : limit.waitingFor("the library " + library, () -> Engines.open(library, shortcuts));
    }

    private List<CommandLineSetting> settings() {
        List<CommandLineSetting> settings = new ArrayList<>(machine.settings());
        add(settings, "trapline.run.image", "the argument", image);
        add(settings, "trapline.run.result", "--result", common.result());
        settings.addAll(common.settings());
        return settings;
    }

    private static void add(List<CommandLineSetting> settings, String path, String option, @Nullable Object value) {
        if (value != null) {
            settings.add(new CommandLineSetting(path, value.toString(), option + " " + value));
        }
    }
}
