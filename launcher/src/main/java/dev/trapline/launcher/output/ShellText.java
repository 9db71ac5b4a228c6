package dev.trapline.launcher.output;

import java.nio.file.Path;

/// Words as a shell takes them.
public final class ShellText {

    private ShellText() {}

    /// A path as a shell takes it.
    public static String quoted(Path path) {
        String text = path.toString();
        return text.matches("[A-Za-z0-9_./@%+=:,-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
