package dev.trapline.launcher.serve;

import dev.trapline.launcher.options.WithoutEffect;
import java.util.List;

/// Which keys of `trapline serve` have no effect.
final class ServeRules {

    private static final List<String> USED = List.of(
            "remote.",
            "engine.",
            "run.plugins",
            "run.result",
            "record.durability",
            "record.durability-interval",
            "record.patience",
            "record.share");

    private ServeRules() {}

    static WithoutEffect add(WithoutEffect rules) {
        return rules.allKeysBut("the driver chooses it when it starts a machine", USED)
                .passOverAllBut("the driver chooses it", USED);
    }
}
