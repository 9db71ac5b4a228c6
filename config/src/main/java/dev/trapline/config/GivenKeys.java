package dev.trapline.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Finds the keys that were set. All others have their default.
final class GivenKeys {

    private final ConfigObject reference;
    private final Set<String> onCommandLine;

    /// @param reference names every key
    /// @param onCommandLine the texts of options and `--set`
    GivenKeys(ConfigObject reference, Set<String> onCommandLine) {
        this.reference = reference;
        this.onCommandLine = Set.copyOf(onCommandLine);
    }

    /// The keys of a merged configuration that do not come from the reference, sorted by path.
    List<GivenKey> of(Config merged) {
        List<GivenKey> given = new ArrayList<>();
        collect("", merged.root(), given);
        return given;
    }

    private void collect(String prefix, ConfigObject section, List<GivenKey> into) {
        for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(section).entrySet()) {
            String path = prefix.isEmpty() ? entry.getKey() : prefix + "." + entry.getKey();
            ConfigValue value = entry.getValue();
            if (value instanceof ConfigObject object) {
                collect(path, object, into);
            } else if (!isDefault(value.origin())) {
                String origin = Origins.describe(value.origin());
                String known = Origins.isIncluded(value.origin()) ? known(path) : path;
                into.add(new GivenKey(path, known, origin, onCommandLine.contains(origin)));
            }
        }
    }

    /// The part of a key that the reference contains.
    private String known(String path) {
        ConfigValue known = reference;
        String prefix = "";
        for (String key : path.split("\\.", -1)) {
            known = known instanceof ConfigObject section && !ConfigLoader.OPEN.contains(prefix)
                    ? section.get(key)
                    : null;
            if (known == null) {
                break;
            }
            prefix = prefix.isEmpty() ? key : prefix + "." + key;
        }
        return prefix.isEmpty() ? "a key" : prefix;
    }

    /// Whether a value comes from the reference or from the chosen profile.
    private static boolean isDefault(ConfigOrigin origin) {
        String description = origin.description();
        // A file of the user's has a name, whatever it is called.
        return !Origins.isFile(origin)
                && (description.startsWith(ConfigLoader.REFERENCE) || description.startsWith(Profiles.ORIGIN));
    }

    /// A part of the command line that sets keys.
    ///
    /// @param text as the user wrote it
    record Layer(String text, Config keys) {}

    /// The parts of the command line that a stronger part overrides, one message each.
    ///
    /// @param layers the layers, weakest first
    static List<String> overridden(List<Layer> layers) {
        List<String> sentences = new ArrayList<>();
        Map<String, Layer> strongest = new TreeMap<>();
        for (Layer layer : layers.reversed()) {
            for (String path : paths(layer.keys())) {
                Layer stronger = strongest.putIfAbsent(path, layer);
                if (stronger != null) {
                    sentences.add(layer.text() + " has no effect: " + stronger.text() + " sets " + path + " as well");
                }
            }
        }
        return sentences.reversed();
    }

    private static Set<String> paths(Config keys) {
        Set<String> paths = new TreeSet<>();
        try {
            keys.entrySet().forEach(entry -> paths.add(entry.getKey()));
        } catch (ConfigException.NotResolved _) {
            // The keys of a section that comes from a substitution are defined elsewhere.
        }
        return paths;
    }
}
