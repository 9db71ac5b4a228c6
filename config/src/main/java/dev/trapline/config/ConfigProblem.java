package dev.trapline.config;

import com.typesafe.config.ConfigOrigin;

/// One error in a configuration.
///
/// @param origin where it was written: `machine.conf:12`, or the option: `--cpus 65`
/// @param path the key, from the root: `trapline.machine.cpus`; empty if the error concerns the whole file
/// @param message what the key takes, and what it got, as the end of a sentence that begins with the path
public record ConfigProblem(String origin, String path, String message) {

    private static final String NOT_SHOWN = " not shown, because it is in an included file";

    /// A wrong value of an existing key.
    ///
    /// @param quoted the end of the sentence, with the value, such as `, not 65`; left out if an included file
    ///     contains it, and shortened if it is long
    static ConfigProblem ofValue(ConfigOrigin origin, String path, String message, String quoted) {
        boolean included = Origins.isIncluded(origin);
        return new ConfigProblem(
                Origins.describe(origin),
                path,
                message
                        + (!included
                                ? Shown.sentence(quoted)
                                : quoted.isEmpty() ? "" : "; the given value is" + NOT_SHOWN));
    }

    /// A wrong key in a section. The key is not shown if an included file contains it.
    ///
    /// @param section the section's key; empty for the root
    /// @param what what the key is not: `a key`
    /// @param hint the end of the sentence; it must not quote the file
    static ConfigProblem ofKey(ConfigOrigin origin, String section, String key, String what, String hint) {
        String where = Origins.describe(origin);
        if (Origins.isIncluded(origin)) {
            return new ConfigProblem(
                    where,
                    section,
                    (section.isEmpty() ? "there is" : "has") + " something that is not " + what + "; it is" + NOT_SHOWN
                            + hint);
        }
        return new ConfigProblem(where, section.isEmpty() ? key : section + "." + key, "is not " + what + hint);
    }

    @Override
    public String toString() {
        return origin + ": " + (path.isEmpty() ? "" : Shown.shortened(path) + " ") + message;
    }
}
