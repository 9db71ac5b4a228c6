package dev.trapline.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.math.BigInteger;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Reads typed values. It collects all errors instead of stopping at the first.
///
/// If a value is wrong, its method returns some valid value: the configuration is refused in the end anyway.
final class Settings {

    private final Config config;
    private final List<ConfigProblem> problems;

    /// @param config the resolved configuration, with the reference as fallback
    /// @param problems collects the errors
    Settings(Config config, List<ConfigProblem> problems) {
        this.config = config;
        this.problems = problems;
    }

    /// A whole number in a range that fits a signed `long`.
    long number(String path, long least, long most) {
        return inRange(path, Quantities::number, least, most, "a whole number from " + least + " to " + most);
    }

    /// A whole number of at most 64 bits, signed or unsigned.
    long word(String path) {
        Long value = Quantities.word(text(path));
        if (value == null) {
            refuse(path, "a whole number of at most 64 bits");
            return 0;
        }
        return value;
    }

    /// A size in bytes.
    ///
    /// @param takes the range in words
    long size(String path, long least, long most, String takes) {
        return inRange(path, Quantities::size, least, most, takes);
    }

    /// A duration in nanoseconds.
    ///
    /// @param takes the range in words
    long nanoseconds(String path, long least, long most, String takes) {
        return inRange(path, Quantities::nanoseconds, least, most, takes);
    }

    private long inRange(
            String path, Function<String, @Nullable BigInteger> parser, long least, long most, String takes) {
        BigInteger value = parser.apply(text(path));
        if (value == null
                || value.compareTo(BigInteger.valueOf(least)) < 0
                || value.compareTo(BigInteger.valueOf(most)) > 0) {
            refuse(path, takes);
            return least;
        }
        return value.longValueExact();
    }

    /// A boolean.
    boolean flag(String path) {
        return choice(path, List.of("true", "false"), Function.identity()).equals("true");
    }

    /// One of several names.
    <T> T choice(String path, List<T> choices, Function<T, String> nameOf) {
        String text = text(path);
        for (T choice : choices) {
            if (nameOf.apply(choice).equals(text)) {
                return choice;
            }
        }
        refuse(path, oneOf(choices.stream().map(nameOf).toList()));
        return choices.get(0);
    }

    /// Names as a choice: `a, b or c`.
    static String oneOf(List<String> names) {
        int last = names.size() - 1;
        return last == 0 ? names.get(0) : String.join(", ", names.subList(0, last)) + " or " + names.get(last);
    }

    /// A file or directory; null if the text is empty.
    @Nullable
    Path path(String path) {
        ConfigValue value = value(path);
        boolean isEmpty = isScalar(value.valueType()) && text(path).isEmpty();
        return isEmpty ? null : file(path, value);
    }

    /// Files, each relative to the place where it was written.
    List<Path> paths(String path) {
        List<Path> found = new ArrayList<>();
        for (ConfigValue element : list(path)) {
            Path file = file(path, element);
            if (file != null) {
                found.add(file);
            }
        }
        return found;
    }

    private @Nullable Path file(String path, ConfigValue value) {
        if (isScalar(value.valueType())) {
            try {
                return Origins.resolve(value.origin(), shown(value));
            } catch (InvalidPathException _) {
                // A file name cannot contain every character.
            }
        }
        refuse(path, value, "the name of a file or directory");
        return null;
    }

    /// The elements of a list.
    List<ConfigValue> list(String path) {
        ConfigValue value = value(path);
        if (value instanceof ConfigList list) {
            return List.copyOf(list);
        }
        refuse(path, "a list, as in [a, b]");
        return List.of();
    }

    /// The text of a single value, as written; empty if it is not a single value.
    String text(String path) {
        ConfigValue value = value(path);
        return isScalar(value.valueType()) ? config.getString(path) : "";
    }

    /// A text of any form.
    String plain(String path) {
        if (!isScalar(value(path).valueType())) {
            refuse(path, "a text");
        }
        return text(path);
    }

    /// The text of a single value that no message may quote.
    String secret(String path) {
        if (!isScalar(value(path).valueType())) {
            refuseSecret(path, "a text");
        }
        return text(path);
    }

    /// Whether a value is neither an object, nor a list, nor null.
    static boolean isScalar(ConfigValueType type) {
        return type == ConfigValueType.STRING || type == ConfigValueType.NUMBER || type == ConfigValueType.BOOLEAN;
    }

    /// The origin of a key's value.
    String origin(String path) {
        return Origins.describe(value(path).origin());
    }

    /// Reports that a key has a wrong value. The database's keys may contain a password, also by mistake: `url =
    /// ${TRAPLINE_POSTGRESQL_PASSWORD}`. So their values are not quoted.
    void refuse(String path, String takes) {
        if (path.startsWith(Expansion.DATABASE + ".")) {
            refuseSecret(path, takes);
            return;
        }
        ConfigValue value = value(path);
        String got = switch (value.valueType()) {
            case OBJECT, LIST -> "a " + value.valueType().name().toLowerCase(Locale.ROOT);
            case NULL -> "null";
            case NUMBER, BOOLEAN, STRING -> shown(config.getString(path));
        };
        problems.add(ConfigProblem.ofValue(value.origin(), path, "takes " + takes, ", not " + got));
    }

    /// Reports that a key has a wrong value, without quoting it.
    void refuseSecret(String path, String takes) {
        problems.add(new ConfigProblem(
                origin(path),
                path,
                "takes " + takes + "; the given value is not shown, because it may hold a password"));
    }

    /// Reports that a list has a wrong element.
    void refuse(String path, ConfigValue element, String takes) {
        problems.add(ConfigProblem.ofValue(element.origin(), path, "takes " + takes, ", not " + shown(element)));
    }

    /// A value in the form for messages. A single value stays as written, so that 1.10 stays 1.10.
    static String shown(ConfigValue value) {
        return switch (value.valueType()) {
            case NUMBER, STRING, BOOLEAN -> value.atKey("value").getString("value");
            case OBJECT -> "an object";
            case LIST -> "a list";
            case NULL -> "null";
        };
    }

    /// The keys of a section; none if it is not a section.
    ConfigObject section(String path) {
        return value(path) instanceof ConfigObject object
                ? object
                : ConfigFactory.empty().root();
    }

    private static String shown(String text) {
        return text.isEmpty() ? "an empty text" : Shown.shortened(text);
    }

    /// The value of a key, which may be null in the configuration's sense.
    // Unlike getValue, this works for null as well.
    ConfigValue value(String path) {
        ConfigValue value = config.root();
        for (String key : path.split("\\.", -1)) {
            value = value instanceof ConfigObject object ? object.get(key) : null;
        }
        if (value == null) {
            throw new IllegalStateException("the reference configuration lacks " + path);
        }
        return value;
    }
}
