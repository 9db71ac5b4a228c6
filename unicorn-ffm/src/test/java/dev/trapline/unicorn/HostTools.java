package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Programs that a test uses where they are installed, and JVMs for what may end its process.
final class HostTools {

    private HostTools() {}

    /// How a program ended, and what it printed.
    record Result(int status, String printed) {}

    /// Whether all of some programs are there.
    static boolean present(String... programs) {
        return Stream.of(programs)
                .allMatch(program -> Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(place -> Files.isExecutable(Path.of(place, program))));
    }

    /// Runs a program that has to succeed.
    static void execute(Path directory, String... command) throws IOException, InterruptedException {
        Result result = run(directory, List.of(command));
        assertThat(result.status())
                .as(String.join(" ", command) + ": " + result.printed())
                .isZero();
    }

    /// Runs a class of these tests in a JVM of its own.
    static Result java(Path directory, Class<?> main, String... arguments) throws IOException, InterruptedException {
        List<String> command = Stream.concat(
                        Stream.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                main.getName()),
                        Stream.of(arguments))
                .toList();
        return run(directory, command);
    }

    private static Result run(Path directory, List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), printed);
    }
}
