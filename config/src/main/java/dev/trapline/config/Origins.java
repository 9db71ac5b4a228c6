package dev.trapline.config;

import com.typesafe.config.ConfigOrigin;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where values were written, for messages and for relative paths.
///
/// The library is given texts, and never a file to open. So what it is told of a text's origin begins with a mark that
/// says what kind of file that was. Options have no such mark.
final class Origins {

    private static final String NAMED = "file ";
    private static final String INCLUDED = "included file ";
    private static final String PIPE = "pipe ";

    /// Of a value in layers, with the strongest first.
    private static final Pattern MERGED = Pattern.compile("(?s)merge of (.+?): ([0-9]+)(?:-[0-9]+)?,.*");

    private static final Pattern FILE = Pattern.compile("(?s)(" + NAMED + "|" + INCLUDED + "|" + PIPE + ")(.*)");

    private Origins() {}

    /// What the library is told of the file that the user named.
    static String named(Path file) {
        return NAMED + file;
    }

    /// Of a pipe that the user named: it has no directory of its own.
    static String pipe(Path file) {
        return PIPE + file;
    }

    /// Of a file that another one includes.
    static String included(Path file) {
        return INCLUDED + file;
    }

    /// Whether a value, or a part of it, was written in an included file: messages do not repeat it.
    static boolean isIncluded(ConfigOrigin origin) {
        return origin.description().contains(INCLUDED);
    }

    /// Whether something was written in a file of the user's.
    static boolean isFile(ConfigOrigin origin) {
        return FILE.matcher(origin.description().replaceFirst("^merge of ", "")).matches();
    }

    /// `machine.conf:12`, or whatever the origin was given as description.
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

    /// A path as its writer meant it: relative to the file it stands in, or to the working directory.
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
