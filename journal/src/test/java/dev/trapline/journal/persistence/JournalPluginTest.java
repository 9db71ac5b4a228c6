package dev.trapline.journal.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.ActorRef;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.persistence.AtomicWrite;
import akka.persistence.JournalProtocol;
import akka.persistence.Persistence;
import akka.persistence.PersistentEnvelope;
import akka.persistence.PersistentRepr;
import akka.testkit.TestProbe;
import dev.trapline.journal.SampleRun;
import dev.trapline.journal.store.MvEventStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import scala.jdk.javaapi.CollectionConverters;

/// What Akka's technology compatibility kit (`JournalSpec`) asks of a journal, case by case:
///
/// | the kit's case | here |
/// |---|---|
/// | replay all messages | [#allMessagesAreReplayed] |
/// | replay using a lower sequence number bound | [#aReplayBeginsAtItsLowerBound] |
/// | replay using an upper sequence number bound | [#aReplayEndsAtItsUpperBound] |
/// | replay using a count limit | [#aReplayEndsAtItsCount] |
/// | replay using a lower and an upper bound | [#aReplayKeepsWithinBothBounds] |
/// | replay using both bounds and a count limit | [#aReplayKeepsWithinBoundsAndCount] |
/// | replay a single message if the bounds are equal | [#aReplayOfOneMessageIsThatMessage] |
/// | replay one message with a count limit of one | [#aCountOfOneReplaysTheFirstOfTheRange] |
/// | not replay with a count limit of zero | [#aCountOfZeroReplaysNothing] |
/// | not replay if the lower bound is greater than the upper | [#boundsThatCrossReplayNothing] |
/// | not replay messages if nothing was written | [#aPersistenceIdWithoutMessagesReplaysNothing] |
/// | not replay permanently deleted messages | [#deletedMessagesAreNotReplayedAndTheHighestNumberStays] |
/// | not reset the highest number after deletion | the same |
/// | not reset the highest number after cleanup | [#theHighestNumberOutlivesTheStoreBeingOpenedAgain] |
/// | reject events that cannot be serialized (optional) | [#anEventThatCannotBeSerializedIsRejectedAndNothingElse] |
/// | serialize events (optional) | [#anEventIsWrittenByTheSerializerThatIsBoundToIt] |
///
/// Metadata and the replay of the last event alone, both optional, are not offered: recordings use neither.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JournalPluginTest {

    private static ActorTestKit kit;

    @TempDir
    Path temp;

    private final String id = "tck|1";
    private ActorRef journal;
    private TestProbe probe;
    private MvEventStore store;

    @BeforeAll
    static void start() {
        kit = ActorTestKit.create("JournalPluginTest");
    }

    @AfterAll
    static void stop() {
        kit.shutdownTestKit();
    }

    @BeforeEach
    void open() {
        var system = kit.system().classicSystem();
        store = new MvEventStore(temp.resolve("events.mv"));
        RecordingStores.of(system).register(id, store);
        journal = Persistence.get(system)
                .journalFor("trapline.journal.mvstore", system.settings().config());
        probe = TestProbe.apply(system);
        write(1, 5);
    }

    @AfterEach
    void close() {
        RecordingStores.of(kit.system()).unregister(id);
        store.close();
    }

    @Test
    void allMessagesAreReplayed() {
        assertThat(replayed(1, Long.MAX_VALUE, Long.MAX_VALUE)).containsExactly(1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void aReplayBeginsAtItsLowerBound() {
        assertThat(replayed(3, Long.MAX_VALUE, Long.MAX_VALUE)).containsExactly(3L, 4L, 5L);
    }

    @Test
    void aReplayEndsAtItsUpperBound() {
        assertThat(replayed(1, 3, Long.MAX_VALUE)).containsExactly(1L, 2L, 3L);
    }

    @Test
    void aReplayEndsAtItsCount() {
        assertThat(replayed(1, Long.MAX_VALUE, 3)).containsExactly(1L, 2L, 3L);
    }

    @Test
    void aReplayKeepsWithinBothBounds() {
        assertThat(replayed(2, 4, Long.MAX_VALUE)).containsExactly(2L, 3L, 4L);
    }

    @Test
    void aCountOfOneReplaysTheFirstOfTheRange() {
        assertThat(replayed(2, 4, 1)).containsExactly(2L);
    }

    @Test
    void aPersistenceIdWithoutMessagesReplaysNothing() {
        RecordingStores.of(kit.system()).unregister(id);
        store.close();
        store = new MvEventStore(temp.resolve("empty.mv"));
        RecordingStores.of(kit.system()).register(id, store);
        assertThat(replayed(1, Long.MAX_VALUE, Long.MAX_VALUE)).isEmpty();
        assertThat(highest()).isZero();
    }

    @Test
    void anEventIsWrittenByTheSerializerThatIsBoundToIt() {
        JournalEvent event = new JournalEvent.HeaderWritten(SampleRun.header("tck"));
        send(AtomicWrite.apply(PersistentRepr.apply(event, 6, id, "", false, ActorRef.noSender(), "writer")));
        probe.expectMsgClass(JournalProtocol.WriteMessagesSuccessful$.class);
        probe.expectMsgClass(JournalProtocol.WriteMessageSuccess.class);
        store.replay(6, 6, 1, row -> {
            assertThat(row.serializerId()).isEqualTo(JournalEventSerializer.IDENTIFIER);
            assertThat(row.manifest()).isEqualTo("header/1");
        });
        journal.tell(new JournalProtocol.ReplayMessages(6, 6, 1, id, probe.ref()), probe.ref());
        assertThat(probe.expectMsgClass(JournalProtocol.ReplayedMessage.class)
                        .persistent()
                        .payload())
                .isEqualTo(event);
        probe.expectMsgClass(JournalProtocol.RecoverySuccess.class);
    }

    @Test
    void aReplayKeepsWithinBoundsAndCount() {
        assertThat(replayed(2, 5, 2)).containsExactly(2L, 3L);
    }

    @Test
    void aReplayOfOneMessageIsThatMessage() {
        assertThat(replayed(2, 2, Long.MAX_VALUE)).containsExactly(2L);
    }

    @Test
    void aCountOfZeroReplaysNothing() {
        assertThat(replayed(2, 4, 0)).isEmpty();
    }

    @Test
    void boundsThatCrossReplayNothing() {
        assertThat(replayed(3, 2, Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void deletedMessagesAreNotReplayedAndTheHighestNumberStays() {
        delete(3);
        assertThat(replayed(1, Long.MAX_VALUE, Long.MAX_VALUE)).containsExactly(4L, 5L);
        delete(Long.MAX_VALUE);
        assertThat(replayed(1, Long.MAX_VALUE, Long.MAX_VALUE)).isEmpty();
        assertThat(highest()).as("after all is deleted").isEqualTo(5);
    }

    @Test
    void theHighestNumberOutlivesTheStoreBeingOpenedAgain() {
        delete(5);
        close();
        var system = kit.system().classicSystem();
        store = new MvEventStore(temp.resolve("events.mv"));
        RecordingStores.of(system).register(id, store);
        assertThat(highest()).isEqualTo(5);
        store.finish();
        store = new MvEventStore(temp.resolve("events.mv"));
        assertThat(store.highestSequenceNr()).as("after compaction").isEqualTo(5);
    }

    @Test
    void anAtomicWriteOfSeveralEventsIsReplayedWhole() {
        List<PersistentRepr> batch =
                LongStream.rangeClosed(6, 8).mapToObj(this::event).toList();
        send(AtomicWrite.apply(CollectionConverters.asScala(batch).toSeq()));
        probe.expectMsgClass(JournalProtocol.WriteMessagesSuccessful$.class);
        for (int i = 0; i < 3; i++) {
            probe.expectMsgClass(JournalProtocol.WriteMessageSuccess.class);
        }
        assertThat(replayed(6, 8, 10)).containsExactly(6L, 7L, 8L);
    }

    @Test
    void anEventThatCannotBeSerializedIsRejectedAndNothingElse() {
        send(AtomicWrite.apply(PersistentRepr.apply(new Object(), 6, id, "", false, ActorRef.noSender(), "writer")));
        probe.expectMsgClass(JournalProtocol.WriteMessagesSuccessful$.class);
        probe.expectMsgClass(JournalProtocol.WriteMessageRejected.class);
        write(6, 6);
        assertThat(replayed(6, 6, 1)).containsExactly(6L);
    }

    @Test
    void anUnknownPersistenceIdIsAFailureThatSaysSo() {
        journal.tell(new JournalProtocol.ReplayMessages(1, 1, 1, "nobody", probe.ref()), probe.ref());
        var failure = probe.expectMsgClass(JournalProtocol.ReplayMessagesFailure.class);
        assertThat(failure.cause()).hasMessageContaining("no recording is open for 'nobody'");
    }

    private PersistentRepr event(long sequenceNr) {
        return PersistentRepr.apply("event-" + sequenceNr, sequenceNr, id, "", false, ActorRef.noSender(), "writer");
    }

    private void write(long from, long to) {
        for (long n = from; n <= to; n++) {
            send(AtomicWrite.apply(event(n)));
            probe.expectMsgClass(JournalProtocol.WriteMessagesSuccessful$.class);
            probe.expectMsgClass(JournalProtocol.WriteMessageSuccess.class);
        }
    }

    private void send(PersistentEnvelope write) {
        journal.tell(
                new JournalProtocol.WriteMessages(
                        CollectionConverters.asScala(List.of(write)).toSeq(), probe.ref(), 1),
                probe.ref());
    }

    private List<Long> replayed(long from, long to, long max) {
        journal.tell(new JournalProtocol.ReplayMessages(from, to, max, id, probe.ref()), probe.ref());
        List<Long> numbers = new ArrayList<>();
        while (true) {
            Object message = probe.expectMsgClass(Object.class);
            if (message instanceof JournalProtocol.ReplayedMessage replayed) {
                PersistentRepr event = replayed.persistent();
                assertThat(event.payload()).isEqualTo("event-" + event.sequenceNr());
                assertThat(event.persistenceId()).isEqualTo(id);
                numbers.add(event.sequenceNr());
            } else {
                assertThat(message).isInstanceOf(JournalProtocol.RecoverySuccess.class);
                return numbers;
            }
        }
    }

    private long highest() {
        journal.tell(new JournalProtocol.ReplayMessages(1, 0, 0, id, probe.ref()), probe.ref());
        return probe.expectMsgClass(JournalProtocol.RecoverySuccess.class).highestSequenceNr();
    }

    private void delete(long to) {
        journal.tell(new JournalProtocol.DeleteMessagesTo(id, to, probe.ref()), probe.ref());
        probe.expectMsgClass(akka.persistence.DeleteMessagesSuccess.class);
    }
}
