package dev.trapline.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Named sets of defaults: what a known firmware answers. A profile lies above the reference and below everything that
/// a user sets, so that single settings override it. A recording holds the resulting values.
final class Profiles {

    /// Describes the origin of every value of a profile, in front of its name.
    static final String ORIGIN = "the profile ";

    private static final String PROFILE = "trapline.firmware.profile";
    private static final String DEFAULT = "default";
    private static final List<String> NAMES = List.of(DEFAULT, "kvm", "tf-a");

    private Profiles() {}

    /// The profile that a configuration names.
    ///
    /// @return null if it is the default, which sets nothing, or if there is none of that name: a problem
    static @Nullable Config named(Config config, List<ConfigProblem> problems) {
        ConfigValue value = config.getValue(PROFILE);
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
