package dev.trapline.launcher.options;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The output format: an option of every command that prints information.
public final class FormatOption {

    /// The formats.
    enum Format {
        text,
        json
    }

    private Format format = Format.text;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            order = 20,
            description = "${COMPLETION-CANDIDATES} (default text).")
    void format(@Nullable Format value) {
        format = value == null ? Format.text : value;
    }

    /// Whether a command line asks for JSON, even if the rest of it is wrong.
    public static boolean isJson(List<String> arguments) {
        int last = arguments.lastIndexOf("--format");
        return arguments.contains("--format=json")
                || (last >= 0
                        && last + 1 < arguments.size()
                        && arguments.get(last + 1).equals("json"));
    }

    public boolean isJson() {
        return format == Format.json;
    }
}
