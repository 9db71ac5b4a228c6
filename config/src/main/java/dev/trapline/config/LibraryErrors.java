package dev.trapline.config;

import com.typesafe.config.ConfigException;
import java.util.regex.Pattern;

/// Rewords errors of the HOCON library, because its own messages quote the text that they are about.
final class LibraryErrors {

    /// A substitution of an unknown name. The name is at the origin of the error.
    private static final Pattern UNRESOLVED =
            Pattern.compile("(?s)Could not resolve substitution to a value: \\$\\{[^}]*}");

    private LibraryErrors() {}

    /// The error in a text of the user. The library quotes what stands at the error, and that can be anything after
    /// a key, also some lines later. So a text that may have a password is not quoted at all.
    ///
    /// @param text the parsed text
    static ConfigProblem ofParsing(ConfigException e, String otherwise, String text) {
        return new ConfigProblem(
                origin(e, otherwise),
                "",
                Shown.mayBeSecret(text)
                        ? "is not HOCON, the syntax of configurations; the text is not shown, because it may hold a "
                                + "password. Put the value between double quotes, and check that each bracket is closed"
                        : Shown.shortened(message(e)));
    }

    /// The error in an included text: its position, but not the text.
    static ConfigProblem ofIncluded(ConfigException e, String otherwise) {
        return new ConfigProblem(
                origin(e, otherwise),
                "",
                "is not HOCON, the syntax of configurations; the text is not shown, because it is in an "
                        + "included file. If this is the right file, check that the line has the form KEY = "
                        + "VALUE, and put the value between double quotes");
    }

    /// The error in a substitution.
    ///
    /// @param included whether any file was included: then the library's message may quote it
    static ConfigProblem ofResolving(ConfigException e, boolean included) {
        String message = message(e);
        boolean own = e.origin() != null
                && !Origins.isIncluded(e.origin())
                && UNRESOLVED.matcher(message).matches();
        if (own || (!included && message.startsWith("Could not resolve substitution"))) {
            return ofParsing(e, "configuration", "");
        }
        if (!included) {
            // The library quotes both values, and one of them may be a password. It may name its own file.
            String where = origin(e, "configuration");
            return new ConfigProblem(
                    where.startsWith("reference.conf") ? "configuration" : where,
                    "",
                    "has a value that is joined from parts of different kinds, such as a text and a list. A key that "
                            + "takes one value cannot be extended by '+=': write KEY = VALUE. The values are not "
                            + "shown, because one may be a password");
        }
        return new ConfigProblem(
                origin(e, "configuration"),
                "",
                "has a substitution (${...}) that cannot be resolved: it refers to a key that does not exist, "
                        + "or in a circle to itself, or it is next to a value of another kind. It is not shown, "
                        + "because files are included");
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
