package dev.trapline.config;

import com.typesafe.config.ConfigException;
import java.util.regex.Pattern;

/// Errors of the library that reads configurations, in words of ours. The library's own words repeat the text that they
/// are about.
final class LibraryErrors {

    /// A name that is not there. It stands at the origin of the error.
    private static final Pattern UNRESOLVED =
            Pattern.compile("(?s)Could not resolve substitution to a value: \\$\\{[^}]*}");

    private LibraryErrors() {}

    /// What is wrong with a text of the user's, unless that may repeat a password.
    ///
    /// @param text what was parsed
    static ConfigProblem ofParsing(ConfigException e, String otherwise, String text) {
        String message = message(e);
        return Shown.repeatsSecret(message, text)
                ? new ConfigProblem(
                        origin(e, otherwise),
                        "",
                        "cannot be read; the text is not shown, since it may be a password. Put it between"
                                + " double quotes")
                : new ConfigProblem(origin(e, otherwise), "", Shown.shortened(message));
    }

    /// What is wrong with a text that was included: where, and nothing of it.
    static ConfigProblem ofIncluded(ConfigException e, String otherwise) {
        return new ConfigProblem(
                origin(e, otherwise),
                "",
                "is not HOCON, the form of configurations; the text is not shown, since it stands in an included file."
                        + " If this is the file that you mean to include, see that the line has the form KEY = VALUE,"
                        + " and put the value between double quotes");
    }

    /// What is wrong with substitutions.
    ///
    /// @param included whether some file was included: then the library may repeat what stands there
    static ConfigProblem ofResolving(ConfigException e, boolean included) {
        String message = message(e);
        boolean own = e.origin() != null
                && !Origins.isIncluded(e.origin())
                && UNRESOLVED.matcher(message).matches();
        if (!included || own) {
            return ofParsing(e, "configuration", "");
        }
        return new ConfigProblem(
                origin(e, "configuration"),
                "",
                "has a substitution (${...}) that cannot be filled in: it names nothing that there is, or itself by way"
                        + " of others, or it stands beside a value of another kind. It is not shown, since files are"
                        + " included");
    }

    private static String origin(ConfigException e, String otherwise) {
        return e.origin() == null ? otherwise : Origins.describe(e.origin());
    }

    private static String message(ConfigException e) {
        String message = String.valueOf(e.getMessage());
        // The library puts its own form of the origin in front.
        String prefix = e.origin() == null ? "" : e.origin().description() + ": ";
        return message.startsWith(prefix) ? message.substring(prefix.length()) : message;
    }
}
