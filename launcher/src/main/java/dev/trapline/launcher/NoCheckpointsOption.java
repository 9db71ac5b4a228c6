package dev.trapline.launcher;

import picocli.CommandLine.Option;

/// The option that leaves the checkpoints beside a recording alone.
final class NoCheckpointsOption {

    private boolean none;

    @Option(
            names = "--no-checkpoints",
            order = 20,
            description = "Do not use the checkpoints beside the recording, and do not make any.")
    void none(boolean given) {
        none = given;
    }

    boolean isGiven() {
        return none;
    }
}
