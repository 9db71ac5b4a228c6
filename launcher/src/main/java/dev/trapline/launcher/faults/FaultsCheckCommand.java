package dev.trapline.launcher.faults;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.Figures;
import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.fault.FaultRule;
import dev.trapline.abi.file.Waiting;
import dev.trapline.abi.machine.Image;
import dev.trapline.board.Board;
import dev.trapline.config.FaultKind;
import dev.trapline.config.FaultPlanFile;
import dev.trapline.config.LayeredConfig;
import dev.trapline.config.TraplineConfig;
import dev.trapline.launcher.options.ConfigOptions;
import dev.trapline.launcher.options.FormatOption;
import dev.trapline.launcher.options.PluginOption;
import dev.trapline.launcher.options.Version;
import dev.trapline.launcher.options.WithoutEffect;
import dev.trapline.launcher.output.CommandException;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.JsonObject;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.launcher.process.Action;
import dev.trapline.launcher.process.Services;
import dev.trapline.machine.FaultCheck;
import dev.trapline.machine.text.HypercallText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `trapline faults check`.
@Command(
        name = "check",
        description = {
            "Checks a plan of faults, and says what it does. Nothing is run.",
            "",
            "The machine and its services come from --config, --set and --plugin, as for 'trapline run'. A fault that"
                    + " this machine cannot have is an error.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  trapline faults check plan.conf", "  trapline faults check plan.conf --set machine.cpus=4"},
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:the plan is right", "2:the plan or the command line is wrong", Ending.UNWRITTEN})
final class FaultsCheckCommand implements Action {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private final Terminal terminal;
    private @Nullable Path plan;

    @Mixin
    private final PluginOption plugin = new PluginOption();

    @Mixin
    private final ConfigOptions configuration = new ConfigOptions();

    @Mixin
    private final FormatOption format = new FormatOption();

    FaultsCheckCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Parameters(paramLabel = "PLAN", description = "The file with the plan.")
    void plan(Path file) {
        plan = file;
    }

    @Override
    public @Nullable Path resultFile() {
        return null;
    }

    @Override
    public Ending perform() {
        Path file = plan;
        if (file == null) {
            throw CommandException.usage("name the file with the plan");
        }
        LayeredConfig layers = configuration.load(plugin.settings());
        Services services = Services.load(layers.plugins());
        TraplineConfig config = layers.validate(services.descriptors());
        WithoutEffect.of(spec)
                .and(layers)
                .allKeysBut(
                        "this command runs no machine and uses only the keys of machine and firmware",
                        List.of("machine.", "firmware.", "run.plugins"))
                .check(terminal.err());
        FaultPlan read = FaultPlanFile.read(file, file.toString(), services.descriptors(), Waiting.UNLIMITED);
        try {
            FaultCheck.require(read, config.machine(), board(config), services.descriptors());
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(String.valueOf(e.getMessage()));
        }
        terminal.print(format.isJson() ? json(read).line() : text(file, read));
        return Ending.DONE;
    }

    /// The machine's board. Its disk and flash are there, without their content.
    private static Board board(TraplineConfig config) {
        List<Image> images = new ArrayList<>();
        if (config.run().disk() != null) {
            images.add(new Image(Image.Kind.DISK, "disk", 0, Bytes.EMPTY));
        }
        if (config.run().flash() != null || config.run().flashVariables() != null) {
            images.add(new Image(Image.Kind.FLASH, "flash", 0, Bytes.EMPTY));
        }
        Board board = Board.of(config.machine().board(), config.machine().cpus());
        board.fit(images);
        return board;
    }

    private static String text(Path file, FaultPlan plan) {
        StringBuilder text =
                new StringBuilder(file + ": " + Figures.count(plan.rules().size(), "fault") + "\n");
        for (FaultRule rule : plan.rules()) {
            text.append("  ")
                    .append(rule.name())
                    .append(": ")
                    .append(HypercallText.fault(rule.what()))
                    .append("\n      ")
                    .append(rule.occasion())
                    .append('\n');
        }
        return text.toString();
    }

    private static JsonObject json(FaultPlan plan) {
        List<Object> rules = new ArrayList<>();
        for (FaultRule rule : plan.rules()) {
            rules.add(new JsonObject()
                    .with("name", rule.name())
                    .with("declared", rule.origin())
                    .with("kind", FaultKind.of(rule.what()).id())
                    .with("description", HypercallText.fault(rule.what()))
                    .with("where", rule.where().toString())
                    .with("when", rule.when().toString()));
        }
        return JsonObject.document("fault-plan").with("faults", rules);
    }
}
