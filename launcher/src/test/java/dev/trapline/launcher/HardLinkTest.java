package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static dev.trapline.launcher.InProcess.perform;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.history.RecordingException;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.launcher.CommandProcess.Ended;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A file of a recording may have another name elsewhere: a backup of hard links, or a trap. What is written into the
/// recording does not change it there.
@Tag("native")
class HardLinkTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private Path recording() {
        return directory.resolve("rec");
    }

    /// A recording that can be continued: its recorder was killed.
    private void record() throws InterruptedException {
        CommandProcess recorder =
                CommandProcess.start("run", "--record", recording().toString(), guest("hypercall-loop"));
        while (segments() < 3) {
            assertThat(recorder.isAlive()).isTrue();
            // SLEEP: another process writes the file, and does not signal when it is done.
            Thread.sleep(20);
        }
        recorder.signal("KILL");
        recorder.await();
    }

    private long segments() {
        if (!Files.exists(recording().resolve("journal.mv"))) {
            return 0;
        }
        try (RecordingReader reader = Recordings.open(recording(), OpenOptions.STRICT)) {
            return reader.segmentCount();
        } catch (RecordingException e) {
            return 0;
        }
    }

    private Ended proceed() {
        return perform("run", "--continue", recording().toString(), "--timeout", "100ms");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"lock", "checkpoints/lock", "checkpoints/store.mv", "result.json", "result.json.new", "manifest"
            })
    void whatACommandWritesDoesNotChangeTheOtherName(String name) throws Exception {
        record();
        Path file = recording().resolve(name);
        Path victim = directory.resolve("victim");
        if (Files.exists(file)) {
            Files.createLink(victim, file);
        } else {
            Files.writeString(victim, "mine\n");
            Files.createDirectories(file.getParent());
            Files.createLink(file, victim);
        }
        byte[] before = Files.readAllBytes(victim);
        for (String[] command : List.of(
                new String[] {"journal", "index", recording().toString()},
                new String[] {"replay", recording().toString(), "--at", "20"},
                new String[] {"journal", "info", recording().toString()})) {
            perform(command);
            assertThat(victim).as("%s", List.of(command)).hasBinaryContent(before);
        }
        proceed();
        assertThat(victim).as("continued").hasBinaryContent(before);
    }

    @Test
    void aRecordingOfHardLinksIsContinuedInAFileOfItsOwn() throws Exception {
        record();
        Path backup = Files.createLink(directory.resolve("backup"), recording().resolve("journal.mv"));
        byte[] before = Files.readAllBytes(backup);
        assertThat(perform("replay", recording().toString()).status()).isZero();
        assertThat(proceed().status()).isEqualTo(5);
        assertThat(backup).hasBinaryContent(before);
    }

    @Test
    void aLockWithAnotherNameIsRefusedWithTheReason() throws Exception {
        record();
        Path lock = recording().resolve("lock");
        Files.deleteIfExists(lock);
        Files.createLink(lock, Files.writeString(directory.resolve("victim"), "mine\n"));
        Ended said = proceed();
        assertThat(said.status()).as(said.err()).isEqualTo(7);
        assertThat(said.err()).contains("has another name elsewhere (a hard link)", "use a copy");
    }
}
