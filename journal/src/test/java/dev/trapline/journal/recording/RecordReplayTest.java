package dev.trapline.journal.recording;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import dev.trapline.abi.history.History;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.StoragePolicy;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.SampleRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RecordReplayTest {

    private static ActorTestKit kit;

    @TempDir
    Path temp;

    @BeforeAll
    static void start() {
        kit = ActorTestKit.create();
    }

    @AfterAll
    static void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void whatWasRecordedIsReadAndReplays() throws Exception {
        Path directory = temp.resolve("rec");
        List<JournalRecord> records = SampleRun.records(20_000);
        record(directory, "read-and-replay", records);
        try (RecordingReader reader = Recordings.open(directory, OpenOptions.STRICT)) {
            List<JournalRecord> read = new ArrayList<>();
            reader.entries().forEachRemaining(entry -> read.add(entry.record()));
            assertThat(read).as("the records are read as they were appended").isEqualTo(records);
            assertThat(reader.isComplete()).as("the run reached its end").isTrue();
            assertThat(reader.images()).isEqualTo(SampleRun.images());
        }
        History replay = Recordings.replay(Recordings.open(directory, OpenOptions.STRICT));
        for (JournalRecord record : records) {
            JournalRecord.Input input = replay.nextRecordedInput();
            if (input == null) {
                replay.append(record);
            } else {
                assertThat(input)
                        .as("inputs come from the recording, at their positions")
                        .isEqualTo(record);
            }
        }
        assertThat(replay.isExhausted())
                .as("a run that reached its end was not cut off")
                .isFalse();
        replay.close();
    }

    private static void record(Path directory, String id, List<JournalRecord> records) throws Exception {
        History history = Recordings.begin(
                kit.system(), directory, SampleRun.header(id), SampleRun.images(), StoragePolicy.DEFAULT);
        for (JournalRecord record : records) {
            while (!history.hasCredit()) {
                Thread.onSpinWait();
            }
            history.append(record);
        }
        history.close().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
}
