package dev.trapline.launcher;

import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.machine.Durability;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.abi.registry.CapabilityRegistry;
import dev.trapline.abi.registry.Policy;
import dev.trapline.config.TraplineConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// When an option or a key of `trapline run` is without effect.
final class RunRules {

    private static final String RECORD_FIRST = "nothing is recorded; add --record DIR";

    /// What `--continue` does not take from the recording.
    private static final List<String> OF_A_CONTINUATION = List.of(
            "run.timeout",
            "run.input",
            "run.interrupts",
            "run.events",
            "run.entropy",
            "run.plugins",
            "run.result",
            "record.durability",
            "record.durability-interval",
            "record.patience",
            "record.postgresql.",
            "engine.");

    private RunRules() {}

    /// Adds them.
    ///
    /// @param services all services there are
    /// @param proceedWith the recording of `--continue`; null for a new run
    static void add(
            WithoutEffect rules, TraplineConfig config, List<ServiceDescriptor> services, @Nullable Path proceedWith) {
        rules.elsewhere("it is for replaying, and this is a run", "replay.")
                .when(
                        config.run().storage().durability() != Durability.INTERVAL,
                        "it is for --durability interval",
                        "record.durability-interval");
        if (proceedWith == null) {
            ofNewRun(rules, config);
            ofPolicy(rules, config.machine().policy(), services);
        } else {
            List<String> used = new ArrayList<>(OF_A_CONTINUATION);
            rules.allKeysBut("--continue takes it from the recording " + proceedWith + "; leave it out", used);
            used.add("replay.");
            rules.passOverAllBut("--continue takes it from the recording " + proceedWith, used);
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
                .when(run.input() == null, "it is for --input FILE", "run.input-interval")
                .when(run.image() == null, "there is no IMAGE to load", "run.load-address")
                .when(
                        config.machine().schedule() != Schedule.RANDOM && run.entropy() == TraplineConfig.Entropy.HOST,
                        "the schedule is not random, and entropy comes from the host",
                        "run.seed");
        for (String service : switchedOff(config)) {
            rules.when(
                    true,
                    "the toggle '" + service + "' switches this service off",
                    "firmware.services." + service + ".");
        }
    }

    private static void ofPolicy(WithoutEffect rules, Policy policy, List<ServiceDescriptor> services) {
        if (!policy.rules().isEmpty()) {
            HiddenRules.among(policy.rules(), CapabilityRegistry.of(services, policy))
                    .forEach(sentence -> rules.part("firmware.rules", sentence));
        }
    }

    private static Set<String> switchedOff(TraplineConfig config) {
        Set<String> off = new TreeSet<>();
        for (String key : config.machine().serviceSettings().keySet()) {
            String service = key.substring(0, key.indexOf('.'));
            if (!config.machine().policy().isOn(service, true)) {
                off.add(service);
            }
        }
        return off;
    }
}
