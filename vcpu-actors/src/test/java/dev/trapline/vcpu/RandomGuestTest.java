package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Random guests of every instruction set: none of them ends the process or breaks Trapline, and each has the same
/// result when it is run, replayed and examined.
///
/// A guest that fails is kept in `target/random-guests`: its image, its recording, and a text with the machine.
/// `-Dtrapline.guest=SEED` runs only that guest. `-Dtrapline.guests=COUNT` runs this number of guests, from
/// `-Dtrapline.guest.first=SEED` on.
@Tag("native")
class RandomGuestTest {

    private static final int DEFAULT_COUNT = Boolean.getBoolean("trapline.full") ? 20_000 : 80;
    private static final Path KEPT = Path.of("target", "random-guests").toAbsolutePath();

    /// The time limit for one guest, in seconds, so that a guest that hangs does not hang the build.
    private static final long SECONDS_EACH = 600;

    private static final String GONE = "gone";

    @Test
    void randomGuestsHaveTheSameResultHoweverTheyAreRun() throws IOException, InterruptedException {
        Long single = Long.getLong("trapline.guest");
        long first = single == null ? Long.getLong("trapline.guest.first", 1) : single;
        long count = single == null ? Integer.getInteger("trapline.guests", DEFAULT_COUNT) : 1;
        assertThat(failures(KEPT, first, count, List.of()))
                .as(
                        "images in %s; run one again with: mvn -q -pl vcpu-actors -am test -Dtest=RandomGuestTest"
                                + " -Dsurefire.failIfNoSpecifiedTests=false -Dtrapline.test.args=-Dtrapline.guest=SEED",
                        KEPT)
                .isEmpty();
    }

    @Test
    void everyGuestThatFailsIsKeptAndTheOthersAreRun(@TempDir Path kept) throws IOException, InterruptedException {
        assertThat(failures(kept, 1, 6, List.of("fail:2", "die:3", "die:4")))
                .as("one that fails, and two in a row that end their process")
                .satisfiesExactly(
                        failure -> assertThat(failure).startsWith("guest 2: ").contains("broken on purpose"),
                        failure -> assertThat(failure).startsWith("guest 3: its process ended with status 134"),
                        failure -> assertThat(failure).startsWith("guest 4: its process ended with status 134"));
        try (Stream<Path> files = Files.list(kept)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .as("images, machines, and the recording of the guest that was recorded")
                    .contains(
                            "guest-2.bin",
                            "guest-2.txt",
                            "guest-3.bin",
                            "guest-3.txt",
                            "guest-4.bin",
                            "guest-4.txt",
                            "rec-2")
                    .doesNotContain("guest-1.bin", "guest-5.bin", "guest-6.bin", "rec-1", "rec-5");
        }
        assertThat(kept.resolve("guest-3.bin"))
                .as("the image of seed 3")
                .hasBinaryContent(RandomGuest.of(3).code().toArray());
    }

    /// Runs guests in a process. If it ends, the remaining guests run in the next one.
    ///
    /// @param broken arguments of [RandomGuestRuns#main] that break guests
    private static List<String> failures(Path kept, long first, long count, List<String> broken)
            throws IOException, InterruptedException {
        Files.createDirectories(kept);
        List<String> failures = new ArrayList<>();
        long next = first;
        while (next < first + count) {
            next = runFrom(kept, next, first + count, broken, failures);
        }
        return failures;
    }

    /// Runs guests in one process.
    ///
    /// @return the first seed that it did not reach
    private static long runFrom(Path kept, long first, long end, List<String> broken, List<String> failures)
            throws IOException, InterruptedException {
        Path log = kept.resolve("log-" + first + ".txt");
        List<String> command = command(kept, first, end - first);
        command.addAll(broken);
        Process process =
                new ProcessBuilder(command).redirectError(log.toFile()).start();
        BlockingQueue<String> lines = lines(process);
        long begun = first;
        String last = "";
        for (String line = ""; line != null && !line.equals(GONE); line = lines.poll(SECONDS_EACH, TimeUnit.SECONDS)) {
            last = line;
            String[] words = line.split(" ", 3);
            switch (words[0]) {
                case "begin" -> begun = Long.parseLong(words[1]);
                case "fail" -> failures.add("guest " + words[1] + ": " + words[2]);
                default -> {}
            }
        }
        process.destroyForcibly();
        int status = process.waitFor();
        if (last.equals("done")) {
            Files.delete(log);
            return end;
        }
        failures.add("guest " + begun + ": its process ended with status " + status + ", or took longer than "
                + SECONDS_EACH + " s; see " + log);
        return begun + 1;
    }

    /// The lines that a process prints, and [#GONE] after them.
    private static BlockingQueue<String> lines(Process process) {
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        Thread.ofPlatform().daemon().start(() -> {
            try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
                reader.lines().forEach(lines::add);
            } catch (IOException | UncheckedIOException _) {
                // The process has ended.
            }
            lines.add(GONE);
        });
        return lines;
    }

    private static List<String> command(Path kept, long first, long count) {
        return new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-XX:ErrorFile=" + kept.resolve("crash-%p.log"),
                "-XX:-CreateCoredumpOnCrash",
                "-cp",
                System.getProperty("java.class.path"),
                RandomGuestRuns.class.getName(),
                kept.toString(),
                Long.toString(first),
                Long.toString(count)));
    }
}
