package dev.trapline.firmware.smccc;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// The versions of the SMC Calling Convention that a machine can report (DEN0028 §7.2, appendix F).
///
/// They differ in the registers that a call may change. In 1.0 it may change x4 to x17. In 1.1 it keeps them. From 1.2
/// on it keeps them unless they are results. Trapline keeps every register that is not a result, which all versions
/// allow.
enum SmcccVersion {
    /// Has no SMCCC_VERSION, and no other call of the Arm Architecture owner.
    V1_0(0),
    /// The first version with SMCCC_VERSION and SMCCC_ARCH_FEATURES.
    V1_1(1),
    /// The first version with SMCCC_ARCH_SOC_ID, and with more than four result registers.
    V1_2(2),
    /// The first version with the SVE hint.
    V1_3(3),
    V1_4(4),
    /// The first version with SMCCC_ARCH_FEATURE_AVAILABILITY.
    V1_5(5);

    private static final int MAJOR = 1 << 16;

    private final int minor;

    SmcccVersion(int minor) {
        this.minor = minor;
    }

    /// The version of a setting.
    ///
    /// @throws IllegalArgumentException if there is no such version
    static SmcccVersion of(String setting) {
        return Arrays.stream(values())
                .filter(version -> version.toString().equals(setting))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("'version' takes " + texts() + ", not '" + setting + "'"));
    }

    /// As SMCCC_VERSION returns it: major in bits 30:16, minor in bits 15:0.
    int value() {
        return MAJOR | minor;
    }

    boolean isAtLeast(SmcccVersion other) {
        return compareTo(other) >= 0;
    }

    /// All versions as text, for messages.
    static String texts() {
        return Arrays.stream(values()).map(SmcccVersion::toString).collect(Collectors.joining(", "));
    }

    /// The versions below one, as text.
    static List<String> textsBelow(SmcccVersion version) {
        return Arrays.stream(values())
                .filter(each -> !each.isAtLeast(version))
                .map(SmcccVersion::toString)
                .toList();
    }

    @Override
    public String toString() {
        return "1." + minor;
    }
}
