package dev.trapline.journal.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorSystem;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.machine.Durability;
import dev.trapline.abi.machine.StoragePolicy;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.SampleRun;
import dev.trapline.journal.store.EventStore;
import dev.trapline.journal.store.StoredRecordingReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// Writes recordings for a test, each in its own directory, and reads them.
final class WrittenRecordings {

    /// The first failure of the store fails the recording.
    static final StoragePolicy AT_ONCE = new StoragePolicy(Durability.INTERVAL, Duration.ofMillis(100), Duration.ZERO);

    private final ActorSystem<?> system;
    private final Path temp;

    WrittenRecordings(ActorSystem<?> system, Path temp) {
        this.system = system;
        this.temp = temp;
    }

    RecordingWriter writer(String id, StoragePolicy policy, Function<Path, EventStore> stores) {
        RecordingWriter writer = RecordingWriter.create(
                system, temp.resolve(id), SampleRun.header(id), SampleRun.images(), policy, stores);
        writer.startAlone(system, id);
        return writer;
    }

    RecordingWriter writer(String id, Function<Path, EventStore> stores) {
        return writer(id, AT_ONCE, stores);
    }

    static void close(RecordingWriter writer) throws Exception {
        writer.close().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    RecordingReader open(String id) {
        return StoredRecordingReader.open(temp.resolve(id), OpenOptions.STRICT);
    }

    /// The records of a recording; empty if its header is not stored yet.
    List<JournalRecord> read(String id) {
        List<JournalRecord> records = new ArrayList<>();
        try (RecordingReader reader = open(id)) {
            reader.entries().forEachRemaining(entry -> records.add(entry.record()));
        } catch (RecordingException e) {
            assertThat(e).hasMessageContaining("has no header");
        }
        return records;
    }

    List<JournalRecord> awaitRecords(String id, int atLeast) throws InterruptedException {
        List<JournalRecord> read = read(id);
        while (read.size() < atLeast) {
            // SLEEP: another thread or process uses the file, and nothing tells when it is done.
            Thread.sleep(20);
            read = read(id);
        }
        return read;
    }

    /// The records of a number of slices.
    static List<JournalRecord> steps(int slices) {
        List<JournalRecord> records = new ArrayList<>();
        for (int n = 0; n < slices; n++) {
            SampleRun.step(n, records::add);
        }
        return records;
    }
}
