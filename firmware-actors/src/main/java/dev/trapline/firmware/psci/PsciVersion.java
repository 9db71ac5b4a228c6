package dev.trapline.firmware.psci;

import dev.trapline.abi.firmware.KvmRegister;
import java.util.Arrays;
import java.util.stream.Collectors;

/// The versions of PSCI that a machine can have.
enum PsciVersion {
    /// Identifiers are implementation-defined; PSCI_VERSION does not exist.
    V0_1(0, 1),
    /// The first version with fixed identifiers (DEN0022).
    V0_2(0, 2),
    /// The first version with PSCI_FEATURES.
    V1_0(1, 0),
    V1_1(1, 1),
    V1_2(1, 2),
    V1_3(1, 3);

    /// The key of the setting for the version.
    static final String SETTING = "version";

    /// The value of the setting that leaves the choice to the machine.
    static final String AUTO = "auto";

    private static final int MAJOR_SHIFT = 16;

    private final int major;
    private final int minor;

    PsciVersion(int major, int minor) {
        this.major = major;
        this.minor = minor;
    }

    /// `KVM_REG_ARM_PSCI_VERSION`: the kernel's register for this setting. A resident PSCI has version 0.2.
    static KvmRegister.Setting register() {
        return new KvmRegister.Setting(
                KvmRegister.Plain.PSCI_VERSION,
                SETTING,
                AUTO,
                Arrays.stream(values()).map(PsciVersion::choice).toList(),
                V1_3.choice(),
                V0_2.choice());
    }

    private KvmRegister.Value choice() {
        return new KvmRegister.Value(value(), toString());
    }

    /// The version that a machine has.
    ///
    /// @param setting [#AUTO] or a version
    /// @param resident whether PSCI is resident
    /// @throws IllegalArgumentException if there is no such version, or a resident PSCI cannot have it
    static PsciVersion of(String setting, boolean resident) {
        KvmRegister.Value chosen = register().choose(PsciService.NAME, setting, resident);
        return Arrays.stream(values())
                .filter(version -> version.choice().equals(chosen))
                .findFirst()
                .orElseThrow();
    }

    /// As PSCI_VERSION returns it: major in bits 31:16, minor in bits 15:0.
    int value() {
        return major << MAJOR_SHIFT | minor;
    }

    /// Whether this is the other version or a later one.
    boolean isAtLeast(PsciVersion other) {
        return compareTo(other) >= 0;
    }

    /// All versions as text, for messages.
    static String texts() {
        return Arrays.stream(values()).map(PsciVersion::toString).collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
