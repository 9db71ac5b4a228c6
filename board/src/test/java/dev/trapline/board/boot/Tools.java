package dev.trapline.board.boot;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Programs that a test uses where they are installed.
public final class Tools {

    private Tools() {}

    /// What a program did.
    public record Result(int status, String output, String errors) {}

    /// Skips the test, and says so, unless the program is there.
    ///
    /// @param consequence what is left untested then
    public static void assumePresent(String program, String consequence) {
        boolean present = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
        skipUnless(present, program + " is not installed: " + consequence);
    }

    /// Skips the test, and says so, unless the condition holds.
    public static void skipUnless(boolean condition, String reason) {
        if (!condition) {
            System.err.println("SKIPPED: " + reason);
        }
        assumeTrue(condition, reason);
    }

    public static Result run(Path directory, String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(directory, "output", ".txt");
        Path errors = Files.createTempFile(directory, "errors", ".txt");
        int status = new ProcessBuilder(List.of(command))
                .directory(directory.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start()
                .waitFor();
        return new Result(status, Files.readString(output), Files.readString(errors));
    }
}
