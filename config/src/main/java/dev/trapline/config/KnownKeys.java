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
    /// No key is that long, nor is a misspelt one.
    private static final int LONGEST = 200;

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
                problems.add(unknown(value, path, nearest(path, entry.getKey(), prefix, known)));
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
    /// @param nearest the known key that may have been meant; empty if there is none
    static ConfigProblem unknown(ConfigValue value, String path, String nearest) {
        String hint = nearest.isEmpty() ? "" : "; did you mean " + nearest + "?";
        return new ConfigProblem(Origins.describe(value.origin()), path, "is not a key" + hint);
    }

    /// The candidate with the fewest differences, or an empty text if none is near.
    static String nearest(String word, Collection<String> candidates) {
        if (word.length() > LONGEST) {
            return "";
        }
        String best = "";
        // A third of the last part's letters may differ: beyond that a suggestion is a guess.
        int least = Math.max(2, (word.length() - word.lastIndexOf('.') - 1) / 3) + 1;
        for (String candidate : new TreeSet<>(candidates)) {
            int distance = distance(word, candidate);
            if (distance < least) {
                least = distance;
                best = candidate;
            }
        }
        return best;
    }

    private String nearest(String path, String key, String prefix, ConfigObject siblings) {
        TreeSet<String> paths = new TreeSet<>();
        siblings.keySet().forEach(sibling -> paths.add(prefix.isEmpty() ? sibling : prefix + "." + sibling));
        String nearest = nearest(path, paths);
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

    // Levenshtein's distance, one row at a time.
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
