package dev.trapline.config;

import com.typesafe.config.ConfigException.NotResolved;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Finds the keys that an included file set. If it sets a key to the value of another key, the value keeps the origin
/// of the other key, so a message would take the key for one of the user's own file.
final class IncludedKeys {

    private IncludedKeys() {}

    /// A resolved section in which unknown keys have the origin of the file that set them. Known keys keep the
    /// origin of their values, because paths are relative to it.
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
            // Its keys come from another section, and were written there.
            return resolved;
        }
        return all;
    }
}
