package dev.trapline.launcher.output;

import java.nio.file.Path;

/// Quotes words for a shell.
public final class ShellText {

    private ShellText() {}

    /// A path, quoted for a shell if necessary.
    public static String quoted(Path path) {
        return quoted(path.toString());
    }

    /// A word, quoted for a shell if necessary.
    public static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./@%+=:,-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
