package dev.trapline.journal.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.persistence.query.EventEnvelope;
import akka.persistence.query.PersistenceQuery;
import akka.stream.javadsl.Sink;
import dev.trapline.abi.history.History;
import dev.trapline.abi.machine.StoragePolicy;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.SampleRun;
import dev.trapline.journal.persistence.JournalEvent;
import dev.trapline.journal.recording.Recordings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Reads recordings with Akka's Persistence Query, while they are written and afterwards.
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RecordingReadJournalTest {

    private final ActorTestKit kit = ActorTestKit.create();
    private final RecordingReadJournal journal = PersistenceQuery.get(
                    kit.system().classicSystem())
            .getReadJournalFor(RecordingReadJournal.class, RecordingReadJournal.IDENTIFIER);

    @TempDir
    private Path temp;

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    private static void close(History history) throws Exception {
        history.close().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private History begin(String id) {
        return Recordings.begin(
                kit.system(), temp.resolve(id), SampleRun.header(id), SampleRun.images(), StoragePolicy.DEFAULT);
    }

    private static void append(History history, int from, int to) {
        for (int slice = from; slice < to; slice++) {
            while (!history.hasCredit()) {
                Thread.onSpinWait();
            }
            SampleRun.step(slice, history::append);
        }
    }

    private List<EventEnvelope> current(String id, long from, long to) throws Exception {
        return journal.currentEventsByPersistenceId(id, from, to)
                .runWith(Sink.seq(), kit.system())
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
    }

    @Test
    void aClosedRecordingIsItsHeaderAndItsSegments() throws Exception {
        History history = begin("closed");
        append(history, 0, 20_000);
        close(history);
        Path directory = temp.resolve("closed");
        String id = journal.persistenceIdOf(directory, OpenOptions.STRICT);
        assertThat(id).isEqualTo("recording|closed");
        List<EventEnvelope> events = current(id, 0, Long.MAX_VALUE);
        assertThat(events.getFirst().event()).isEqualTo(new JournalEvent.HeaderWritten(SampleRun.header("closed")));
        try (RecordingReader reader = Recordings.open(directory, OpenOptions.STRICT)) {
            assertThat(events).hasSize((int) reader.segmentCount() + 1).hasSizeGreaterThan(3);
            for (int n = 1; n < events.size(); n++) {
                assertThat(((JournalEvent.SegmentWritten) events.get(n).event())
                                .segment()
                                .digest())
                        .as("segment %d", n - 1)
                        .isEqualTo(reader.segment(n - 1).digest());
            }
        }
        assertThat(events)
                .extracting(EventEnvelope::sequenceNr)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, events.size()).boxed().toList());
        assertThat(current(id, 2, 3)).extracting(EventEnvelope::sequenceNr).containsExactly(2L, 3L);
        assertThat(journal.eventsByPersistenceId(id, 0, Long.MAX_VALUE)
                        .runWith(Sink.seq(), kit.system())
                        .toCompletableFuture()
                        .get(60, TimeUnit.SECONDS))
                .as("nothing is added to it: the live stream ends")
                .hasSameSizeAs(events);
    }

    @Test
    void aRecordingThatIsWrittenIsFollowedToItsEnd() throws Exception {
        History history = begin("live");
        String id = journal.persistenceIdOf(temp.resolve("live"), OpenOptions.STRICT);
        TestProbe<EventEnvelope> probe = kit.createTestProbe();
        CompletableFuture<akka.Done> ended = journal.eventsByPersistenceId(id, 0, Long.MAX_VALUE)
                .runForeach(probe.ref()::tell, kit.system())
                .toCompletableFuture();
        assertThat(probe.receiveMessage(Duration.ofSeconds(60)).event()).isInstanceOf(JournalEvent.HeaderWritten.class);
        append(history, 0, 20_000);
        assertThat(probe.receiveMessage(Duration.ofSeconds(60)).event())
                .as("a segment, while the recording is open")
                .isInstanceOf(JournalEvent.SegmentWritten.class);
        assertThat(ended).isNotDone();
        close(history);
        ended.get(60, TimeUnit.SECONDS);
        List<EventEnvelope> all = current(id, 0, Long.MAX_VALUE);
        for (int n = 2; n < all.size(); n++) {
            assertThat(probe.receiveMessage(Duration.ofSeconds(60)).sequenceNr())
                    .isEqualTo(n + 1);
        }
        probe.expectNoMessage(Duration.ZERO);
    }

    @Test
    void aRecordingThatNobodyHasNamedIsNotFound() {
        assertThatThrownBy(() -> current("recording|unknown", 0, 1))
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("'recording|unknown'");
    }
}
