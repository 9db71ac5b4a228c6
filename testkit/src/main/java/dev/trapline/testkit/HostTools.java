package dev.trapline.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Runs programs that may be installed on the host, and JVMs for code that may end its process.
public final class HostTools {

    private HostTools() {}

    /// How a program ended, and what it printed.
    public record Result(int status, String output, String errors) {

        /// Its whole output, of both streams.
        public String printed() {
            return output + errors;
        }
    }

    /// Whether all given programs are installed.
    public static boolean present(String... programs) {
        return Stream.of(programs)
                .allMatch(program -> Stream.of(
                                System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program))));
    }

    /// Skips the test with a message unless the program is installed.
    ///
    /// @param consequence what is not tested without it
    public static void assumePresent(String program, String consequence) {
        skipUnless(present(program), program + " is not installed: " + consequence);
    }

    /// Skips the test with a message unless the condition holds.
    public static void skipUnless(boolean condition, String reason) {
        if (!condition) {
            System.err.println("SKIPPED: " + reason);
        }
        assumeTrue(condition, reason);
    }

    /// Runs a program that must succeed.
    public static void execute(Path directory, String... command) throws IOException, InterruptedException {
        Result result = run(directory, command);
        assertThat(result.status())
                .as(String.join(" ", command) + ": " + result.printed())
                .isZero();
    }

    /// Runs a test class in its own JVM.
    public static Result java(Path directory, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        return run(
                directory,
                Stream.concat(
                                Stream.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        "--enable-native-access=ALL-UNNAMED",
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        main.getName()),
                                Stream.of(arguments))
                        .toArray(String[]::new));
    }

    /// Runs a program.
    ///
    /// @param directory the working directory
    public static Result run(Path directory, String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("tool", ".output");
        Path errors = Files.createTempFile("tool", ".errors");
        try {
            int status = new ProcessBuilder(List.of(command))
                    .directory(directory.toFile())
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile())
                    .start()
                    .waitFor();
            return new Result(status, Files.readString(output), Files.readString(errors));
        } finally {
            Files.deleteIfExists(output);
            Files.deleteIfExists(errors);
        }
    }
}
