package dev.trapline.launcher;

import dev.trapline.config.CommandLineSetting;
import dev.trapline.config.ConfigLoader;
import dev.trapline.config.LayeredConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// The options of every command that looks at a policy without running a machine.
final class PolicyOptions {

    private final List<String> assignments = new ArrayList<>();
    private @Nullable Path configFile;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Mixin
    private final PluginOption plugin = new PluginOption();

    @Mixin
    private final FormatOption format = new FormatOption();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            order = 21,
            description = "Read configuration keys from this HOCON file.")
    void configFile(@Nullable Path file) {
        configFile = file;
    }

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            order = 22,
            description = "Set a configuration key, as in --set firmware.toggles.psci-to-user=off. May be given more"
                    + " than once.")
    void assignments(@Nullable List<String> values) {
        assignments.clear();
        if (values != null) {
            assignments.addAll(values);
        }
    }

    boolean isJson() {
        return format.isJson();
    }

    /// The policy that a run with these options would have.
    ///
    /// @param err is told what has no effect
    Capabilities capabilities(PrintWriter err) {
        ConfigLoader loader = new ConfigLoader();
        if (configFile != null) {
            loader.file(configFile);
        }
        if (!plugin.plugins().isEmpty()) {
            List<String> jars = plugin.plugins().stream().map(Path::toString).toList();
            loader.options(List.of(new CommandLineSetting("trapline.run.plugins", jars, "--plugin")));
        }
        LayeredConfig layers = loader.assignments(assignments).load();
        WithoutEffect rules = WithoutEffect.of(command)
                .and(layers)
                .allKeysBut("no machine runs: only the firmware's keys count", List.of("firmware.", "run.plugins"));
        Capabilities capabilities =
                Capabilities.of(layers, Services.load(layers.plugins()).descriptors());
        capabilities.hiddenRules().forEach(sentence -> rules.part("firmware.rules", sentence));
        rules.check(err);
        return capabilities;
    }
}
