package dev.trapline.firmware.psci;

/// The kinds of Trusted OS that PSCI can report (DEN0022 §5.9).
enum TrustedOs {
    /// It runs on one CPU, and MIGRATE moves it to another.
    UP_MIGRATABLE("up-migratable", 0),
    /// It runs on one CPU and cannot be moved.
    UP_NOT_MIGRATABLE("up-not-migratable", 1),
    /// There is none, or it runs on all CPUs.
    NONE("none", 2);

    private final String text;
    private final int infoType;

    TrustedOs(String text, int infoType) {
        this.text = text;
        this.infoType = infoType;
    }

    /// The name in settings.
    String text() {
        return text;
    }

    /// The value that MIGRATE_INFO_TYPE returns.
    int infoType() {
        return infoType;
    }

    /// Whether it runs on one CPU, which then cannot be turned off.
    boolean isResidentOnOneCpu() {
        return this != NONE;
    }
}
