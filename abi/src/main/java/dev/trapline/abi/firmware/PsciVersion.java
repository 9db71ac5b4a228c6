package dev.trapline.abi.firmware;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The versions of PSCI that a machine can have.
public enum PsciVersion {
    /// Functions under identifiers of the implementation's own; no VERSION.
    V0_1(0, 1),
    /// The first with fixed identifiers (DEN0022).
    V0_2(0, 2),
    /// The first with PSCI_FEATURES.
    V1_0(1, 0),
    V1_1(1, 1),
    V1_2(1, 2),
    V1_3(1, 3);

    /// The value of the setting `psci.version` that leaves the choice to the machine.
    public static final String AUTO = "auto";

    private static final PsciVersion FORWARDED = V1_3;
    private static final PsciVersion RESIDENT = V0_2;
    private static final int MAJOR_SHIFT = 16;

    private final int major;
    private final int minor;

    PsciVersion(int major, int minor) {
        this.major = major;
        this.minor = minor;
    }

    /// The version that a machine has.
    ///
    /// @param setting the value of `psci.version`: [#AUTO] or a version
    /// @param resident whether its PSCI is answered in place: it is then 0.2 and nothing else
    /// @throws IllegalArgumentException if there is no such version, or a resident PSCI cannot have it
    public static PsciVersion of(String setting, boolean resident) {
        if (setting.equals(AUTO)) {
            return resident ? RESIDENT : FORWARDED;
        }
        for (PsciVersion version : values()) {
            if (version.toString().equals(setting)) {
                if (resident && version != RESIDENT) {
                    throw new IllegalArgumentException("a PSCI that is answered in place is " + RESIDENT
                            + ", and 'version'"
                            + " asks for " + setting + ": switch the toggle 'psci-to-user' on, or leave 'version' at "
                            + AUTO);
                }
                return version;
            }
        }
        throw new IllegalArgumentException("'version' takes " + AUTO + ", " + texts() + ", not '" + setting + "'");
    }

    /// The version of a value of PSCI_VERSION; null if there is none.
    public static @Nullable PsciVersion ofValue(long value) {
        return Arrays.stream(values())
                .filter(version -> version.value() == value)
                .findFirst()
                .orElse(null);
    }

    /// As PSCI_VERSION returns it: major in bits 31:16, minor in bits 15:0.
    public int value() {
        return major << MAJOR_SHIFT | minor;
    }

    /// Whether this is the other version or a later one.
    public boolean isAtLeast(PsciVersion other) {
        return compareTo(other) >= 0;
    }

    /// All versions as text, for messages.
    public static String texts() {
        return Arrays.stream(values()).map(PsciVersion::toString).collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
