package dev.trapline.journal.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.DeadLetter;
import akka.actor.WrappedMessage;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.eventstream.EventStream;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.machine.Durability;
import dev.trapline.abi.machine.StoragePolicy;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.SampleRun;
import dev.trapline.journal.store.FaultyDisk;
import dev.trapline.journal.store.MvEventStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Recordings whose store fails: for a while, permanently, or while it is closed.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StoreTroubleTest {

    private static final int SEEDS = Boolean.getBoolean("trapline.full") ? 50 : 5;

    private static ActorTestKit kit;

    @TempDir
    Path temp;

    private WrittenRecordings recordings;

    @BeforeAll
    static void start() {
        kit = ActorTestKit.create("StoreTroubleTest");
    }

    @BeforeEach
    void place() {
        recordings = new WrittenRecordings(kit.system(), temp);
    }

    @AfterAll
    static void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void aStoreThatFailsIsReportedOnceAndKeepsWhatItHad() throws Exception {
        RecordingWriter writer = recordings.writer("full", file -> new GatedStore(file, new Semaphore(1 << 20), 3));
        CountDownLatch called = new CountDownLatch(1);
        writer.onCredit(called::countDown);
        int slices = 0;
        while (writer.failure() == null) {
            if (writer.hasCredit()) {
                SampleRun.step(slices++, writer::append);
            }
        }
        assertThat(writer.failure()).contains("No space left on device").contains("the recording up to there is kept");
        assertThat(writer.hasCredit()).as("the machine must not continue").isFalse();
        assertThat(called.await(10, TimeUnit.SECONDS))
                .as("waiting callers are notified")
                .isTrue();
        writer.append(new JournalRecord.MemoryDigest(1));
        assertThatThrownBy(() -> WrittenRecordings.close(writer))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(RecordingException.class)
                .hasMessageContaining("No space left");
        List<JournalRecord> read = recordings.read("full");
        assertThat(read).as("three writes succeeded, the header among them").isNotEmpty();
        assertThat(WrittenRecordings.steps(slices)).startsWith(read.toArray(JournalRecord[]::new));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void afterAFailedWriteTheRestIsSentAgainAndNothingIsLostOrDoubled(boolean failedWritesReachTheDisk)
            throws Exception {
        StoragePolicy patient = new StoragePolicy(Durability.INTERVAL, Duration.ofMillis(1), Duration.ofSeconds(5));
        for (int seed = 0; seed < SEEDS; seed++) {
            String id = "faulty-" + failedWritesReachTheDisk + seed;
            Random dice = new Random(seed);
            AtomicInteger opened = new AtomicInteger();
            RecordingWriter writer = recordings.writer(id, patient, file -> {
                FaultyDisk.Medium disk = FaultyDisk.of(file);
                disk.mend();
                MvEventStore store = FaultyDisk.store(file, false);
                if (opened.getAndIncrement() < 4) {
                    // Opening may also write. If it succeeds, some more writes succeed.
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
            WrittenRecordings.close(writer);
            assertThat(opened).as("seed %d: the store did fail", seed).hasValueGreaterThan(4);
            assertThat(recordings.read(id)).as("seed %d", seed).isEqualTo(WrittenRecordings.steps(slices));
            assertThat(writer.stored().durable())
                    .as("seed %d: all is durable after an orderly close", seed)
                    .isEqualTo(writer.stored().segments());
        }
    }

    @Test
    void aStoreThatStaysBrokenEndsTheRecordingWithWhatItHadMadeDurable() throws Exception {
        StoragePolicy patient = new StoragePolicy(Durability.NONE, Duration.ofMillis(1), Duration.ofMillis(500));
        AtomicInteger opened = new AtomicInteger();
        RecordingWriter writer = recordings.writer("broken", patient, file -> {
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
        List<JournalRecord> read = recordings.read("broken");
        assertThat(read).as("the first writes succeeded").isNotEmpty();
        assertThat(WrittenRecordings.steps(slices)).startsWith(read.toArray(JournalRecord[]::new));
        try (RecordingReader reader = recordings.open("broken")) {
            assertThat(writer.stored().durable())
                    .as("all that was written was forced to the disk at the end")
                    .isEqualTo(reader.segmentCount());
        }
    }

    @Test
    void patienceIsATimeHoweverLongAnAttemptTakes() {
        StoragePolicy patient = new StoragePolicy(Durability.NONE, Duration.ofMillis(1), Duration.ofMillis(300));
        AtomicInteger opened = new AtomicInteger();
        RecordingWriter writer = recordings.writer("far", patient, file -> {
            if (opened.getAndIncrement() > 0) {
                try {
                    // SLEEP: a server that does not answer.
                    Thread.sleep(100);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                throw new RecordingException(RecordingException.Kind.STORAGE, "the server does not answer");
            }
            return new GatedStore(file, new Semaphore(1 << 20), 3);
        });
        int slices = 0;
        while (writer.failure() == null) {
            if (writer.hasCredit()) {
                SampleRun.step(slices++, writer::append);
            }
        }
        assertThat(writer.failure()).contains("the server does not answer");
        assertThat(opened).as("300 ms have passed after a few of them").hasValueBetween(2, 30);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, Integer.MAX_VALUE})
    void aStoreThatThrowsAnythingWhenItIsClosedFailsTheCloseInsteadOfHoldingItUp(int failAt) {
        RecordingWriter writer = recordings.writer("closing" + failAt, file -> {
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
        assertThatThrownBy(() -> WrittenRecordings.close(writer))
                .as("a close that is answered")
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(RecordingException.class)
                .hasMessageContaining(failAt == 3 ? "No space left" : "the disk went away");
    }

    @Test
    void anActorSystemThatStopsFirstFailsTheRecordingAndKeepsIt() throws Exception {
        ActorTestKit other = ActorTestKit.create("stops-first");
        Path directory = temp.resolve("stops");
        RecordingWriter writer = RecordingWriter.create(
                other.system(), directory, SampleRun.header("stops"), SampleRun.images(), WrittenRecordings.AT_ONCE);
        writer.startAlone(other.system(), "stops");
        int slices = 0;
        while (!Files.exists(directory.resolve("journal.mv"))
                || recordings.read("stops").isEmpty()) {
            if (writer.hasCredit()) {
                SampleRun.step(slices++, writer::append);
            }
        }
        other.shutdownTestKit();
        assertThat(writer.failure()).contains("actor system was stopped");
        assertThat(WrittenRecordings.steps(slices))
                .startsWith(recordings.read("stops").toArray(JournalRecord[]::new));
    }

    @Test
    void aDiskThatIsStillBeingForcedAtTheEndDisturbsNobody() throws Exception {
        TestProbe<DeadLetter> dead = kit.createTestProbe(DeadLetter.class);
        kit.system().eventStream().tell(new EventStream.Subscribe<>(DeadLetter.class, dead.ref()));
        CountDownLatch forcing = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        RecordingWriter writer = recordings.writer("forcing", file -> {
            GatedStore store = new GatedStore(file, new Semaphore(1 << 20), Integer.MAX_VALUE);
            store.onSync = () -> {
                // Before it is a recording, the header is forced to the disk: that is waited for.
                if (Files.exists(file.resolveSibling("manifest"))) {
                    forcing.countDown();
                    awaitQuietly(closed);
                }
            };
            return store;
        });
        SampleRun.step(0, writer::append);
        awaitQuietly(forcing);
        WrittenRecordings.close(writer);
        closed.countDown();
        DeadLetter late = dead.receiveMessage();
        while (!late.recipient().path().name().equals("recording-forcing")) {
            late = dead.receiveMessage();
        }
        assertThat(WrappedMessage.unwrap(late.message()))
                .as("a late result can be printed by Akka's log")
                .isNotNull();
        assertThat(recordings.read("forcing")).isEqualTo(WrittenRecordings.steps(1));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
