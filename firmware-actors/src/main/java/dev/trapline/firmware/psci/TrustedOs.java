package dev.trapline.firmware.psci;

/// What PSCI says of a Trusted OS, and what follows from it (DEN0022 §5.9).
enum TrustedOs {
    /// It sits on one CPU, and MIGRATE takes it to another.
    UP_MIGRATABLE("up-migratable", 0),
    /// It sits on one CPU and stays there.
    UP_NOT_MIGRATABLE("up-not-migratable", 1),
    /// There is none, or it is on every CPU.
    NONE("none", 2);

    private final String text;
    private final int infoType;

    TrustedOs(String text, int infoType) {
        this.text = text;
        this.infoType = infoType;
    }

    /// As settings name it.
    String text() {
        return text;
    }

    /// What MIGRATE_INFO_TYPE returns.
    int infoType() {
        return infoType;
    }

    /// Whether one CPU has it, and cannot be turned off.
    boolean isResidentOnOneCpu() {
        return this != NONE;
    }
}
