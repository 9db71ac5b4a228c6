package dev.trapline.launcher.explore;

import dev.trapline.config.TraplineConfig;
import dev.trapline.launcher.options.WithoutEffect;
import dev.trapline.launcher.output.ShellText;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// Which options and keys of `trapline explore` have no effect, and how its command line is repeated.
final class ExploreRules {

    /// The keys that an exploration uses wherever its runs begin.
    private static final List<String> USED = List.of(
            "engine.",
            "run.max-instructions",
            "run.input",
            "run.input-interval",
            "run.expect",
            "run.faults",
            "run.interrupts",
            "run.events",
            "run.serrors",
            "run.power-button",
            "run.plugins",
            "run.result");

    /// Those that say what the machine is.
    private static final List<String> OF_A_MACHINE = List.of(
            "machine.",
            "firmware.",
            "run.image",
            "run.load-address",
            "run.kernel",
            "run.initrd",
            "run.flash",
            "run.slice",
            "run.seed",
            "run.reboot");

    /// Those for the recording that has the machine.
    private static final List<String> OF_A_RECORDING = List.of("record.postgresql.");

    private static final List<String> OF_THIS_ONE = List.of("--seeds", "--out", "--jobs");

    private ExploreRules() {}

    /// Adds them.
    ///
    /// @param behindAPlace whether the runs begin at a place of a recording
    static WithoutEffect add(WithoutEffect rules, TraplineConfig config, boolean swarm, boolean behindAPlace) {
        List<String> used = new ArrayList<>(USED);
        used.addAll(behindAPlace ? OF_A_RECORDING : OF_A_MACHINE);
        WithoutEffect ofKeys = behindAPlace
                ? rules.allKeysBut("with --from, the machine is that of the recording", used)
                        .passOverAllBut("the machine is that of the recording", used)
                : rules.allKeysBut("an exploration does not use it", used);
        return ofKeys.when(swarm && config.run().faults() == null, "there is no plan of faults", "--swarm")
                .when(!behindAPlace && config.run().image() == null, "there is no IMAGE to load", "run.load-address")
                .when(
                        config.run().input() == null && config.run().expect() == null,
                        "it needs run.input or run.expect",
                        "run.input-interval");
    }

    /// The command with its options, but for those that are about one exploration.
    static String again(CommandSpec spec) {
        StringBuilder text = new StringBuilder("trapline explore");
        ParseResult parsed = spec.commandLine().getParseResult();
        if (parsed == null) {
            return text.toString();
        }
        for (ArgSpec each : new LinkedHashSet<>(parsed.matchedArgs())) {
            boolean isOption = each instanceof OptionSpec;
            if (isOption && OF_THIS_ONE.contains(((OptionSpec) each).longestName())) {
                continue;
            }
            for (String value : each.stringValues()) {
                text.append(' ');
                if (isOption) {
                    text.append(((OptionSpec) each).longestName());
                }
                if (isOption && each.arity().max() > 0) {
                    text.append(' ');
                }
                if (!isOption || each.arity().max() > 0) {
                    text.append(ShellText.quoted(value));
                }
            }
        }
        return text.toString();
    }
}
