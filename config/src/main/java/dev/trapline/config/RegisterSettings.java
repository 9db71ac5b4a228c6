package dev.trapline.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
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

/// Reads the pseudo firmware registers. Each stands for toggles, or for a setting of a service. If a register
/// contradicts one of these, that is an error.
final class RegisterSettings {

    static final String REGISTERS = "trapline.firmware.registers";

    private final Settings settings;
    private final Collection<ServiceDescriptor> services;
    private final List<ConfigProblem> problems;

    RegisterSettings(Settings settings, Collection<ServiceDescriptor> services, List<ConfigProblem> problems) {
        this.settings = settings;
        this.services = services;
        this.problems = problems;
    }

    /// The registers under a policy and the services' settings, with the registers of the section set.
    FirmwareRegisters read(Policy policy, SortedMap<String, String> ofServices) {
        FirmwareRegisters registers = new FirmwareRegisters(services, policy, ofServices);
        if (!canBe(registers)) {
            return registers;
        }
        SortedMap<Long, String> set = new TreeMap<>();
        for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(settings.section(REGISTERS)).entrySet()) {
            registers = set(registers, entry.getKey(), entry.getValue(), set);
        }
        return registers;
    }

    /// Where each toggle was set through a register, by the toggle's name.
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
                // Reported when the registers are read.
            }
        });
        return origins;
    }

    /// Checks that the machine can have the settings that registers show.
    private boolean canBe(FirmwareRegisters registers) {
        int before = problems.size();
        for (long id : registers.ids()) {
            try {
                registers.get(id);
            } catch (RegistryException e) {
                String setting = String.valueOf(registers.setting(id));
                ConfigValue value = given(setting);
                problems.add(new ConfigProblem(
                        value == null ? "services" : Origins.describe(value.origin()),
                        ConfigLoader.SERVICES + "." + setting,
                        "cannot be"
                                + (value != null && Origins.isIncluded(value.origin())
                                        ? ""
                                        : Shown.sentence(": " + e.getMessage()))));
            }
        }
        return problems.size() == before;
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

    /// Whether a key contradicts the register that stands for it.
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
        String setting = changed.setting(id);
        ConfigValue given = setting == null ? null : given(setting);
        if (setting != null && given != null) {
            String is = changed.settingText(id);
            if (!changed.leavesChoice(id, Settings.shown(given))
                    && !Settings.shown(given).equals(is)) {
                refuse(origin, path, says(setting + " is " + is, ConfigLoader.SERVICES, setting, given));
            }
        }
        return problems.size() > before;
    }

    private static String says(String what, String section, String key, ConfigValue given) {
        return "says that " + what + ", and " + section + "." + key + " at " + Origins.describe(given.origin())
                + " says " + (Origins.isIncluded(given.origin()) ? "otherwise" : Settings.shown(given))
                + ": leave one of them out";
    }

    /// @param setting a service's name and the key: `psci.version`
    private @Nullable ConfigValue given(String setting) {
        int dot = setting.indexOf('.');
        return settings.section(ConfigLoader.SERVICES).get(setting.substring(0, dot)) instanceof ConfigObject service
                ? service.get(setting.substring(dot + 1))
                : null;
    }

    private void refuse(String origin, String path, String message) {
        problems.add(new ConfigProblem(origin, path, message));
    }
}
