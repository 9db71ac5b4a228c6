package dev.trapline.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import dev.trapline.abi.firmware.PsciVersion;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.policy.Policy;
import dev.trapline.registry.RegistryException;
import dev.trapline.registry.kvm.FirmwareRegisters;
import java.math.BigInteger;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The pseudo firmware registers: each another word for toggles, or for the version of PSCI. Where both speak of a
/// thing and differ, neither is taken.
final class RegisterSettings {

    static final String REGISTERS = "trapline.firmware.registers";

    private static final String PSCI = "psci";
    private static final String VERSION = "version";
    private static final String VERSION_PATH = ConfigLoader.SERVICES + ".psci.version";

    private final Settings settings;
    private final Collection<ServiceDescriptor> services;
    private final List<ConfigProblem> problems;

    RegisterSettings(Settings settings, Collection<ServiceDescriptor> services, List<ConfigProblem> problems) {
        this.settings = settings;
        this.services = services;
        this.problems = problems;
    }

    /// The registers under a policy and the settings of services, with those set that the section names.
    FirmwareRegisters read(Policy policy, SortedMap<String, String> ofServices) {
        FirmwareRegisters registers = new FirmwareRegisters(services, policy, ofServices);
        if (!hasVersion(registers)) {
            return registers;
        }
        SortedMap<Long, String> set = new TreeMap<>();
        for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(settings.section(REGISTERS)).entrySet()) {
            registers = set(registers, entry.getKey(), entry.getValue(), set);
        }
        return registers;
    }

    /// Where each toggle that a register stands for was set, by the toggle's name.
    SortedMap<String, String> toggleOrigins() {
        FirmwareRegisters registers = new FirmwareRegisters(services, Policy.DEFAULT, new TreeMap<>());
        SortedMap<String, String> origins = new TreeMap<>();
        settings.section(REGISTERS).forEach((key, value) -> {
            try {
                registers
                        .toggles(registers.id(key))
                        .values()
                        .forEach(toggle -> origins.put(toggle, Origins.describe(value.origin())));
            } catch (RegistryException e) {
                // Said where the registers are read.
            }
        });
        return origins;
    }

    /// Whether the machine can have the version of PSCI that it is to have.
    private boolean hasVersion(FirmwareRegisters registers) {
        try {
            if (registers.ids().contains(FirmwareRegisters.PSCI_VERSION)) {
                registers.get(FirmwareRegisters.PSCI_VERSION);
            }
            return true;
        } catch (RegistryException e) {
            ConfigValue value = givenVersion();
            problems.add(new ConfigProblem(
                    value == null ? "services" : Origins.describe(value.origin()),
                    VERSION_PATH,
                    "cannot be" + (value != null && Origins.isIncluded(value.origin()) ? "" : ": " + e.getMessage())));
            return false;
        }
    }

    private FirmwareRegisters set(
            FirmwareRegisters registers, String key, ConfigValue value, SortedMap<Long, String> set) {
        String path = REGISTERS + "." + key;
        String origin = Origins.describe(value.origin());
        BigInteger number = Settings.isScalar(value.valueType()) ? Quantities.number(Settings.shown(value)) : null;
        if (number == null || number.signum() < 0 || number.bitLength() > Long.SIZE) {
            problems.add(ConfigProblem.ofValue(
                    value.origin(),
                    Origins.isIncluded(value.origin()) ? REGISTERS : path,
                    "takes a whole number of at most 64 bits",
                    ", not " + Settings.shown(value)));
            return registers;
        }
        try {
            long id = registers.id(key);
            String before = set.putIfAbsent(id, origin);
            if (before != null) {
                refuse(origin, path, "is set already at " + before + ": leave one of them out");
                return registers;
            }
            FirmwareRegisters changed = registers.with(id, number.longValue());
            return contradicts(changed, id, origin, path) ? registers : changed;
        } catch (RegistryException e) {
            problems.add(ConfigProblem.ofValue(
                    value.origin(),
                    Origins.isIncluded(value.origin()) ? REGISTERS : path,
                    "cannot be",
                    ": " + e.getMessage()));
            return registers;
        }
    }

    /// Whether the key that a register is another word for says something else.
    private boolean contradicts(FirmwareRegisters changed, long id, String origin, String path) {
        int before = problems.size();
        ConfigObject toggles = settings.section(PolicySettings.TOGGLES);
        for (String toggle : changed.toggles(id).values()) {
            ConfigValue given = toggles.get(toggle);
            boolean on = changed.policy().isOn(toggle, true);
            if (given != null && PolicySettings.isOff(Settings.shown(given)) == on) {
                refuse(
                        origin,
                        path,
                        says(toggle + " is " + (on ? "on" : "off"), PolicySettings.TOGGLES, toggle, given));
            }
        }
        ConfigValue version = givenVersion();
        if (id == FirmwareRegisters.PSCI_VERSION && version != null) {
            String asked = Settings.shown(version);
            String is = changed.settings().getOrDefault("psci.version", PsciVersion.AUTO);
            if (!asked.equals(PsciVersion.AUTO) && !asked.equals(is)) {
                refuse(origin, path, says("PSCI is " + is, ConfigLoader.SERVICES + ".psci", VERSION, version));
            }
        }
        return problems.size() > before;
    }

    private static String says(String what, String section, String key, ConfigValue given) {
        return "says that " + what + ", and " + section + "." + key + " at " + Origins.describe(given.origin())
                + " says " + (Origins.isIncluded(given.origin()) ? "otherwise" : Settings.shown(given))
                + ": leave one of them out";
    }

    private @Nullable ConfigValue givenVersion() {
        return settings.section(ConfigLoader.SERVICES).get(PSCI) instanceof ConfigObject psci
                ? psci.get(VERSION)
                : null;
    }

    private void refuse(String origin, String path, String message) {
        problems.add(new ConfigProblem(origin, path, message));
    }
}
