package dev.trapline.config;

import com.typesafe.config.ConfigOrigin;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where values were written, for messages and for relative paths.
final class Origins {

    /// Of a value in layers, with the strongest first.
    private static final Pattern MERGED = Pattern.compile("(?s)merge of (.+?): ([0-9]+)(?:-[0-9]+)?,.*");

    private Origins() {}

    /// `machine.conf:12`, or whatever the origin was given as description.
    static String describe(ConfigOrigin origin) {
        String file = origin.filename();
        if (file == null) {
            // An option is one line: its number says nothing.
            String description = origin.description();
            Matcher merged = MERGED.matcher(description);
            if (merged.matches()) {
                return merged.group(1) + ":" + merged.group(2);
            }
            String line = ": " + origin.lineNumber();
            return description.endsWith(line)
                    ? description.substring(0, description.length() - line.length())
                    : description;
        }
        return origin.lineNumber() > 0 ? file + ":" + origin.lineNumber() : file;
    }

    /// A path as its writer meant it: relative to the file it stands in, or to the working directory.
    static Path resolve(ConfigOrigin origin, String text) {
        Path path = Path.of(text);
        if (origin.filename() == null) {
            return path;
        }
        Path directory = Path.of(origin.filename()).getParent();
        return directory == null ? path : directory.resolve(path);
    }
}
