package dev.trapline.firmware.sdei;

import java.util.Arrays;
import java.util.stream.Collectors;

/// The versions of SDEI that a machine can have.
///
/// Both have all calls: an implementation of 1.0 answers EVENT_SIGNAL and FEATURES too. In 1.1 a client can also query
/// relative mode (DEN0054 §5.1.17). An implementation may answer that it does not have relative mode.
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

    /// As SDEI_VERSION returns it: major in bits 62:48, minor in bits 47:32, vendor-defined in bits 31:0 (DEN0054
    /// §5.1.1).
    long value() {
        return MAJOR << MAJOR_SHIFT | minor << MINOR_SHIFT;
    }

    /// Whether FEATURES accepts the query for relative mode.
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
