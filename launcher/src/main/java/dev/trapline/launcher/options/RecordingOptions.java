package dev.trapline.launcher.options;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// The options of commands that print information about a recording.
public final class RecordingOptions {

    @Mixin
    private final FormatOption format = new FormatOption();

    private Path directory = Path.of("");

    @Parameters(paramLabel = "DIR", description = "The recording.")
    public void directory(@Nullable Path value) {
        directory = value == null ? Path.of("") : value;
    }

    public Path directory() {
        return directory;
    }

    public boolean isJson() {
        return format.isJson();
    }
}
