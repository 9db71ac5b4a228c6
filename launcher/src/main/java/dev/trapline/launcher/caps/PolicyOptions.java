package dev.trapline.launcher.caps;

import dev.trapline.config.LayeredConfig;
import dev.trapline.launcher.options.ConfigOptions;
import dev.trapline.launcher.options.FormatOption;
import dev.trapline.launcher.options.PluginOption;
import dev.trapline.launcher.options.WithoutEffect;
import dev.trapline.launcher.process.Services;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// The options of every command that looks at a policy without running a machine.
final class PolicyOptions {

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Mixin
    private final PluginOption plugin = new PluginOption();

    @Mixin
    private final ConfigOptions config = new ConfigOptions();

    @Mixin
    private final FormatOption format = new FormatOption();

    boolean isJson() {
        return format.isJson();
    }

    /// The policy that a run with these options would have.
    ///
    /// @param err is told what has no effect
    Capabilities capabilities(PrintWriter err) {
        LayeredConfig layers = config.load(plugin.settings());
        WithoutEffect rules = WithoutEffect.of(command)
                .and(layers)
                .allKeysBut("no machine runs: only the firmware's keys count", List.of("firmware.", "run.plugins"));
        Capabilities capabilities =
                Capabilities.of(layers, Services.load(layers.plugins()).descriptors());
        capabilities.idle(layers).add(rules);
        rules.check(err);
        return capabilities;
    }
}
