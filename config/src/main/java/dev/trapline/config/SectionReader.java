package dev.trapline.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads the keys of a section that is an element of a list, such as a rule, and collects its errors. A method returns
/// some valid value if the one in the file is wrong.
final class SectionReader {

    private final String path;
    private final ConfigObject section;
    private final List<ConfigProblem> problems;
    private final int problemsBefore;

    /// @param path what the section is called in messages
    /// @param problems collects the errors
    SectionReader(String path, ConfigObject section, List<ConfigProblem> problems) {
        this.path = path;
        this.section = section;
        this.problems = problems;
        this.problemsBefore = problems.size();
    }

    /// Whether no error was found in it.
    boolean isFine() {
        return problems.size() == problemsBefore;
    }

    /// Where it is.
    String origin() {
        return Origins.describe(section.origin());
    }

    /// Reports every key that is not one of these.
    void requireKnown(List<String> keys) {
        for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(section).entrySet()) {
            if (!keys.contains(entry.getKey())) {
                problems.add(KnownKeys.unknown(
                        Origins.isIncluded(section.origin()) ? section : entry.getValue(),
                        path,
                        entry.getKey(),
                        Nearest.to(entry.getKey(), keys)));
            }
        }
    }

    /// Whether a key is given.
    boolean has(String key) {
        return section.get(key) != null;
    }

    /// A value; null if the key is not given.
    @Nullable
    ConfigValue get(String key) {
        return section.get(key);
    }

    /// A section within it; null if it is not given, or is none.
    @Nullable
    SectionReader section(String key) {
        ConfigValue value = section.get(key);
        if (value instanceof ConfigObject inner) {
            return new SectionReader(path + "." + key, inner, problems);
        }
        if (value != null) {
            refuse(key, value, "is a section: write its keys in { }", "");
        }
        return null;
    }

    /// One value, or the elements of a list; none if the key is not given.
    List<ConfigValue> elements(String key) {
        ConfigValue value = section.get(key);
        if (value == null) {
            return List.of();
        }
        if (value instanceof ConfigList list && list.isEmpty()) {
            refuse(key, value, "is an empty list: leave the key out, or name something", "");
        }
        return parts(value);
    }

    private static List<ConfigValue> parts(ConfigValue value) {
        return value instanceof ConfigList list ? List.copyOf(list) : List.of(value);
    }

    /// A whole number; `otherwise` if the key is not given.
    long number(String key, long least, long most, long otherwise) {
        ConfigValue value = section.get(key);
        if (value == null) {
            return otherwise;
        }
        BigInteger number = Quantities.number(Settings.shown(value));
        if (number == null
                || number.compareTo(BigInteger.valueOf(least)) < 0
                || number.compareTo(BigInteger.valueOf(most)) > 0) {
            refuse(key, value, "takes a whole number from " + least + " to " + most, ", not " + Settings.shown(value));
            return otherwise;
        }
        return number.longValueExact();
    }

    /// One or several names of an enumeration; all of them if the key is not given.
    <T extends Enum<T>> Set<T> some(String key, Class<T> type) {
        ConfigValue value = section.get(key);
        if (value == null) {
            return EnumSet.allOf(type);
        }
        List<ConfigValue> elements = parts(value);
        Set<T> chosen = EnumSet.noneOf(type);
        for (ConfigValue element : elements) {
            chosen.addAll(Arrays.stream(type.getEnumConstants())
                    .filter(c -> name(c).equals(Settings.shown(element)))
                    .toList());
        }
        if (chosen.isEmpty() || chosen.size() < elements.size()) {
            List<String> names = Arrays.stream(type.getEnumConstants())
                    .map(SectionReader::name)
                    .toList();
            refuse(
                    key,
                    value,
                    "takes " + Settings.oneOf(names) + ", or a list of different ones of them",
                    ", not " + (value instanceof ConfigList ? list(elements) : Settings.shown(value)));
        }
        return chosen;
    }

    /// The name of a constant in a configuration.
    static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String list(List<ConfigValue> elements) {
        List<String> texts = new ArrayList<>();
        elements.forEach(element -> texts.add(Settings.shown(element)));
        return texts.toString();
    }

    /// Reports that a key is missing.
    ///
    /// @param what what the section is: `rule`
    void missing(String key, String what, String hint) {
        problems.add(new ConfigProblem(origin(), path + "." + key, "is missing from this " + what + hint));
    }

    /// Reports a wrong value.
    ///
    /// @param quoted as [ConfigProblem#ofValue] takes it
    void refuse(String key, ConfigValue value, String message, String quoted) {
        problems.add(ConfigProblem.ofValue(value.origin(), path + "." + key, message, quoted));
    }

    /// Reports an error of the section as a whole.
    void refuse(String message) {
        problems.add(new ConfigProblem(origin(), path, message));
    }
}
