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

/// The options of commands that examine a policy without running a machine.
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

    /// The policy that a run with these options would use.
    ///
    /// @param err receives a line for each key without effect
    Capabilities capabilities(PrintWriter err) {
        LayeredConfig layers = config.load(plugin.settings());
        WithoutEffect rules = WithoutEffect.of(command)
                .and(layers)
                .allKeysBut(
                        "this command runs no machine and uses only the keys of " + "firmware",
                        List.of("firmware.", "run.plugins"));
        Capabilities capabilities =
                Capabilities.of(layers, Services.load(layers.plugins()).descriptors());
        capabilities.idle(layers).add(rules);
        rules.check(err);
        return capabilities;
    }
}
