package dev.trapline.firmware.psci;

/// What one power domain does, from shallow to deep (DEN0022 §4.2).
enum LocalState {
    /// Powered and working.
    RUN("run", 0),
    /// Standby or retention: what it holds is kept.
    STANDBY("standby", 2),
    /// Powered down: what it holds is lost.
    POWER_DOWN("power-down", 1);

    private final String text;
    private final int hardwareState;

    LocalState(String text, int hardwareState) {
        this.text = text;
        this.hardwareState = hardwareState;
    }

    /// As settings name it.
    String text() {
        return text;
    }

    /// As NODE_HW_STATE tells it: HW_ON, HW_OFF, HW_STANDBY.
    int hardwareState() {
        return hardwareState;
    }

    boolean isDeeperThan(LocalState other) {
        return compareTo(other) > 0;
    }
}
