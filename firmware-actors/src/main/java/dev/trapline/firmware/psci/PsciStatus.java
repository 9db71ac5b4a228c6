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

    /// The value in x0. It is signed and sign-extended, so that w0 has the same value.
    long code() {
        return code;
    }

    /// The corresponding code of a version: 0.1 has no codes after DENIED, and INVALID_ADDRESS exists from 1.0.
    PsciStatus in(PsciVersion version) {
        if (version.isAtLeast(PsciVersion.V1_0)) {
            return this;
        }
        boolean first = version == PsciVersion.V0_1;
        return switch (this) {
            case SUCCESS, NOT_SUPPORTED, INVALID_PARAMETERS, DENIED -> this;
            case INVALID_ADDRESS -> INVALID_PARAMETERS;
            case ALREADY_ON, ON_PENDING, DISABLED -> first ? INVALID_PARAMETERS : this;
            case INTERNAL_FAILURE, NOT_PRESENT -> first ? DENIED : this;
        };
    }
}
