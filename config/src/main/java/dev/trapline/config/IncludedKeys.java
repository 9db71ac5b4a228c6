package dev.trapline.config;

import com.typesafe.config.ConfigException.NotResolved;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Finds out which keys an included file wrote. Where it gives a key the value of another one, that value has the
/// origin of the other one: a message about the key would take it for the user's own.
final class IncludedKeys {

    private IncludedKeys() {}

    /// A resolved section whose unknown keys have the origin of the file that wrote them. Those that the reference
    /// names keep the origin of their values: paths are relative to it.
    ///
    /// @param written the section before it was resolved
    /// @param reference the section of the reference; null if there is none
    static ConfigObject marked(ConfigObject written, ConfigObject resolved, @Nullable ConfigObject reference) {
        ConfigObject all = resolved;
        try {
            for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(written).entrySet()) {
                String key = entry.getKey();
                ConfigValue before = entry.getValue();
                ConfigValue known = reference == null ? null : reference.get(key);
                ConfigValue value = resolved.get(key);
                if (value instanceof ConfigObject inner && before instanceof ConfigObject section) {
                    value = marked(section, inner, known instanceof ConfigObject object ? object : null);
                }
                if (value != null) {
                    boolean own = known != null || !Origins.isIncluded(before.origin());
                    all = all.withValue(key, own ? value : value.withOrigin(before.origin()));
                }
            }
        } catch (NotResolved e) {
            // Its keys are those of another section, and were written there.
            return resolved;
        }
        return all;
    }
}
