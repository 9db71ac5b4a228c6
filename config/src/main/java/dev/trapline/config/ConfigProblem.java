package dev.trapline.config;

import com.typesafe.config.ConfigOrigin;

/// One thing that is wrong with a configuration.
///
/// @param origin where it was written: `machine.conf:12`, or the option: `--cpus 65`
/// @param path the key, from the root: `trapline.machine.cpus`; empty where the file as a whole is meant
/// @param message what it takes and what it got, as the end of a sentence that begins with the path
public record ConfigProblem(String origin, String path, String message) {

    private static final String NOT_SHOWN = " not shown, since it stands in an included file";

    /// What is wrong with the value of a key that there is.
    ///
    /// @param quoted ends the sentence with the value, as `, not 65`: left out if that was written in an included
    ///     file
    static ConfigProblem ofValue(ConfigOrigin origin, String path, String message, String quoted) {
        boolean included = Origins.isIncluded(origin);
        return new ConfigProblem(
                Origins.describe(origin),
                path,
                message + (!included ? quoted : quoted.isEmpty() ? "" : "; what it got is" + NOT_SHOWN));
    }

    /// What is wrong with a key of a section: left out if it was written in an included file.
    ///
    /// @param section a key that there is; empty for the root
    /// @param what the key is not: `a key`
    /// @param hint ends the sentence; what is repeated in it is none of the file's text
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
