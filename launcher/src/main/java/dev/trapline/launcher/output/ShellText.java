package dev.trapline.launcher.output;

import java.nio.file.Path;

/// Quotes words for a shell.
public final class ShellText {

    private ShellText() {}

    /// A path, quoted for a shell if necessary.
    public static String quoted(Path path) {
        String text = path.toString();
        return text.matches("[A-Za-z0-9_./@%+=:,-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
