package dev.trapline.launcher;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What every command takes that tells something of a recording.
final class RecordingOptions {

    /// How an answer is written.
    enum Format {
        text,
        json
    }

    private Path directory = Path.of("");
    private Format format = Format.text;

    @Parameters(paramLabel = "DIR", description = "The recording.")
    void directory(@Nullable Path value) {
        directory = value == null ? Path.of("") : value;
    }

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            order = 1,
            description = "${COMPLETION-CANDIDATES} (default text).")
    void format(@Nullable Format value) {
        format = value == null ? Format.text : value;
    }

    Path directory() {
        return directory;
    }

    boolean isJson() {
        return format == Format.json;
    }
}
