package dev.trapline.launcher.options;

import dev.trapline.abi.Figures;
import dev.trapline.config.GivenKey;
import dev.trapline.config.LayeredConfig;
import dev.trapline.launcher.output.CommandException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// Finds options and keys that the user set and that have no effect. A command adds one rule for each option, key or
/// section of keys that can have no effect, with the condition and the reason.
///
/// On the command line, such an option is an error: the user wrote it for this command, so it was meant to have an
/// effect. In a configuration file, which may serve many runs, it is a warning of one line. Keys for another kind of
/// command are ignored in a file, and are errors on the command line.
public final class WithoutEffect {

    private static final String ROOT = "trapline.";

    /// An option or key that the user set.
    ///
    /// @param name an option with its dashes, or a key with its root
    /// @param text as the user wrote it
    private record Given(String name, String text, boolean onCommandLine) {}

    private final List<Given> given = new ArrayList<>();
    private final Set<String> overridden = new LinkedHashSet<>();
    private final Set<String> refused = new LinkedHashSet<>();
    private final Set<String> told = new LinkedHashSet<>();

    /// Starts with the options of a command.
    public static WithoutEffect of(CommandSpec command) {
        WithoutEffect found = new WithoutEffect();
        for (OptionSpec option : command.commandLine().getParseResult().matchedOptions()) {
            String name = option.longestName();
            String values = option.typeInfo().isBoolean() ? "" : " " + String.join(" ", option.originalStringValues());
            found.given.add(new Given(name, name + values, true));
        }
        return found;
    }

    /// Adds the configuration: all keys that were set, in a file or on the command line.
    public WithoutEffect and(LayeredConfig layers) {
        for (GivenKey key : layers.given()) {
            String text = key.onCommandLine() ? key.origin() : key.origin() + ": " + key.shown();
            given.add(new Given(key.path(), text, key.onCommandLine()));
        }
        overridden.addAll(layers.overridden());
        return this;
    }

    /// A rule.
    ///
    /// @param idle whether these have no effect
    /// @param because the reason, and what to do about it
    /// @param names options, keys without their root, or sections of keys with a dot at their end
    public WithoutEffect when(boolean idle, String because, String... names) {
        if (idle) {
            for (Given each : given) {
                if (matches(each, List.of(names))) {
                    (each.onCommandLine() ? refused : told).add(each.text() + " has no effect: " + because);
                }
            }
        }
        return this;
    }

    /// A rule for keys that belong to another kind of command.
    ///
    /// @param because the reason, and what to do about it
    /// @param names keys and sections, as above
    public WithoutEffect elsewhere(String because, String... names) {
        for (Given each : given) {
            if (each.onCommandLine() && matches(each, List.of(names))) {
                refused.add(each.text() + " has no effect: " + because);
            }
        }
        return this;
    }

    /// Warns in one line of the keys in files that are for another kind of command.
    ///
    /// @param because the reason
    /// @param names keys and sections that this command uses, as above
    public WithoutEffect passOverAllBut(String because, Collection<String> names) {
        List<String> passed = given.stream()
                .filter(each -> !each.onCommandLine() && each.name().startsWith(ROOT) && !matches(each, names))
                .map(Given::text)
                .toList();
        if (!passed.isEmpty()) {
            told.add("no effect here, because " + because + ": " + String.join(", ", passed));
        }
        return this;
    }

    /// The value that was given for a key, as the user wrote it.
    ///
    /// @param key without its root
    public List<String> given(String key) {
        return given.stream()
                .filter(each -> each.name().equals(ROOT + key))
                .map(Given::text)
                .toList();
    }

    /// A warning about a part of a key's value.
    ///
    /// @param key without its root
    /// @param sentence the part of the value that has no effect, and why
    WithoutEffect part(String key, String sentence) {
        boolean onCommandLine = given.stream()
                .anyMatch(each -> each.onCommandLine() && each.name().equals(ROOT + key));
        (onCommandLine ? refused : told).add(sentence);
        return this;
    }

    /// A rule for a command that uses few keys. All other keys are for another kind of command.
    ///
    /// @param because the reason, and what to do about it
    /// @param names keys and sections, as above
    public WithoutEffect allKeysBut(String because, Collection<String> names) {
        for (Given each : given) {
            if (each.onCommandLine() && each.name().startsWith(ROOT) && !matches(each, names)) {
                refused.add(each.text() + " has no effect: " + because);
            }
        }
        return this;
    }

    private static boolean matches(Given given, Collection<String> names) {
        return names.stream().anyMatch(name -> {
            String full = name.startsWith("--") ? name : ROOT + name;
            return name.endsWith(".")
                    ? given.name().startsWith(full)
                    : given.name().equals(full);
        });
    }

    /// Reports everything that was found, as an error or as warnings.
    ///
    /// @throws CommandException if something on the command line has no effect
    public void check(PrintWriter err) {
        overridden.forEach(sentence -> err.println("trapline: " + sentence));
        told.forEach(sentence -> err.println("trapline: " + sentence));
        if (refused.size() == 1) {
            throw CommandException.usage(refused.iterator().next());
        }
        if (!refused.isEmpty()) {
            throw CommandException.usage(
                    Figures.count(refused.size(), "option") + " without effect; see above, and remove them",
                    refused.stream().map(text -> "trapline: " + text).collect(Collectors.toList()));
        }
    }
}
