package dev.trapline.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Named sets of defaults that imitate a known firmware. A profile overrides the reference, and everything that the
/// user sets overrides the profile. A recording contains the resulting values.
final class Profiles {

    /// The origin of every value of a profile, followed by the profile's name.
    static final String ORIGIN = "the profile ";

    private static final String PROFILE = "trapline.firmware.profile";
    private static final String DEFAULT = "default";
    private static final List<String> NAMES = List.of(DEFAULT, "kvm", "tf-a");

    private Profiles() {}

    /// The profile that the configuration chooses.
    ///
    /// @param config all of whose sections are sections
    /// @return null for the default, which sets nothing, and for an unknown profile, which is reported as an error
    static @Nullable Config named(Config config, List<ConfigProblem> problems) {
        ConfigValue value = new Settings(config, problems).value(PROFILE);
        String name = Settings.shown(value);
        if (!NAMES.contains(name)) {
            String nearest = Nearest.to(name, NAMES);
            problems.add(ConfigProblem.ofValue(
                    value.origin(),
                    PROFILE,
                    "takes " + String.join(", ", NAMES),
                    ", not " + name + (nearest.isEmpty() ? "" : "; did you mean " + nearest + "?")));
            return null;
        }
        return name.equals(DEFAULT) ? null : read(name);
    }

    private static Config read(String name) {
        return ConfigLoader.own("profile-" + name + ".conf", ORIGIN + name);
    }
}
