package dev.trapline.firmware.smccc;

import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor.Setting;
import java.util.ArrayList;
import java.util.List;

/// The settings of a machine's SMCCC service.
///
/// @param version the version that it reports and implements
/// @param soc the answers of SOC_ID
/// @param featureAvailability whether FEATURE_AVAILABILITY is implemented
/// @param workarounds WORKAROUND_1 to WORKAROUND_4, in this order
/// @param secure the general queries of the standard secure services
/// @param hypervisor the general queries of the standard hypervisor services
public record SmcccConfig(
        SmcccVersion version,
        SocId soc,
        boolean featureAvailability,
        List<Workaround> workarounds,
        OwnerIdentity secure,
        OwnerIdentity hypervisor) {

    private static final String VERSION = "version";
    private static final String FEATURE_AVAILABILITY = "feature-availability";

    public SmcccConfig {
        workarounds = List.copyOf(workarounds);
    }

    /// Reads the settings.
    ///
    /// @throws IllegalArgumentException if a setting is invalid, or two contradict each other
    static SmcccConfig of(ServiceContext context) {
        List<Workaround> workarounds = List.of(
                workaround(context, 1, Workaround.OF_1_AND_3),
                workaround(context, 2, Workaround.OF_2),
                workaround(context, 3, Workaround.OF_1_AND_3),
                workaround(context, 4, Workaround.OF_4));
        if (workarounds.get(2) != Workaround.NONE && workarounds.get(0) == Workaround.NONE) {
            throw new IllegalArgumentException("'workaround-1' is none and 'workaround-3' is " + workarounds.get(2)
                    + ": firmware that implements WORKAROUND_3 must implement WORKAROUND_1 too (DEN0028 §7.7)");
        }
        return new SmcccConfig(
                SmcccVersion.of(context.setting(VERSION)),
                SocId.of(context),
                featureAvailability(context.setting(FEATURE_AVAILABILITY)),
                workarounds,
                OwnerIdentity.of("standard-secure", context),
                OwnerIdentity.of("standard-hyp", context));
    }

    private static boolean featureAvailability(String text) {
        return switch (text) {
            case "on" -> true;
            case "off" -> false;
            default ->
                throw new IllegalArgumentException(
                        "'" + FEATURE_AVAILABILITY + "' takes on or off, not '" + text + "'");
        };
    }

    /// The answers of the general queries for an owner.
    OwnerIdentity identity(int owner) {
        return owner == GeneralQuery.STANDARD_SECURE ? secure : hypervisor;
    }

    private static Workaround workaround(ServiceContext context, int number, List<Workaround> allowed) {
        String key = "workaround-" + number;
        String setting = context.setting(key);
        Workaround needed = CpuNeeds.workaround(number, context.cpuModel());
        return switch (setting) {
            case Workaround.AUTO -> needed;
            case Workaround.IF_REQUIRED -> needed == Workaround.NOT_NEEDED ? Workaround.NONE : needed;
            default -> Workaround.of(key, setting, allowed);
        };
    }

    /// The answer of SMCCC_ARCH_FEATURES for a function of the version, as far as it depends on settings.
    int features(ArchFunction function) {
        return switch (function) {
            case VERSION, ARCH_FEATURES -> SmcccStatus.SUCCESS.code();
            case FEATURE_AVAILABILITY -> (featureAvailability ? SmcccStatus.SUCCESS : SmcccStatus.NOT_SUPPORTED).code();
            case SOC_ID -> (soc.isPresent() ? SmcccStatus.SUCCESS : SmcccStatus.NOT_SUPPORTED).code();
            case WORKAROUND_1 -> workarounds.get(0).code();
            case WORKAROUND_2 -> workarounds.get(1).code();
            case WORKAROUND_3 -> workarounds.get(2).code();
            case WORKAROUND_4 -> workarounds.get(3).code();
        };
    }

    /// All keys, with defaults. The defaults of the workarounds depend on the CPU model, because guests decide by
    /// model.
    static List<Setting> settings() {
        List<Setting> all = new ArrayList<>(List.of(
                new Setting(
                        VERSION,
                        SmcccVersion.V1_5.toString(),
                        "the version: " + SmcccVersion.texts()
                                + "; below 1.3, bit 16 of an identifier is not a hint: switch the toggle sve-hint off"),
                new Setting(
                                "soc-version",
                                "0x043b5452",
                                "the answer of SOC_ID: JEP-106 bank (30:24) and code (23:16), number of the SoC"
                                        + " (15:0), or none")
                        .idleIf(VERSION, SmcccVersion.textsBelow(SmcccVersion.V1_2), "SOC_ID needs 1.2"),
                ofSoc(new Setting("soc-revision", "0", "revision of the SoC, 0 to 0x7fffffff")),
                ofSoc(new Setting(
                        "soc-name", "Trapline", "name of the SoC, at most 135 ASCII characters; empty for none")),
                setting(1, Workaround.OF_1_AND_3),
                setting(2, Workaround.OF_2),
                setting(3, Workaround.OF_1_AND_3),
                setting(4, Workaround.OF_4),
                new Setting(FEATURE_AVAILABILITY, "on", "whether there is FEATURE_AVAILABILITY, from 1.5 on: on or off")
                        .idleIf(
                                VERSION,
                                SmcccVersion.textsBelow(SmcccVersion.V1_5),
                                "FEATURE_AVAILABILITY needs 1.5")));
        all.addAll(OwnerIdentity.settings(
                "standard-secure", "the standard secure services (owner 4)", "4c1f0d6b-8a53-4e29-b7c0-92e6a1d3f548"));
        all.addAll(OwnerIdentity.settings(
                "standard-hyp", "the standard hypervisor services (owner 5)", "c85b3e97-1f0a-47d6-8e42-6b9d50a7c31e"));
        return all;
    }

    private static Setting ofSoc(Setting setting) {
        return setting.idleIf("soc-version", List.of("none"), "there is no SOC_ID")
                .idleIf(VERSION, SmcccVersion.textsBelow(SmcccVersion.V1_2), "SOC_ID needs 1.2");
    }

    private static Setting setting(int number, List<Workaround> allowed) {
        return new Setting(
                        "workaround-" + number,
                        Workaround.AUTO,
                        "the answer of ARCH_FEATURES for WORKAROUND_" + number + ": " + Workaround.texts(allowed)
                                + "; auto is what the CPU model needs")
                .idleIf(VERSION, SmcccVersion.textsBelow(SmcccVersion.V1_1), "the workarounds need 1.1");
    }
}
