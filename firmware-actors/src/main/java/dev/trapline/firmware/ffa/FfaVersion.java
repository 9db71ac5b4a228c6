package dev.trapline.firmware.ffa;

import java.util.Arrays;
import java.util.stream.Collectors;

/// The versions of FF-A that a machine can have (DEN0077).
enum FfaVersion {
    /// No FF-A: FFA_VERSION and all other calls return NOT_SUPPORTED.
    NONE(-1),
    V1_0(0),
    V1_1(1),
    V1_2(2);

    private static final int MAJOR = 1;
    private static final int MAJOR_SHIFT = 16;

    private final int minor;

    FfaVersion(int minor) {
        this.minor = minor;
    }

    /// The value of the setting that means: a version if the policy switches FF-A on by name, none otherwise.
    static final String AUTO = "auto";

    private static final FfaVersion NEWEST_COMMON = V1_1;

    /// The version of a setting.
    ///
    /// @param askedFor whether the machine's policy switches FF-A on by name
    /// @throws IllegalArgumentException if there is no such version
    static FfaVersion of(String setting, boolean askedFor) {
        if (setting.equals(AUTO)) {
            return askedFor ? NEWEST_COMMON : NONE;
        }
        return Arrays.stream(values())
                .filter(version -> version.toString().equals(setting))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("'version' takes " + texts() + ", not '" + setting + "'"));
    }

    /// As FFA_VERSION returns it: major in bits 30:16, minor in bits 15:0.
    int value() {
        return MAJOR << MAJOR_SHIFT | minor;
    }

    /// Whether FFA_VERSION returns the machine's version to a caller of this version, so that the caller can use
    /// it.
    ///
    /// A caller with another major version gets NOT_SUPPORTED. A caller with a higher minor version gets the
    /// machine's version, and may call again with it. A machine of version 1.0 returns its version to every caller.
    ///
    /// @param caller as in w1 of FFA_VERSION, bit 31 zero
    boolean isToldTo(int caller) {
        return switch (this) {
            case NONE -> false;
            case V1_0 -> true;
            case V1_1, V1_2 -> caller >>> MAJOR_SHIFT == MAJOR;
        };
    }

    /// All versions as text, for messages.
    static String texts() {
        return AUTO + ", " + Arrays.stream(values()).map(FfaVersion::toString).collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return this == NONE ? "none" : MAJOR + "." + minor;
    }
}
