package dev.trapline.launcher.options;

import picocli.CommandLine.Option;

/// The option that leaves the checkpoints beside a recording alone.
public final class NoCheckpointsOption {

    /// The reason why settings of checkpoints have no effect beside it.
    public static final String WHY_NOT_TO_TUNE_THEM = "--no-checkpoints leaves checkpoints alone";

    private boolean none;

    @Option(
            names = "--no-checkpoints",
            order = 20,
            description = "Do not use the checkpoints beside the recording, and do not make any.")
    void none(boolean given) {
        none = given;
    }

    public boolean isGiven() {
        return none;
    }
}
