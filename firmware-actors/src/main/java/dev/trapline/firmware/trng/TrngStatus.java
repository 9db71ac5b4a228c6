package dev.trapline.firmware.trng;

/// TRNG's return codes (DEN0098 §2.5).
enum TrngStatus {
    SUCCESS(0),
    NOT_SUPPORTED(-1),
    INVALID_PARAMETERS(-2),
    NO_ENTROPY(-3);

    private final int code;

    TrngStatus(int code) {
        this.code = code;
    }

    /// The value in x0. It is signed and sign-extended, so that w0 has the same value.
    long code() {
        return code;
    }
}
