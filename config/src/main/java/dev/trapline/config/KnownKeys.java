package dev.trapline.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// Finds the keys that nobody reads: each is an error, since it is most often a misspelt one.
final class KnownKeys {

    /// Of more, nobody reads on.
    private static final int MOST_PROBLEMS = 50;

    private final ConfigObject reference;
    private final Collection<String> open;
    private final List<ConfigProblem> problems;

    /// @param reference names every key
    /// @param open paths of the objects whose keys are not in the reference
    /// @param problems collects what is unknown
    KnownKeys(ConfigObject reference, Collection<String> open, List<ConfigProblem> problems) {
        this.reference = reference;
        this.open = List.copyOf(open);
        this.problems = problems;
    }

    /// Reports every key of `given` that the reference does not name, and every section that is given a plain
    /// value.
    ///
    /// @return whether every section is there, so that its keys can be read
    boolean check(ConfigObject given) {
        return check("", given, reference);
    }

    private boolean check(String prefix, ConfigObject given, ConfigObject known) {
        boolean whole = true;
        for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(given).entrySet()) {
            String path = prefix.isEmpty() ? entry.getKey() : prefix + "." + entry.getKey();
            ConfigValue value = entry.getValue();
            ConfigValue expected = known.get(entry.getKey());
            if (problems.size() >= MOST_PROBLEMS) {
                return whole;
            }
            if (expected == null) {
                problems.add(unknown(value, prefix, entry.getKey(), nearest(path, entry.getKey(), prefix, known)));
            } else if (expected instanceof ConfigObject section && value instanceof ConfigObject object) {
                whole &= open.contains(path) || check(path, object, section);
            } else if (expected instanceof ConfigObject) {
                whole = false;
                problems.add(new ConfigProblem(
                        Origins.describe(value.origin()), path, "is a section: write its keys in { }"));
            }
        }
        return whole;
    }

    /// The problem that a key is unknown.
    ///
    /// @param section a known one
    /// @param nearest the known key that may have been meant; empty if there is none
    static ConfigProblem unknown(ConfigValue value, String section, String key, String nearest) {
        String hint = nearest.isEmpty() ? "" : "; did you mean " + nearest + "?";
        return ConfigProblem.ofKey(value.origin(), section, key, "a key", hint);
    }

    private String nearest(String path, String key, String prefix, ConfigObject siblings) {
        TreeSet<String> paths = new TreeSet<>();
        siblings.keySet().forEach(sibling -> paths.add(prefix.isEmpty() ? sibling : prefix + "." + sibling));
        String nearest = Nearest.to(path, paths);
        // The right word in the wrong section is the other common mistake.
        return nearest.isEmpty() ? elsewhere("", key, reference) : nearest;
    }

    private static String elsewhere(String prefix, String key, ConfigObject section) {
        for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(section).entrySet()) {
            String path = prefix.isEmpty() ? entry.getKey() : prefix + "." + entry.getKey();
            String found = entry.getKey().equals(key)
                    ? path
                    : entry.getValue() instanceof ConfigObject inner ? elsewhere(path, key, inner) : "";
            if (!found.isEmpty()) {
                return found;
            }
        }
        return "";
    }
}
