package dev.trapline.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// Finds unknown keys. Each is an error, because it is usually a spelling mistake.
final class KnownKeys {

    /// The largest number of errors to report.
    private static final int MOST_PROBLEMS = 50;

    private final ConfigObject reference;
    private final Collection<String> open;
    private final List<ConfigProblem> problems;

    /// @param reference names every key
    /// @param open paths of the objects whose keys are not in the reference
    /// @param problems collects the errors
    KnownKeys(ConfigObject reference, Collection<String> open, List<ConfigProblem> problems) {
        this.reference = reference;
        this.open = List.copyOf(open);
        this.problems = problems;
    }

    /// Reports every key of `given` that is not in the reference, and every section that has a plain value. If one
    /// layer has a plain value for a section of a stronger layer, the section lacks the keys of all weaker layers.
    ///
    /// @return whether every section is a section, so that its keys can be read
    boolean check(ConfigObject given) {
        return check("", given, reference);
    }

    private boolean check(String prefix, ConfigObject given, ConfigObject known) {
        boolean whole = isComplete(prefix, given, known);
        Map<String, ConfigValue> entries = whole ? given : Map.of();
        for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(entries).entrySet()) {
            String path = prefix.isEmpty() ? entry.getKey() : prefix + "." + entry.getKey();
            ConfigValue value = entry.getValue();
            ConfigValue expected = known.get(entry.getKey());
            if (problems.size() >= MOST_PROBLEMS) {
                return whole;
            }
            if (expected == null) {
                problems.add(unknownWith(value, prefix, entry.getKey(), hint(path, entry.getKey(), prefix, known)));
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

    private boolean isComplete(String prefix, ConfigObject given, ConfigObject known) {
        if (given.keySet().containsAll(known.keySet())) {
            return true;
        }
        problems.add(new ConfigProblem(
                "configuration",
                prefix,
                "is a section, and is also set to something that is none: write its keys in { }"));
        return false;
    }

    /// The error for an unknown key.
    ///
    /// @param section a known section
    /// @param nearest the known key that the user may have meant; empty if there is none
    static ConfigProblem unknown(ConfigValue value, String section, String key, String nearest) {
        return unknownWith(value, section, key, nearest.isEmpty() ? "" : didYouMean(nearest));
    }

    private static ConfigProblem unknownWith(ConfigValue value, String section, String key, String hint) {
        return ConfigProblem.ofKey(value.origin(), section, key, "a key", hint);
    }

    private static String didYouMean(String nearest) {
        return "; did you mean " + nearest + "?";
    }

    private String hint(String path, String key, String prefix, ConfigObject siblings) {
        String present = inPlaceOf(path);
        if (!present.isEmpty()) {
            return "; write " + present + " in its place";
        }
        String nearest = nearest(path, key, prefix, siblings);
        return nearest.isEmpty() ? "" : didYouMean(nearest);
    }

    /// What to write now for a key of an earlier version; empty if it is none.
    private static String inPlaceOf(String path) {
        return switch (path) {
            case "trapline.run.cut-slice-cost" -> "trapline.run.exit-cost.hypercall";
            case "trapline.machine.preset" -> "trapline.machine.board";
            default -> "";
        };
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
