package dev.trapline.firmware.psci;

/// PSCI's return codes (DEN0022 §5.2.2).
enum PsciStatus {
    SUCCESS(0),
    NOT_SUPPORTED(-1),
    INVALID_PARAMETERS(-2),
    DENIED(-3),
    ALREADY_ON(-4),
    ON_PENDING(-5),
    INTERNAL_FAILURE(-6),
    NOT_PRESENT(-7),
    DISABLED(-8),
    INVALID_ADDRESS(-9);

    private final int code;

    PsciStatus(int code) {
        this.code = code;
    }

    /// The value in x0: signed, and sign-extended, so that w0 alone reads the same.
    long code() {
        return code;
    }
}
