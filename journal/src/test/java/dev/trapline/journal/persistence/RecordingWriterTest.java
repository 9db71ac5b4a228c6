package dev.trapline.journal.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.Kept;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.SampleRun;
import dev.trapline.journal.codec.JournalFormat;
import dev.trapline.journal.store.MvEventStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RecordingWriterTest {

    /// The value in reference.conf.
    private static final int WINDOW = 16;

    private static ActorTestKit kit;

    @TempDir
    Path temp;

    private WrittenRecordings recordings;

    @BeforeAll
    static void start() {
        kit = ActorTestKit.create("RecordingWriterTest");
    }

    @BeforeEach
    void place() {
        recordings = new WrittenRecordings(kit.system(), temp);
    }

    @AfterAll
    static void stop() {
        kit.shutdownTestKit();
    }

    /// Anything may end the process, also before an actor has run for the first time.
    @Test
    void whatSaysThatItIsARecordingHasAHeader() throws Exception {
        Semaphore gate = new Semaphore(1);
        AtomicBoolean early = new AtomicBoolean();
        RecordingWriter writer = recordings.writer("header", file -> {
            early.set(Files.exists(file.resolveSibling("manifest")));
            return new GatedStore(file, gate, Integer.MAX_VALUE);
        });
        assertThat(early).as("a manifest before the store is there").isFalse();
        try (RecordingReader reader = recordings.open("header")) {
            assertThat(reader.header()).isEqualTo(SampleRun.header("header"));
        }
        assertThat(writer.kept()).isEqualTo(Kept.RECORDING);
        gate.release(Integer.MAX_VALUE / 2);
        WrittenRecordings.close(writer);
    }

    @Test
    void aStoreThatCannotTakeTheHeaderLeavesNothing() {
        assertThatThrownBy(() -> recordings.writer("refused", file -> new GatedStore(file, new Semaphore(1), 0)))
                .isInstanceOf(RecordingException.class)
                .hasMessageContaining("No space left on device");
        assertThat(temp.resolve("refused")).doesNotExist();
    }

    private static void awaitCredit(RecordingWriter writer) {
        while (!writer.hasCredit()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aSlowStoreSlowsTheMachineAndLosesNothing() throws Exception {
        Semaphore gate = new Semaphore(1);
        AtomicReference<GatedStore> store = new AtomicReference<>();
        RecordingWriter writer = recordings.writer("slow", file -> {
            store.set(new GatedStore(file, gate, Integer.MAX_VALUE));
            return store.get();
        });
        awaitCredit(writer);
        AtomicInteger callbacks = new AtomicInteger();
        CountDownLatch called = new CountDownLatch(1);
        writer.onCredit(() -> {
            callbacks.incrementAndGet();
            called.countDown();
        });
        int slices = 0;
        while (writer.hasCredit()) {
            SampleRun.step(slices++, writer::append);
        }
        assertThat(slices)
                .as("the writer keeps at most a window of segments, however much the machine records")
                .isLessThan((WINDOW + 1) * JournalFormat.SEGMENT_BYTES / 10);
        assertThat(callbacks).as("no credit has been given yet").hasValue(0);
        gate.release(Integer.MAX_VALUE / 2);
        assertThat(called.await(10, TimeUnit.SECONDS)).as("credit comes back").isTrue();
        while (slices < 100_000) {
            awaitCredit(writer);
            SampleRun.step(slices++, writer::append);
        }
        WrittenRecordings.close(writer);
        assertThat(store.get().largestBatch)
                .as("the records that were added while the store was busy are written at once")
                .hasValueGreaterThan(1);
        assertThat(recordings.read("slow")).as("nothing is lost").isEqualTo(WrittenRecordings.steps(slices));
    }

    @Test
    void closingWaitsForTheStoreUntilItHasTakenEverything() throws Exception {
        Semaphore gate = new Semaphore(1);
        RecordingWriter writer = recordings.writer("closing", file -> new GatedStore(file, gate, Integer.MAX_VALUE));
        awaitCredit(writer);
        SampleRun.step(0, writer::append);
        assertThat(writer.waitsForStore()).as("there is room for more").isFalse();
        CompletionStage<Void> closed = writer.close();
        assertThat(writer.waitsForStore())
                .as("a store that accepts nothing delays the end, although it is far from full")
                .isTrue();
        gate.release(Integer.MAX_VALUE / 2);
        closed.toCompletableFuture().get(60, TimeUnit.SECONDS);
        assertThat(writer.waitsForStore()).as("all of it is stored").isFalse();
    }

    @Test
    void goingOnWithoutCreditIsAnErrorAndDropsNothing() throws Exception {
        Semaphore gate = new Semaphore(1);
        RecordingWriter writer = recordings.writer("greedy", file -> new GatedStore(file, gate, Integer.MAX_VALUE));
        assertThatThrownBy(() -> {
                    for (int n = 0; ; n++) {
                        SampleRun.step(n, writer::append);
                    }
                })
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("without credit");
        gate.release(Integer.MAX_VALUE / 2);
        List<JournalRecord> read =
                recordings.awaitRecords("greedy", (WINDOW + 8 - 1) * JournalFormat.SEGMENT_BYTES / 40);
        assertThat(WrittenRecordings.steps(read.size()))
                .as("all accepted records are stored")
                .startsWith(read.toArray(JournalRecord[]::new));
    }

    @Test
    void aRecordThatCannotBeStoredLeavesTheRestWhole() throws Exception {
        RecordingWriter writer = recordings.writer("huge", MvEventStore::new);
        SampleRun.step(0, writer::append);
        JournalRecord huge = new JournalRecord.ConsoleInput(Bytes.copyOf(new byte[JournalRecord.MAX_BYTES + 1]));
        assertThatThrownBy(() -> writer.append(huge)).isInstanceOf(IllegalArgumentException.class);
        SampleRun.step(1, writer::append);
        WrittenRecordings.close(writer);
        assertThat(recordings.read("huge")).isEqualTo(WrittenRecordings.steps(2));
    }

    @Test
    void dataThatAreHeldAreHandedOverAfterAWhile() throws Exception {
        RecordingWriter writer = recordings.writer("flush", MvEventStore::new);
        SampleRun.step(0, writer::append);
        int slices = 1;
        while (recordings.read("flush").isEmpty()) {
            SampleRun.step(slices++, writer::append);
            // SLEEP: another thread or process uses the file, and nothing tells when it is done.
            Thread.sleep(5);
        }
        assertThat(slices).as("long before a segment is full").isLessThan(JournalFormat.SEGMENT_BYTES / 40);
        WrittenRecordings.close(writer);
        assertThat(recordings.read("flush")).isEqualTo(WrittenRecordings.steps(slices));
    }

    @Test
    void twoRecordingsOfOneActorSystemKeepApart() throws Exception {
        RecordingWriter one = recordings.writer("one", MvEventStore::new);
        RecordingWriter two = recordings.writer("two", MvEventStore::new);
        for (int n = 0; n < 20_000; n++) {
            while (!one.hasCredit() || !two.hasCredit()) {
                Thread.onSpinWait();
            }
            SampleRun.step(n, one::append);
            if (n % 2 == 0) {
                SampleRun.step(n / 2, two::append);
            }
        }
        WrittenRecordings.close(one);
        WrittenRecordings.close(two);
        assertThat(recordings.read("one")).isEqualTo(WrittenRecordings.steps(20_000));
        assertThat(recordings.read("two")).isEqualTo(WrittenRecordings.steps(10_000));
    }

    @Test
    void closingTwiceIsClosingOnce() throws Exception {
        RecordingWriter writer = recordings.writer("twice", MvEventStore::new);
        SampleRun.emit(3, writer::append);
        assertThat(writer.close()).isSameAs(writer.close());
        WrittenRecordings.close(writer);
        assertThatThrownBy(() -> writer.append(new JournalRecord.MemoryDigest(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        try (RecordingReader reader = recordings.open("twice")) {
            assertThat(reader.isComplete()).isTrue();
        }
    }

    @Test
    void aRecordingWithoutARecordCanBeClosedAndRead() throws Exception {
        WrittenRecordings.close(recordings.writer("empty", MvEventStore::new));
        assertThat(recordings.read("empty")).isEmpty();
        try (RecordingReader reader = recordings.open("empty")) {
            assertThat(reader.header()).isEqualTo(SampleRun.header("empty"));
            assertThat(reader.isComplete()).isFalse();
        }
    }

    @Test
    void aClosedRecordingOfAHypercallLoopIsSmall() throws Exception {
        int slices = 200_000;
        RecordingWriter writer = recordings.writer("small", MvEventStore::new);
        for (int n = 0; n < slices; n++) {
            awaitCredit(writer);
            SampleRun.step(n, writer::append);
        }
        WrittenRecordings.close(writer);
        assertThat(Files.size(temp.resolve("small").resolve("journal.mv")))
                .as("bytes of %d hypercalls, at most 32 each", slices)
                .isLessThanOrEqualTo(32L * slices);
    }
}
