package dev.trapline.journal.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.machine.Durability;
import dev.trapline.abi.machine.StoragePolicy;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingException;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.SampleRun;
import dev.trapline.journal.codec.JournalFormat;
import dev.trapline.journal.record.JournalRecord;
import dev.trapline.journal.store.EventStore;
import dev.trapline.journal.store.FaultyDisk;
import dev.trapline.journal.store.MvEventStore;
import dev.trapline.journal.store.StoredRecordingReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RecordingWriterTest {

    /// Of reference.conf.
    private static final int WINDOW = 16;

    /// A store that fails once fails the recording.
    private static final StoragePolicy AT_ONCE =
            new StoragePolicy(Durability.INTERVAL, Duration.ofMillis(100), Duration.ZERO);

    private static ActorTestKit kit;

    @TempDir
    Path temp;

    @BeforeAll
    static void start() {
        kit = ActorTestKit.create("RecordingWriterTest");
    }

    @AfterAll
    static void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void aSlowStoreSlowsTheMachineAndLosesNothing() throws Exception {
        Semaphore gate = new Semaphore(0);
        AtomicReference<GatedStore> store = new AtomicReference<>();
        RecordingWriter writer = writer("slow", file -> {
            store.set(new GatedStore(file, gate, Integer.MAX_VALUE));
            return store.get();
        });
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
                .as("what is held is a window of segments, whatever the machine has to say")
                .isLessThan((WINDOW + 1) * JournalFormat.SEGMENT_BYTES / 10);
        assertThat(callbacks).as("no credit has come yet").hasValue(0);
        gate.release(Integer.MAX_VALUE / 2);
        assertThat(called.await(10, TimeUnit.SECONDS)).as("credit comes back").isTrue();
        while (slices < 100_000) {
            while (!writer.hasCredit()) {
                Thread.onSpinWait();
            }
            SampleRun.step(slices++, writer::append);
        }
        close(writer);
        assertThat(store.get().largestBatch)
                .as("what gathered while the store was busy is written at once")
                .hasValueGreaterThan(1);
        assertThat(read("slow")).as("nothing is lost").hasSameSizeAs(steps(slices));
    }

    @Test
    void goingOnWithoutCreditIsAnErrorAndDropsNothing() throws Exception {
        Semaphore gate = new Semaphore(0);
        RecordingWriter writer = writer("greedy", file -> new GatedStore(file, gate, Integer.MAX_VALUE));
        assertThatThrownBy(() -> {
                    for (int n = 0; ; n++) {
                        SampleRun.step(n, writer::append);
                    }
                })
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("without credit");
        gate.release(Integer.MAX_VALUE / 2);
        List<JournalRecord> read = awaitRecords("greedy", (WINDOW + 8 - 1) * JournalFormat.SEGMENT_BYTES / 40);
        assertThat(steps(read.size()))
                .as("all that was taken is stored")
                .startsWith(read.toArray(JournalRecord[]::new));
    }

    @Test
    void aStoreThatFailsIsReportedOnceAndKeepsWhatItHad() throws Exception {
        RecordingWriter writer = writer("full", file -> new GatedStore(file, new Semaphore(1 << 20), 3));
        CountDownLatch called = new CountDownLatch(1);
        writer.onCredit(called::countDown);
        int slices = 0;
        while (writer.failure() == null) {
            if (writer.hasCredit()) {
                SampleRun.step(slices++, writer::append);
            }
        }
        assertThat(writer.failure())
                .contains("No space left on device")
                .contains("what was recorded until then is kept");
        assertThat(writer.hasCredit()).as("the machine must not go on").isFalse();
        assertThat(called.await(10, TimeUnit.SECONDS))
                .as("whoever waits is told")
                .isTrue();
        writer.append(new JournalRecord.MemoryDigest(1));
        assertThatThrownBy(() -> close(writer))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(RecordingException.class)
                .hasMessageContaining("No space left");
        List<JournalRecord> read = read("full");
        assertThat(read).as("three writes succeeded, the header among them").isNotEmpty();
        assertThat(steps(slices)).startsWith(read.toArray(JournalRecord[]::new));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void afterAFailedWriteTheRestIsSentAgainAndNothingIsLostOrDoubled(boolean failedWritesReachTheDisk)
            throws Exception {
        StoragePolicy patient = new StoragePolicy(Durability.INTERVAL, Duration.ofMillis(1), Duration.ofMillis(200));
        for (int seed = 0; seed < 5; seed++) {
            String id = "faulty-" + failedWritesReachTheDisk + seed;
            Random dice = new Random(seed);
            AtomicInteger opened = new AtomicInteger();
            RecordingWriter writer = writer(id, patient, file -> {
                FaultyDisk.Medium disk = FaultyDisk.of(file);
                disk.mend();
                MvEventStore store = FaultyDisk.store(file, false);
                if (opened.getAndIncrement() < 4) {
                    // Opening may write as well, and what is opened at all gets a little further.
                    disk.failAfter(1 + dice.nextInt(3), failedWritesReachTheDisk);
                }
                return store;
            });
            int slices = 0;
            while ((slices < 20_000 || opened.get() <= 4) && writer.failure() == null) {
                if (writer.hasCredit()) {
                    SampleRun.step(slices++, writer::append);
                }
            }
            assertThat(writer.failure()).as("seed %d", seed).isNull();
            close(writer);
            assertThat(opened).as("seed %d: the store did fail", seed).hasValueGreaterThan(4);
            assertThat(read(id)).as("seed %d", seed).isEqualTo(steps(slices));
            assertThat(writer.stored().durable())
                    .as("seed %d: all is durable after an orderly close", seed)
                    .isEqualTo(writer.stored().segments());
        }
    }

    @Test
    void aStoreThatStaysBrokenEndsTheRecordingWithWhatItHadMadeDurable() throws Exception {
        StoragePolicy patient = new StoragePolicy(Durability.NONE, Duration.ofMillis(1), Duration.ofMillis(20));
        AtomicInteger opened = new AtomicInteger();
        RecordingWriter writer = writer("broken", patient, file -> {
            FaultyDisk.Medium disk = FaultyDisk.of(file);
            if (opened.getAndIncrement() == 0) {
                disk.failAfter(6, false);
            }
            return FaultyDisk.store(file, false);
        });
        int slices = 0;
        while (writer.failure() == null) {
            if (writer.hasCredit()) {
                SampleRun.step(slices++, writer::append);
            }
        }
        assertThat(opened).as("it was tried again, for a while").hasValueGreaterThan(2);
        assertThat(writer.failure()).contains("No space left on device");
        List<JournalRecord> read = read("broken");
        assertThat(read).as("the first writes succeeded").isNotEmpty();
        assertThat(steps(slices)).startsWith(read.toArray(JournalRecord[]::new));
        try (RecordingReader reader = open("broken")) {
            assertThat(writer.stored().durable())
                    .as("what is there was forced to the disk at the end")
                    .isEqualTo(reader.segmentCount());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, Integer.MAX_VALUE})
    void aStoreThatThrowsAnythingWhenItIsClosedFailsTheCloseInsteadOfHoldingItUp(int failAt) {
        RecordingWriter writer = writer("closing" + failAt, file -> {
            GatedStore store = new GatedStore(file, new Semaphore(1 << 20), failAt);
            store.onClose = () -> {
                throw new UncheckedIOException(new IOException("the disk went away"));
            };
            return store;
        });
        int slices = 0;
        while (writer.failure() == null && slices < 100_000) {
            if (writer.hasCredit()) {
                SampleRun.step(slices++, writer::append);
            }
        }
        assertThatThrownBy(() -> close(writer))
                .as("a close that is answered")
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(RecordingException.class)
                .hasMessageContaining(failAt == 3 ? "No space left" : "the disk went away");
    }

    @Test
    void aRecordThatCannotBeStoredLeavesTheRestWhole() throws Exception {
        RecordingWriter writer = writer("huge", MvEventStore::new);
        SampleRun.step(0, writer::append);
        JournalRecord huge = new JournalRecord.ConsoleInput(Bytes.copyOf(new byte[JournalFormat.MAX_RECORD_BYTES + 1]));
        assertThatThrownBy(() -> writer.append(huge)).isInstanceOf(IllegalArgumentException.class);
        SampleRun.step(1, writer::append);
        close(writer);
        assertThat(read("huge")).isEqualTo(steps(2));
    }

    @Test
    void dataThatAreHeldAreHandedOverAfterAWhile() throws Exception {
        RecordingWriter writer = writer("flush", MvEventStore::new);
        SampleRun.step(0, writer::append);
        int slices = 1;
        while (read("flush").isEmpty()) {
            SampleRun.step(slices++, writer::append);
            // SLEEP: another thread or process is at work on the file, and nothing tells when it is done.
            Thread.sleep(5);
        }
        assertThat(slices).as("long before a segment is full").isLessThan(JournalFormat.SEGMENT_BYTES / 40);
        close(writer);
        assertThat(read("flush")).isEqualTo(steps(slices));
    }

    @Test
    void twoRecordingsOfOneActorSystemKeepApart() throws Exception {
        RecordingWriter one = writer("one", MvEventStore::new);
        RecordingWriter two = writer("two", MvEventStore::new);
        for (int n = 0; n < 20_000; n++) {
            while (!one.hasCredit() || !two.hasCredit()) {
                Thread.onSpinWait();
            }
            SampleRun.step(n, one::append);
            if (n % 2 == 0) {
                SampleRun.step(n / 2, two::append);
            }
        }
        close(one);
        close(two);
        assertThat(read("one")).isEqualTo(steps(20_000));
        assertThat(read("two")).isEqualTo(steps(10_000));
    }

    @Test
    void closingTwiceIsClosingOnce() throws Exception {
        RecordingWriter writer = writer("twice", MvEventStore::new);
        SampleRun.emit(3, writer::append);
        assertThat(writer.close()).isSameAs(writer.close());
        close(writer);
        assertThatThrownBy(() -> writer.append(new JournalRecord.MemoryDigest(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        try (RecordingReader reader = open("twice")) {
            assertThat(reader.isComplete()).isTrue();
        }
    }

    @Test
    void aRecordingWithoutARecordCanBeClosedAndRead() throws Exception {
        close(writer("empty", MvEventStore::new));
        assertThat(read("empty")).isEmpty();
        try (RecordingReader reader = open("empty")) {
            assertThat(reader.header()).isEqualTo(SampleRun.header("empty"));
            assertThat(reader.isComplete()).isFalse();
        }
    }

    @Test
    void anActorSystemThatStopsFirstFailsTheRecordingAndKeepsIt() throws Exception {
        ActorTestKit other = ActorTestKit.create("stops-first");
        Path directory = temp.resolve("stops");
        RecordingWriter writer = RecordingWriter.create(
                other.system(), directory, SampleRun.header("stops"), SampleRun.images(), AT_ONCE);
        int slices = 0;
        while (!Files.exists(directory.resolve("journal.mv")) || read("stops").isEmpty()) {
            if (writer.hasCredit()) {
                SampleRun.step(slices++, writer::append);
            }
        }
        other.shutdownTestKit();
        assertThat(writer.failure()).contains("actor system was stopped");
        assertThat(steps(slices)).startsWith(read("stops").toArray(JournalRecord[]::new));
    }

    @Test
    void aClosedRecordingOfAHypercallLoopIsSmall() throws Exception {
        int slices = 200_000;
        RecordingWriter writer = writer("small", MvEventStore::new);
        for (int n = 0; n < slices; n++) {
            while (!writer.hasCredit()) {
                Thread.onSpinWait();
            }
            SampleRun.step(n, writer::append);
        }
        close(writer);
        assertThat(Files.size(temp.resolve("small").resolve("journal.mv")))
                .as("bytes of %d hypercalls, at most 48 each", slices)
                .isLessThanOrEqualTo(48L * slices);
    }

    private RecordingWriter writer(String id, StoragePolicy policy, Function<Path, EventStore> stores) {
        return RecordingWriter.create(
                kit.system(), temp.resolve(id), SampleRun.header(id), SampleRun.images(), policy, stores);
    }

    private RecordingWriter writer(String id, Function<Path, EventStore> stores) {
        return RecordingWriter.create(
                kit.system(), temp.resolve(id), SampleRun.header(id), SampleRun.images(), AT_ONCE, stores);
    }

    private static void close(RecordingWriter writer) throws Exception {
        writer.close().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private RecordingReader open(String id) {
        return StoredRecordingReader.open(temp.resolve(id), OpenOptions.STRICT);
    }

    /// What a recording holds; nothing while its header is not stored yet.
    private List<JournalRecord> read(String id) {
        List<JournalRecord> records = new ArrayList<>();
        try (RecordingReader reader = open(id)) {
            reader.entries().forEachRemaining(entry -> records.add(entry.record()));
        } catch (RecordingException e) {
            assertThat(e).hasMessageContaining("has no header");
        }
        return records;
    }

    private List<JournalRecord> awaitRecords(String id, int atLeast) throws InterruptedException {
        List<JournalRecord> read = read(id);
        while (read.size() < atLeast) {
            // SLEEP: another thread or process is at work on the file, and nothing tells when it is done.
            Thread.sleep(20);
            read = read(id);
        }
        return read;
    }

    /// The records of so many slices.
    private static List<JournalRecord> steps(int slices) {
        List<JournalRecord> records = new ArrayList<>();
        for (int n = 0; n < slices; n++) {
            SampleRun.step(n, records::add);
        }
        return records;
    }
}
