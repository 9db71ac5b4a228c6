package dev.trapline.firmware.sdei;

import java.util.Arrays;
import java.util.stream.Collectors;

/// The versions of SDEI that a machine can have.
///
/// All calls are in both: an implementation of 1.0 answers EVENT_SIGNAL and FEATURES too. What 1.1 adds is that a
/// client can ask for relative mode (DEN0054 §5.1.17); answering that it is not there is enough.
enum SdeiVersion {
    V1_0(0),
    V1_1(1);

    private static final long MAJOR = 1;
    private static final int MAJOR_SHIFT = 48;
    private static final int MINOR_SHIFT = 32;

    private final long minor;

    SdeiVersion(long minor) {
        this.minor = minor;
    }

    /// The version of a setting's text.
    ///
    /// @throws IllegalArgumentException if there is no such version
    static SdeiVersion of(String text) {
        for (SdeiVersion version : values()) {
            if (version.toString().equals(text)) {
                return version;
            }
        }
        throw new IllegalArgumentException("'version' takes " + texts() + ", not '" + text + "'");
    }

    /// As SDEI_VERSION returns it: major in bits 62:48, minor in bits 47:32, the vendor's below (DEN0054 §5.1.1).
    long value() {
        return MAJOR << MAJOR_SHIFT | minor << MINOR_SHIFT;
    }

    /// Whether FEATURES knows of relative mode.
    boolean knowsRelativeMode() {
        return this == V1_1;
    }

    /// All versions as text, for messages.
    static String texts() {
        return Arrays.stream(values()).map(SdeiVersion::toString).collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return MAJOR + "." + minor;
    }
}
