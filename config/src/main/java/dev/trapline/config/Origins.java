package dev.trapline.config;

import com.typesafe.config.ConfigOrigin;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The origins of values, for messages and for relative paths.
///
/// The library gets texts, and never opens a file itself. The origin that it gets with a text begins with a mark for
/// the kind of file. Options have no such mark.
final class Origins {

    private static final String NAMED = "file ";
    private static final String INCLUDED = "included file ";
    private static final String PIPE = "pipe ";

    /// The origin of a value in layers, strongest first.
    private static final Pattern MERGED = Pattern.compile("(?s)merge of (.+?): ([0-9]+)(?:-[0-9]+)?,.*");

    private static final Pattern FILE = Pattern.compile("(?s)(" + NAMED + "|" + INCLUDED + "|" + PIPE + ")(.*)");

    private Origins() {}

    /// The origin for the file that the user named.
    static String named(Path file) {
        return NAMED + file;
    }

    /// The origin for a pipe that the user named: it has no directory.
    static String pipe(Path file) {
        return PIPE + file;
    }

    /// The origin for an included file.
    static String included(Path file) {
        return INCLUDED + file;
    }

    /// Whether a value, or a part of it, is in an included file: messages do not quote it.
    static boolean isIncluded(ConfigOrigin origin) {
        return origin.description().contains(INCLUDED);
    }

    /// Whether the origin is a file.
    static boolean isFile(ConfigOrigin origin) {
        return FILE.matcher(origin.description().replaceFirst("^merge of ", "")).matches();
    }

    /// `machine.conf:12`, or else the origin's description.
    static String describe(ConfigOrigin origin) {
        String description = origin.description();
        Matcher merged = MERGED.matcher(description);
        if (merged.matches()) {
            return withoutMark(merged.group(1)) + ":" + merged.group(2);
        }
        // An option is one line: its number says nothing.
        String where = withoutLine(origin);
        Matcher file = FILE.matcher(where);
        return file.matches() ? file.group(2) + (origin.lineNumber() > 0 ? ":" + origin.lineNumber() : "") : where;
    }

    private static String withoutMark(String text) {
        Matcher file = FILE.matcher(text);
        return file.matches() ? file.group(2) : text;
    }

    private static String withoutLine(ConfigOrigin origin) {
        String line = ": " + origin.lineNumber();
        return origin.description().replaceFirst(Pattern.quote(line) + "(-[0-9]+)?$", "");
    }

    /// Resolves a path: relative to the file that contains it, or to the working directory.
    static Path resolve(ConfigOrigin origin, String text) {
        Path path = Path.of(text);
        Matcher file = FILE.matcher(withoutLine(origin));
        if (!file.matches() || file.group(1).equals(PIPE)) {
            return path;
        }
        Path directory = Path.of(file.group(2)).getParent();
        return directory == null ? path : directory.resolve(path);
    }
}
