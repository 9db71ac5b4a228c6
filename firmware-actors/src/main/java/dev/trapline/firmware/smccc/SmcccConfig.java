package dev.trapline.firmware.smccc;

import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor.Setting;
import java.util.List;

/// What a machine's SMCCC service was told by its settings.
///
/// @param version the version it reports, and whose functions it has
/// @param soc what SOC_ID tells
/// @param workarounds of WORKAROUND_1 to WORKAROUND_4, in this order
/// @param secureUid who implements the standard secure services
/// @param hypervisorUid who implements the standard hypervisor services
public record SmcccConfig(
        SmcccVersion version,
        SocId soc,
        List<Workaround> workarounds,
        RegisterWrites secureUid,
        RegisterWrites hypervisorUid) {

    private static final String VERSION = "version";
    private static final String SECURE_UID = "standard-secure-uid";
    private static final String HYPERVISOR_UID = "standard-hyp-uid";

    public SmcccConfig {
        workarounds = List.copyOf(workarounds);
    }

    /// Reads the settings.
    ///
    /// @throws IllegalArgumentException if one is not understood, or two contradict each other
    static SmcccConfig of(ServiceContext context) {
        List<Workaround> workarounds = List.of(
                workaround(context, 1, Workaround.OF_1_AND_3),
                workaround(context, 2, Workaround.OF_2),
                workaround(context, 3, Workaround.OF_1_AND_3),
                workaround(context, 4, Workaround.OF_4));
        if (workarounds.get(2) != Workaround.NONE && workarounds.get(0) == Workaround.NONE) {
            throw new IllegalArgumentException("'workaround-1' is none and 'workaround-3' is " + workarounds.get(2)
                    + ": whoever has the third has the first as well (DEN0028 §7.7)");
        }
        return new SmcccConfig(
                SmcccVersion.of(context.setting(VERSION)),
                SocId.of(context),
                workarounds,
                Uid.of(SECURE_UID, context.setting(SECURE_UID)),
                Uid.of(HYPERVISOR_UID, context.setting(HYPERVISOR_UID)));
    }

    private static Workaround workaround(ServiceContext context, int number, List<Workaround> allowed) {
        String key = "workaround-" + number;
        return Workaround.of(key, context.setting(key), allowed);
    }

    /// What SMCCC_ARCH_FEATURES says of a function of the version, as far as it depends on settings.
    int features(ArchFunction function) {
        return switch (function) {
            case VERSION, ARCH_FEATURES, FEATURE_AVAILABILITY -> SmcccStatus.SUCCESS.code();
            case SOC_ID -> (soc.isPresent() ? SmcccStatus.SUCCESS : SmcccStatus.NOT_SUPPORTED).code();
            case WORKAROUND_1 -> workarounds.get(0).code();
            case WORKAROUND_2 -> workarounds.get(1).code();
            case WORKAROUND_3 -> workarounds.get(2).code();
            case WORKAROUND_4 -> workarounds.get(3).code();
        };
    }

    /// All keys, with defaults: the simulated CPUs do not speculate, so they need no workaround.
    static List<Setting> settings() {
        return List.of(
                new Setting(
                        VERSION,
                        SmcccVersion.V1_5.toString(),
                        "the version: " + SmcccVersion.texts()
                                + "; below 1.3, bit 16 of an identifier is no hint: switch the toggle sve-hint off"),
                new Setting(
                        "soc-version",
                        "0x043b5452",
                        "what SOC_ID tells: JEP-106 bank (30:24) and code (23:16), number of the SoC (15:0), or none"),
                new Setting("soc-revision", "0", "revision of the SoC, 0 to 0x7fffffff"),
                new Setting("soc-name", "Trapline", "name of the SoC, at most 135 ASCII characters; empty for none"),
                setting(1, Workaround.NOT_NEEDED, Workaround.OF_1_AND_3),
                setting(2, Workaround.NOT_NEEDED, Workaround.OF_2),
                setting(3, Workaround.NOT_NEEDED, Workaround.OF_1_AND_3),
                setting(4, Workaround.NONE, Workaround.OF_4),
                new Setting(
                        SECURE_UID,
                        "4c1f0d6b-8a53-4e29-b7c0-92e6a1d3f548",
                        "UID of the standard secure services (owner 4), a UUID"),
                new Setting(
                        HYPERVISOR_UID,
                        "c85b3e97-1f0a-47d6-8e42-6b9d50a7c31e",
                        "UID of the standard hypervisor services (owner 5), a UUID"));
    }

    private static Setting setting(int number, Workaround byDefault, List<Workaround> allowed) {
        return new Setting(
                "workaround-" + number,
                byDefault.toString(),
                "what ARCH_FEATURES says of WORKAROUND_" + number + ": " + Workaround.texts(allowed));
    }
}
