package dev.trapline.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads the result file of a recording.
final class RunDigests {

    private static final Pattern PATTERN = Pattern.compile("\"slices\".*\"consoleDigest\":\"[^\"]*\"");

    private RunDigests() {}

    /// The values that distinguish runs: their lengths and their digests.
    static String of(Path recording) throws IOException {
        Matcher matcher = PATTERN.matcher(Files.readString(recording.resolve("result.json")));
        assertThat(matcher.find()).as("a result with digests").isTrue();
        return matcher.group();
    }
}
