package dev.trapline.launcher.options;

import picocli.CommandLine.Option;

/// The option that switches off a recording's checkpoints.
public final class NoCheckpointsOption {

    /// The reason why settings of checkpoints have no effect with this option.
    public static final String WHY_NOT_TO_TUNE_THEM = "--no-checkpoints switches checkpoints off";

    private boolean none;

    @Option(
            names = "--no-checkpoints",
            order = 20,
            description = "Neither use the recording's checkpoints nor make any.")
    void none(boolean given) {
        none = given;
    }

    public boolean isGiven() {
        return none;
    }
}
