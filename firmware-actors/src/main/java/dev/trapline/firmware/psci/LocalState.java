package dev.trapline.firmware.psci;

/// The states of one power domain, from shallow to deep (DEN0022 §4.2).
enum LocalState {
    /// Powered and running.
    RUN("run", 0),
    /// Standby or retention: the contents are kept.
    STANDBY("standby", 2),
    /// Powered down: the contents are lost.
    POWER_DOWN("power-down", 1);

    private final String text;
    private final int hardwareState;

    LocalState(String text, int hardwareState) {
        this.text = text;
        this.hardwareState = hardwareState;
    }

    /// The name in settings.
    String text() {
        return text;
    }

    /// As NODE_HW_STATE returns it: HW_ON, HW_OFF, HW_STANDBY.
    int hardwareState() {
        return hardwareState;
    }

    boolean isDeeperThan(LocalState other) {
        return compareTo(other) > 0;
    }
}
