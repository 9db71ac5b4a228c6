package dev.trapline.launcher.run;

import akka.actor.typed.ActorSystem;
import dev.trapline.abi.Figures;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.file.Waiting;
import dev.trapline.abi.machine.Image;
import dev.trapline.config.CommandLineSetting;
import dev.trapline.config.ConfigLoader;
import dev.trapline.config.TraplineConfig;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.launcher.options.Version;
import dev.trapline.launcher.output.CommandException;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.GuestConsole;
import dev.trapline.launcher.output.Json;
import dev.trapline.launcher.output.Outcomes;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.launcher.process.Action;
import dev.trapline.launcher.process.ActorSystemStart;
import dev.trapline.launcher.process.Attendant;
import dev.trapline.launcher.process.Engines;
import dev.trapline.launcher.process.Services;
import dev.trapline.launcher.process.Signals;
import dev.trapline.launcher.recording.InputFiles;
import dev.trapline.machine.RunReport;
import dev.trapline.vcpu.Machine;
import dev.trapline.vcpu.MachineRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/// `trapline demo`.
@Command(
        name = "demo",
        description = {"Runs an example guest on four vCPUs, records it, replays it, and explains what happened.", ""},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
public final class DemoCommand implements Action {

    private static final String GUEST = "guests/smp-hello.elf";
    private static final String VCPUS = "4";

    private final Terminal terminal;

    public DemoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public @Nullable Path resultFile() {
        return null;
    }

    @Override
    public Ending perform() {
        Path guest = home().resolve(GUEST);
        Path recording = temporary().resolve("rec");
        PrintWriter err = terminal.err();
        Services services = Services.load(List.of());
        TraplineConfig config = new ConfigLoader()
                .options(List.of(
                        new CommandLineSetting("trapline.machine.cpus", VCPUS, "demo"),
                        new CommandLineSetting("trapline.run.image", guest.toString(), "demo")))
                .load()
                .validate(services.descriptors());
        List<Image> images = InputFiles.images(config, Waiting.UNLIMITED);
        EngineFactory engines = Engines.open(null, null);
        ActorSystem<Void> system = new ActorSystemStart().system();

        err.println("1. A guest runs on " + VCPUS + " Arm CPUs. Each CPU prints a line in turn:");
        err.println();
        Machine.Builder builder = Machine.builder(engines, config.machine())
                .services(services.all())
                .recordTo(recording);
        images.forEach(builder::image);
        RunReport first = attended(builder, system, attendant -> attendant.await(Duration.ZERO));
        Outcomes.explain(first, config.machine(), images, err);
        if (Ending.of(first.outcome()).status() != Ending.OK) {
            return Ending.of(first.outcome());
        }
        explainRun(first, err);

        err.println("2. The recording is replayed, and every step is compared with what was recorded:");
        err.println();
        RunReport second = attended(
                Machine.replay(engines, Recordings.open(recording, OpenOptions.STRICT))
                        .services(services.all()),
                system,
                Attendant::awaitReplay);
        Outcomes.explain(second, config.machine(), images, err);
        if (!second.outcome().isHistory()) {
            return Ending.of(second.outcome());
        }
        explainReplay(first, second, recording, err);
        return new Ending(Ending.OK, "demo", "one run, recorded and replayed bit for bit");
    }

    private RunReport attended(Machine.Builder builder, ActorSystem<Void> system, Function<Attendant, RunReport> wait) {
        GuestConsole console = terminal.console();
        try (Signals signals = Signals.take()) {
            MachineRun run = builder.console(console).start(system);
            return wait.apply(new Attendant(run, signals, console, terminal));
        }
    }

    private static void explainRun(RunReport report, PrintWriter err) {
        err.println();
        err.println("   The first CPU turned the others on by firmware calls (PSCI), which an actor outside the guest");
        err.println("   answered. The last call turned the machine off. "
                + RunSummary.of(report).figures() + ".");
        err.println();
    }

    private static void explainReplay(RunReport first, RunReport second, Path recording, PrintWriter err) {
        err.println();
        err.println("   No divergence. After each of the " + first.progress().slices()
                + " slices, all registers were equal.");
        err.println("   At the end, the digests of all registers and all memory were:");
        err.println("     recorded   registers " + Json.hex(first.registerDigest()) + "  memory "
                + Json.hex(first.memoryDigest()) + "  " + Figures.duration(first.hostNanos()));
        err.println("     replayed   registers " + Json.hex(second.registerDigest()) + "  memory "
                + Json.hex(second.memoryDigest()) + "  " + Figures.duration(second.hostNanos()));
        err.println();
        err.println("What to try next:");
        err.println("  ./trapline trace " + recording);
        err.println("  ./trapline replay " + recording);
        err.println("  ./trapline run --cpus 4 --schedule random --seed 7 --record rec " + GUEST);
        err.println("  ./trapline run --help");
        err.println();
    }

    /// The directory of Trapline's own files, such as the example guests.
    public static Path home() {
        return Path.of(System.getProperty("trapline.home", "."));
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("trapline-demo-");
        } catch (IOException e) {
            throw CommandException.usage("cannot create a directory for the recording: " + e.getMessage(), e);
        }
    }
}
