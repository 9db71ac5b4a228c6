package dev.trapline.launcher;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How an answer is written: the option of every command that tells something.
final class FormatOption {

    /// The ways there are.
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

    boolean isJson() {
        return format == Format.json;
    }
}
