package dev.trapline.launcher.run;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.NetworkKind;
import dev.trapline.abi.Width;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.machine.Durability;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.abi.policy.Toggle;
import dev.trapline.config.LayeredConfig;
import dev.trapline.config.TraplineConfig;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.launcher.options.IdlePolicy;
import dev.trapline.launcher.options.IdleSettings;
import dev.trapline.launcher.options.ReplayRules;
import dev.trapline.launcher.options.WithoutEffect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which options and keys of `trapline run` have no effect.
final class RunRules {

    private static final String RECORD_FIRST = "nothing is recorded; add --record DIR";

    /// The keys that `--continue` does not take from the recording.
    private static final List<String> OF_A_CONTINUATION = List.of(
            "run.timeout",
            "run.input",
            "run.expect",
            "run.faults",
            "run.interrupts",
            "run.events",
            "run.serrors",
            "run.console-size",
            "run.power-button",
            "run.entropy",
            "run.plugins",
            "run.result",
            "record.durability",
            "record.durability-interval",
            "record.patience",
            "record.postgresql.",
            "engine.");

    /// What says how a machine runs, and not what it is.
    private static final String[] OF_RUNNING = {
        "record.directory",
        "run.input",
        "run.expect",
        "run.faults",
        "run.interrupts",
        "run.events",
        "run.serrors",
        "run.console-size",
        "run.power-button",
        "run.max-instructions",
        "run.schedule",
        "run.slice"
    };

    private RunRules() {}

    /// Adds them.
    ///
    /// @param services all services
    /// @param proceedWith the recording of `--continue`; null for a new run
    /// @param treeFile the file of `--dump-dtb`; null for a run
    static void add(
            WithoutEffect rules,
            TraplineConfig config,
            LayeredConfig layers,
            List<ServiceDescriptor> services,
            @Nullable Path proceedWith,
            @Nullable Path treeFile) {
        rules.elsewhere("it is a key for replays, and this is a run", "replay.")
                .elsewhere("it is a key for 'trapline serve', and this is a run", "remote.")
                .when(
                        config.run().storage().durability() != Durability.INTERVAL,
                        "it needs --durability interval",
                        "record.durability-interval");
        if (treeFile != null) {
            rules.when(
                            proceedWith != null,
                            "--continue takes the device tree from the recording " + proceedWith + "; leave it out",
                            "--dump-dtb")
                    .when(true, "--dump-dtb writes a device tree, and runs nothing", OF_RUNNING);
        }
        if (proceedWith == null) {
            ofNewRun(rules, config);
            new IdlePolicy(layers, config.machine().firmware().policy(), services).add(rules);
            IdleSettings.add(rules, services, config.machine().firmware().settings());
        } else {
            List<String> used = new ArrayList<>(OF_A_CONTINUATION);
            used.add("replay.");
            used.add("remote.");
            rules.allKeysBut("--continue takes it from the recording " + proceedWith + "; leave it out", used)
                    .passOverAllBut("--continue takes it from the recording " + proceedWith, used);
            ReplayRules.ofDatabase(
                    rules, layers.replay().database(), proceedWith, Recordings.isInDatabase(proceedWith));
        }
    }

    private static void ofNewRun(WithoutEffect rules, TraplineConfig config) {
        TraplineConfig.Run run = config.run();
        rules.when(
                        run.record() == null,
                        RECORD_FIRST,
                        "record.durability",
                        "record.durability-interval",
                        "record.patience",
                        "record.memory-digest-interval",
                        "record.store",
                        "record.share")
                .when(
                        run.record() == null || run.database() == null,
                        run.record() == null ? RECORD_FIRST : "record.store is mvstore, not postgresql",
                        "record.postgresql.")
                .when(
                        run.input() == null && run.expect() == null,
                        "it needs --input FILE or --expect FILE",
                        "run.input-interval")
                .when(run.image() == null, "there is no IMAGE to load", "run.load-address")
                .when(
                        config.machine().schedule().kind() != Schedule.RANDOM
                                && run.entropy() == TraplineConfig.Entropy.HOST
                                && run.faults() == null
                                && config.machine().board().network().kind() == NetworkKind.NONE,
                        "the schedule is not random, and entropy comes from the host",
                        "run.seed");
        rules.when(
                config.machine().board().network().kind() == NetworkKind.NONE,
                "it needs --network loop or --network switch",
                "machine.mac-address");
        rules.when(config.machine().board().kind() == BoardKind.BARE, "the board bare has no clock", "machine.date");
        rules.when(
                config.machine().cpus().width() == Width.AARCH64,
                "it is about calls of AArch32 guests, and this machine is aarch64",
                "firmware.toggles." + Toggle.EXPORT_FAILED_CONDITION_CALLS);
        if (run.record() != null && run.database() != null) {
            ReplayRules.ofPassword(rules, run.database());
        }
    }
}
