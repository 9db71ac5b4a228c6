package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Random guests of every instruction set: none of them takes the process with it, breaks Trapline, or comes to
/// something else when it is replayed or looked at.
///
/// A guest that fails is kept in `target/random-guests`. `-Dtrapline.guest=SEED` runs that one alone,
/// `-Dtrapline.guests=COUNT` so many.
@Tag("native")
class RandomGuestTest {

    private static final int DEFAULT_COUNT = Boolean.getBoolean("trapline.full") ? 20_000 : 80;
    private static final Path KEPT = Path.of("target", "random-guests").toAbsolutePath();

    /// The longest that all guests of a process may take, for each of them, in milliseconds: one that hangs must
    /// not hang the build.
    private static final long MILLIS_EACH = 5_000;

    private final List<String> failures = new ArrayList<>();

    @Test
    void randomGuestsComeToTheSameHoweverTheyAreRun() throws IOException, InterruptedException {
        Files.createDirectories(KEPT);
        Long single = Long.getLong("trapline.guest");
        long next = single == null ? 1 : single;
        long end = next + (single == null ? Integer.getInteger("trapline.guests", DEFAULT_COUNT) : 1);
        while (next < end) {
            next = runFrom(next, end);
        }
        assertThat(failures)
                .as(
                        "images in %s; run one again with: mvn -q -pl vcpu-actors -am test -Dtest=RandomGuestTest"
                                + " -Dsurefire.failIfNoSpecifiedTests=false -Dtrapline.test.args=-Dtrapline.guest=SEED",
                        KEPT)
                .isEmpty();
    }

    /// Runs guests in one process.
    ///
    /// @return the first seed that it did not come to
    private long runFrom(long first, long end) throws IOException, InterruptedException {
        Path log = KEPT.resolve("log-" + first + ".txt");
        Process process = new ProcessBuilder(command(first, end - first))
                .redirectError(log.toFile())
                .start();
        Thread watchdog = Thread.ofPlatform().daemon().start(() -> destroyLate(process, (end - first) * MILLIS_EACH));
        long begun = first - 1;
        boolean done = false;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ", 3);
                switch (words[0]) {
                    case "begin" -> begun = Long.parseLong(words[1]);
                    case "fail" -> failures.add("guest " + words[1] + ": " + words[2]);
                    case "done" -> done = true;
                    default -> {}
                }
            }
        }
        watchdog.interrupt();
        int status = process.waitFor();
        if (done && status == 0) {
            Files.delete(log);
            return end;
        }
        failures.add("guest " + begun + ": its process ended with status " + status + " in the middle; see " + log);
        return Math.max(begun, first) + 1;
    }

    private static void destroyLate(Process process, long millis) {
        try {
            process.waitFor(60_000 + millis, TimeUnit.MILLISECONDS);
            process.destroyForcibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<String> command(long first, long count) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-XX:ErrorFile=" + KEPT.resolve("crash-%p.log"),
                "-XX:-CreateCoredumpOnCrash",
                "-cp",
                System.getProperty("java.class.path"),
                RandomGuestRuns.class.getName(),
                KEPT.toString(),
                Long.toString(first),
                Long.toString(count));
    }
}
