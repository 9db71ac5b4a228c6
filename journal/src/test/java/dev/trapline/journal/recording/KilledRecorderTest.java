package dev.trapline.journal.recording;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.history.History;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.journal.HistoryEntry;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.SampleRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KilledRecorderTest {

    private static final int KILLS = Boolean.getBoolean("trapline.full") ? 30 : 3;

    @TempDir
    Path temp;

    @Test
    void aRecordingIsReadWhileAnotherProcessWritesItAndAfterThatWasKilled() throws Exception {
        for (int kill = 0; kill < KILLS; kill++) {
            Path directory = temp.resolve("rec" + kill);
            Process recorder = start(directory, "killed" + kill);
            try {
                long live = awaitSlices(directory, recorder, 20_000L * kill + 1_000);
                recorder.destroyForcibly();
                assertThat(recorder.waitFor(30, TimeUnit.SECONDS)).isTrue();
                long left = checkedSlices(directory);
                assertThat(left)
                        .as("everything that could be read before the kill can be read after it")
                        .isGreaterThanOrEqualTo(live);
                replay(directory, left);
            } finally {
                recorder.destroyForcibly();
            }
        }
    }

    private static Process start(Path directory, String id) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "--sun-misc-unsafe-memory-access=allow",
                        Recorder.class.getName(),
                        directory.toString(),
                        id)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolveSibling(id + ".log").toFile())
                .start();
    }

    /// Follows the recording until it has this number of slices, and returns its number of slices.
    private static long awaitSlices(Path directory, Process recorder, long wanted) throws Exception {
        while (recorder.isAlive()) {
            // SLEEP: another thread or process uses the file, and nothing tells when it is done.
            Thread.sleep(20);
            if (Files.exists(directory.resolve("manifest")) && Files.exists(directory.resolve("journal.mv"))) {
                try {
                    long slices = checkedSlices(directory);
                    if (slices >= wanted) {
                        return slices;
                    }
                } catch (RecordingException e) {
                    assertThat(e)
                            .as("the only thing that may be missing is the very beginning")
                            .hasMessageMatching("(?s).*(has no header|Store header is corrupt|File is corrupted).*");
                }
            }
        }
        throw new AssertionError("the recorder ended by itself with " + recorder.exitValue());
    }

    /// The number of slices of a recording. Every record is compared with the written one.
    private static long checkedSlices(Path directory) {
        try (RecordingReader reader = Recordings.open(directory, OpenOptions.STRICT)) {
            assertThat(reader.isComplete()).as("it did not reach its end").isFalse();
            Iterator<HistoryEntry> entries = reader.entries();
            int slices = 0;
            while (entries.hasNext()) {
                List<JournalRecord> step = new ArrayList<>();
                SampleRun.step(slices++, step::add);
                for (JournalRecord expected : step) {
                    if (expected instanceof JournalRecord.Slice && !entries.hasNext()) {
                        // The input before the slice was stored, and the slice was not.
                        return slices - 1L;
                    }
                    assertThat(entries.next().record())
                            .as("slice %d", slices - 1)
                            .isEqualTo(expected);
                }
            }
            return slices;
        }
    }

    private static void replay(Path directory, long slices) {
        History replay = Recordings.replay(Recordings.open(directory, OpenOptions.STRICT));
        for (int n = 0; n < slices; n++) {
            assertThat(replay.isExhausted()).as("before slice %d", n).isFalse();
            while (replay.nextRecordedInput() != null) {
                // The record was accepted.
            }
            SampleRun.step(n, record -> {
                if (!(record instanceof JournalRecord.Input)) {
                    replay.append(record);
                }
            });
        }
        assertThat(replay.isExhausted()).as("the recording ends there").isTrue();
        replay.close();
    }
}
