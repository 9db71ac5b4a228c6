package dev.trapline.firmware.sdei;

/// SDEI's return codes (DEN0054, return codes).
enum SdeiStatus {
    SUCCESS(0),
    NOT_SUPPORTED(-1),
    INVALID_PARAMETERS(-2),
    DENIED(-3),
    PENDING(-5),
    OUT_OF_RESOURCE(-10);

    private final long code;

    SdeiStatus(long code) {
        this.code = code;
    }

    /// The value in x0.
    long code() {
        return code;
    }
}
