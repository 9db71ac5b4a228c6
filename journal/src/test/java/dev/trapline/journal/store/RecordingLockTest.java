package dev.trapline.journal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.history.RecordingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The lock of a recording has one holder, also while others take it and give it back.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RecordingLockTest {

    /// How long processes compete for the lock.
    private static final long MILLIS = Boolean.getBoolean("trapline.full") ? 10_000 : 1_000;

    private static final int THREADS = 2;

    @TempDir
    Path temp;

    @Test
    void aSecondCloseDoesNotDeleteTheLockOfTheNextHolder() {
        RecordingDirectory directory = RecordingDirectory.at(temp);
        RecordingLock first = RecordingLock.take(directory);
        first.close();
        try (RecordingLock _ = RecordingLock.take(directory)) {
            first.close();
            assertThat(directory.lockFile()).exists();
            assertThat(RecordingLock.isHeld(directory)).isTrue();
            assertThatThrownBy(() -> RecordingLock.take(directory)).isInstanceOf(RecordingException.class);
        }
        assertThat(directory.lockFile()).doesNotExist();
    }

    @Test
    void processesAndThreadsThatTakeItAgainAndAgainNeverHaveItAtTheSameTime() throws Exception {
        Process other = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        RecordingLockTest.class.getName(),
                        temp.toString())
                .redirectErrorStream(true)
                .start();
        try {
            int taken = compete(temp);
            String said = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(other.waitFor()).as(said).isZero();
            assertThat(taken).as("how often it was taken").isPositive();
            assertThat(temp.resolve("lock")).doesNotExist();
        } finally {
            other.destroyForcibly();
        }
    }

    /// What competes in the other process.
    public static void main(String[] arguments) throws Exception {
        compete(Path.of(arguments[0]));
    }

    /// Waits for the other process, and takes the lock for a while on several threads.
    ///
    /// @return how often that succeeded
    private static int compete(Path temp) throws Exception {
        Files.createFile(temp.resolve("ready-" + ProcessHandle.current().pid()));
        while (readyIn(temp) < 2) {
            Thread.onSpinWait();
        }
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MILLIS);
        int taken = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<Integer>> all = new ArrayList<>();
            for (int n = 0; n < THREADS; n++) {
                all.add(threads.submit(() -> takeUntil(end, RecordingDirectory.at(temp))));
            }
            for (Future<Integer> one : all) {
                taken += one.get();
            }
        }
        return taken;
    }

    private static long readyIn(Path temp) throws IOException {
        try (var files = Files.list(temp)) {
            return files.filter(file -> file.getFileName().toString().startsWith("ready-"))
                    .count();
        }
    }

    private static int takeUntil(long end, RecordingDirectory directory) throws IOException {
        Path holder = directory.path().resolve("holder");
        int taken = 0;
        while (System.nanoTime() < end) {
            try (RecordingLock _ = RecordingLock.take(directory)) {
                taken++;
                Files.createFile(holder);
                if (!Files.exists(directory.lockFile())) {
                    throw new AssertionError("the lock was deleted while it was held");
                }
                Files.delete(holder);
            } catch (FileAlreadyExistsException e) {
                throw new AssertionError("two hold the lock", e);
            } catch (RecordingException e) {
                if (e.kind() != RecordingException.Kind.IN_USE) {
                    throw e;
                }
            }
        }
        return taken;
    }
}
