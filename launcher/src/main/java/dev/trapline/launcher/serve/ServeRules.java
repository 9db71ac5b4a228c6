package dev.trapline.launcher.serve;

import dev.trapline.launcher.options.WithoutEffect;
import java.util.List;

/// When a key of `trapline serve` is without effect.
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
        return rules.allKeysBut("a driver says what it starts, and this serves drivers", USED)
                .passOverAllBut("a driver says what it starts", USED);
    }
}
