package dev.trapline.journal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A lock file has one holder, and is not lost to those who only look.
class LockFileTest {

    private static final Path LOCKS = Path.of("/proc/locks");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private LinkFreePath path = LinkFreePath.of(Path.of(""));

    @BeforeEach
    void name() {
        path = LinkFreePath.of(directory.resolve("lock"));
    }

    @Test
    void aProcessThatLooksForAMomentDoesNotKeepTheOwnerOut() throws Exception {
        Files.createFile(path.file());
        FileChannel looked = FileChannel.open(path.file(), StandardOpenOption.READ);
        FileLock shared = looked.lock(0, Long.MAX_VALUE, true);
        Thread looking = Thread.ofPlatform().start(() -> {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(30));
            try (looked) {
                shared.release();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        try (LockFile lock = LockFile.take(path)) {
            assertThat(lock).as("the lock of one who looks is gone at once").isNotNull();
        } finally {
            looking.join();
        }
    }

    @Test
    void aSecondAttemptInTheSameProcessDoesNotReleaseTheLock() throws IOException {
        assumeThat(LOCKS).exists();
        try (LockFile lock = LockFile.take(path)) {
            assertThat(lock).isNotNull();
            assertThat(isLocked()).as("the system knows the lock").isTrue();
            assertThat(LockFile.take(path)).as("there is one holder").isNull();
            assertThat(LockFile.isHeld(path.file())).isTrue();
            assertThat(isLocked())
                    .as("and it is still locked for other processes")
                    .isTrue();
        }
        assertThat(isLocked()).isFalse();
        try (LockFile again = LockFile.take(path)) {
            assertThat(again).as("afterwards it is free").isNotNull();
        }
    }

    @Test
    void aFileThatWasReplacedIsNotTheOneAtItsPathWhateverItsSize() throws IOException {
        Path file = path.file();
        Files.createFile(file);
        try (FileChannel first = FileChannel.open(file, StandardOpenOption.WRITE)) {
            assertThat(LockFile.isAt(first, file)).isTrue();
            assertThat(file).isEmptyFile();
            Files.delete(file);
            assertThat(LockFile.isAt(first, file)).as("deleted").isFalse();
            for (int size : new int[] {0, 1, 4095, 4096}) {
                Files.write(file, new byte[size]);
                assertThat(LockFile.isAt(first, file)).as("a new file").isFalse();
                assertThat(file).as("which stays as it is").hasSize(size);
            }
        }
    }

    private boolean isLocked() throws IOException {
        String inode = ":" + Files.getAttribute(path.file(), "unix:ino") + " ";
        return Files.readString(LOCKS).contains(inode);
    }
}
