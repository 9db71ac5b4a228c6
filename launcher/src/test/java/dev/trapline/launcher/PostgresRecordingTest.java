package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static dev.trapline.launcher.CommandProcess.run;
import static dev.trapline.launcher.CommandProcess.runWith;
import static dev.trapline.launcher.CommandProcess.startWith;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.persistence.query.EventEnvelope;
import akka.persistence.query.PersistenceQuery;
import akka.stream.javadsl.Sink;
import dev.trapline.journal.NamedDatabase;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.codec.JournalFormat;
import dev.trapline.journal.query.RecordingReadJournal;
import dev.trapline.launcher.CommandProcess.Ended;
import dev.trapline.launcher.output.Ending;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Recordings in a database, with the real command and a real server.
class PostgresRecordingTest {

    @SuppressWarnings("NullAway.Init")
    private static PostgresServer server;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @BeforeAll
    static void start() throws IOException {
        server = PostgresServer.start(PostgresServer.installed());
        Path scratch = Files.createTempDirectory("trapline-postgresql-");
        Ended first = runWith(
                server.environment(),
                "run",
                "--set",
                "record.store=postgresql",
                "--set",
                "record.postgresql.create-schema=true",
                "--record",
                scratch.resolve("rec").toString(),
                guest("smp-hello"));
        assertThat(first.status())
                .as("the tables are made on request: %s", first.err())
                .isZero();
        assertThat(run("journal", "schema").out())
                .as("or by hand, with the same script")
                .contains("CREATE TABLE IF NOT EXISTS public.event_journal");
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void aRecordingInTheDatabaseHasTheSameDigestsAsOneInItsDirectory() throws IOException {
        String there = directory.resolve("there").toString();
        String here = directory.resolve("here").toString();
        List<String> guest = List.of("--cpus", "4", "--schedule", "random", "--seed", "7", guest("smp-hello"));
        Ended recorded = record(there, guest);
        assertThat(recorded.status()).as(recorded.err()).isZero();
        Ended local = run(arguments(List.of("run", "--record", here), guest));
        assertThat(recorded.out()).isEqualTo(local.out());
        assertThat(Path.of(there, "journal.mv")).as("the events are elsewhere").doesNotExist();
        assertThat(Files.readString(Path.of(there, "manifest")))
                .contains("store = " + server.url() + "?user=" + PostgresServer.USER, "state = closed")
                .doesNotContain("secret");
        Ended replayed = runWith(server.environment(), "replay", there);
        assertThat(replayed.status()).as(replayed.err()).isZero();
        assertThat(replayed.err()).contains("no divergence");
        assertThat(replayed.out()).isEqualTo(recorded.out());
        Ended trace = runWith(server.environment(), "trace", there);
        assertThat(trace.out())
                .as("the same history")
                .isEqualTo(run("trace", here).out());
        Ended exported = runWith(server.environment(), "journal", "export", there, file("file"));
        assertThat(exported.status()).as(exported.err()).isZero();
        run("journal", "import", file("file"), file("arrived"));
        assertThat(run("replay", file("arrived")).status())
                .as("an exported recording needs no database")
                .isZero();
    }

    @Test
    void aUserWhoMayNotReadOrReachTheDatabaseIsToldWhatToDo() {
        String recording = file("rec");
        record(recording, List.of(guest("smp-hello")));
        Ended refused = runWith(
                Map.of(
                        "TRAPLINE_POSTGRESQL_URL",
                        server.url(),
                        "TRAPLINE_POSTGRESQL_USER",
                        PostgresServer.USER,
                        "TRAPLINE_POSTGRESQL_PASSWORD",
                        "wrong",
                        "PGPASSFILE",
                        "/dev/null"),
                "replay",
                recording);
        assertThat(refused.status()).as(refused.err()).isEqualTo(Ending.STORAGE);
        assertThat(refused.lastLine())
                .contains(server.url(), "TRAPLINE_POSTGRESQL_PASSWORD")
                .doesNotContain("wrong\"");
        Ended nowhere = runWith(
                Map.of("TRAPLINE_POSTGRESQL_URL", "jdbc:postgresql://127.0.0.1:1"),
                "run",
                "--set",
                "record.store=postgresql",
                "--record",
                file("nowhere"),
                guest("smp-hello"));
        assertThat(nowhere.status()).as(nowhere.err()).isEqualTo(Ending.STORAGE);
        assertThat(nowhere.out()).as("the guest has not run").isEmpty();
        assertThat(directory.resolve("nowhere")).doesNotExist();
        Ended unsaid = run("run", "--set", "record.store=postgresql", "--record", file("unsaid"), guest("smp-hello"));
        assertThat(unsaid.status()).as(unsaid.err()).isEqualTo(Ending.USAGE);
        assertThat(unsaid.lastLine()).contains("record.postgresql.url", "TRAPLINE_POSTGRESQL_URL");
    }

    @Test
    void aDatabaseMayBeKnownByAnotherAddress() throws IOException {
        String recording = file("rec");
        record(recording, List.of(guest("smp-hello")));
        Path manifest = Path.of(recording, "manifest");
        Files.writeString(manifest, Files.readString(manifest).replaceAll("127.0.0.1:[0-9]+/", "db.example.org:5432/"));
        Map<String, String> environment = new TreeMap<>(server.environment());
        Ended refused = runWith(environment, "journal", "info", recording);
        assertThat(refused.status()).as(refused.err()).isEqualTo(Ending.USAGE);
        assertThat(refused.lastLine()).contains("TRAPLINE_POSTGRESQL_ALIAS=db.example.org:5432/postgres");
        environment.put("TRAPLINE_POSTGRESQL_ALIAS", "db.example.org:5432/postgres");
        Ended told = runWith(environment, "journal", "info", recording);
        assertThat(told.status()).as(told.err()).isZero();
    }

    @Test
    void aRunWhoseConnectionIsCutContinuesAndLosesAndDoublesNothing() throws Exception {
        String recording = file("rec");
        CommandProcess process = recordCalls(recording);
        for (long wanted = 20; wanted <= 120; wanted += 50) {
            awaitEvents(recording, wanted);
            server.cutConnections();
        }
        assertContinuesToItsEnd(process.await(), recording);
    }

    @Test
    void aRunWaitsForAServerThatIsAwayAndContinuesWhenItIsBack() throws Exception {
        String recording = file("rec");
        CommandProcess process = recordCalls(recording);
        awaitEvents(recording, 20);
        server.stopAtOnce();
        // SLEEP: the run has to find out, and to retry without success.
        TimeUnit.SECONDS.sleep(2);
        assertThat(process.isAlive()).as("it waits").isTrue();
        server.start();
        Ended ended = process.await();
        assertThat(ended.err())
                .as("it says that it waits, and why")
                .contains("the machine waits up to 30 s for its recording's store");
        assertContinuesToItsEnd(ended, recording);
    }

    @Test
    void aRunWhoseServerStaysAwayEndsWithAStatusOfItsOwnAndWhatWasAcknowledged() throws Exception {
        String recording = file("rec");
        CommandProcess process = recordCalls(recording, "--set", "record.patience=3s");
        long before = awaitEvents(recording, 20);
        server.stopAtOnce();
        Ended ended;
        try {
            ended = process.await();
        } finally {
            server.start();
        }
        assertThat(ended.status()).as(ended.err()).isEqualTo(Ending.STORAGE);
        assertThat(ended.lastLine()).contains("the recording up to there is kept");
        assertThat(ended.err()).as("messages, and no stack trace").doesNotContain("\tat ");
        assertThat(events(recording)).as("nothing acknowledged is lost").isGreaterThanOrEqualTo(before);
        assertSound(recording);
        Ended replayed = runWith(server.environment(), "replay", recording);
        assertThat(replayed.status()).as(replayed.err()).isZero();
        assertThat(replayed.err()).contains("was not closed", "no divergence up to ");
    }

    @Test
    void aRecordingInTheDatabaseWhoseRecorderWasKilledIsContinuedThere() throws Exception {
        String recording = file("rec");
        CommandProcess process = recordCalls(recording);
        long before = awaitEvents(recording, 20);
        process.signal("KILL");
        process.await();
        Ended continued = runWith(server.environment(), "run", "--continue", recording);
        assertThat(events(recording)).as("it continues after the old events").isGreaterThan(before);
        assertContinuesToItsEnd(continued, recording);
        Ended again = runWith(server.environment(), "run", "--continue", recording);
        assertThat(again.status()).as(again.err()).isEqualTo(Ending.USAGE);
        assertThat(again.lastLine()).contains("is of a run that ended", "nothing to continue");
    }

    @Test
    void aRecordingInTheDatabaseIsFollowedWhileItIsWrittenAlsoIfConnectionsAreCut() throws Exception {
        String recording = file("rec");
        CommandProcess process = recordCalls(recording);
        awaitEvents(recording, 20);
        CommandProcess follower = startWith(server.environment(), "trace", recording, "--schedule", "--follow");
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "reader");
        try {
            RecordingReadJournal journal = PersistenceQuery.get(system)
                    .getReadJournalFor(RecordingReadJournal.class, RecordingReadJournal.IDENTIFIER);
            String id = journal.persistenceIdOf(
                    Path.of(recording),
                    OpenOptions.STRICT.with(
                            new NamedDatabase(server.url(), PostgresServer.USER, PostgresServer.PASSWORD)));
            CompletionStage<List<EventEnvelope>> read =
                    journal.eventsByPersistenceId(id, 0, Long.MAX_VALUE).runWith(Sink.seq(), system);
            awaitEvents(recording, 70);
            server.cutConnections();

            assertThat(process.await().status()).isZero();
            assertThat(read.toCompletableFuture().get(120, TimeUnit.SECONDS))
                    .extracting(EventEnvelope::sequenceNr)
                    .as("each event, once and in order")
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, events(recording)).boxed().toList());
        } finally {
            system.terminate();
        }
        Ended followed = follower.await();
        assertThat(followed.status()).as(followed.err()).isZero();
        assertThat(followed.out())
                .as("as a trace of the whole recording shows it")
                .isEqualTo(runWith(server.environment(), "trace", recording, "--schedule")
                        .out());
    }

    private static CommandProcess recordCalls(String recording, String... more) {
        return startWith(
                server.environment(),
                arguments(
                        List.of("run", "--set", "record.store=postgresql", "--record", recording),
                        Stream.concat(Stream.of(more), Stream.of(guest("hypercall-loop")))
                                .toList()));
    }

    /// The run and its recording ended as if the store had never failed.
    private void assertContinuesToItsEnd(Ended ended, String recording) throws Exception {
        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.err()).as("messages, and no stack trace").doesNotContain("\tat ");
        String local = file("local");
        run("run", "--record", local, guest("hypercall-loop"));
        assertThat(RunDigests.of(Path.of(recording)))
                .as("the run is the same")
                .isEqualTo(RunDigests.of(Path.of(local)));
        assertSound(recording);
        assertThat(events(recording))
                .as("each event is stored once")
                .isEqualTo(server.ask("select max(sequence_number) from event_journal where persistence_id = '"
                        + persistenceId(recording) + "'"));
        Ended replayed = runWith(server.environment(), "replay", recording);
        assertThat(replayed.status()).as(replayed.err()).isZero();
        assertThat(replayed.err()).contains("no divergence");
    }

    /// The rows have a format of their own, which the header in the first of them names. The tables have none.
    @Test
    void aDatabaseWithARecordingOfAnOlderFormatNeedsNoMigration() throws Exception {
        String old = file("old");
        assertThat(record(old, List.of(guest("smp-hello"))).status()).isZero();
        String rows = "event_journal where persistence_id = '" + persistenceId(old) + "'";
        String fingerprint = "select sum(hashtext(encode(event_payload, 'hex'))::bigint) from " + rows;
        long before = server.ask(fingerprint);
        Path manifest = Path.of(old, "manifest");
        String format = "format = " + JournalFormat.VERSION;
        assertThat(Files.readString(manifest)).contains(format);
        Files.writeString(manifest, Files.readString(manifest).replace(format, "format = 3"));

        String recent = file("recent");
        assertThat(record(recent, List.of(guest("smp-hello"))).status()).isZero();
        assertSound(recent);
        Ended refused = runWith(server.environment(), "replay", old);
        assertThat(refused.status()).isEqualTo(Ending.USAGE);
        assertThat(refused.lastLine()).contains("format version 3", "build Trapline from commit d282f43");
        assertThat(server.ask(fingerprint)).as("the rows of the old one").isEqualTo(before);
    }

    private static void assertSound(String recording) {
        Ended verified = runWith(server.environment(), "journal", "verify", recording);
        assertThat(verified.status()).as(verified.err()).isZero();
        assertThat(verified.lastLine()).contains("is sound");
    }

    /// Waits until this number of events is in the database, and returns the number of events.
    private static long awaitEvents(String recording, long wanted) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (System.nanoTime() < deadline) {
            if (Files.exists(Path.of(recording, "manifest"))) {
                long events = events(recording);
                if (events >= wanted) {
                    return events;
                }
            }
            // SLEEP: another process is running, and does not signal when it is done.
            TimeUnit.MILLISECONDS.sleep(5);
        }
        throw new AssertionError("nothing arrives in the database");
    }

    private static long events(String recording) throws SQLException, IOException {
        return server.ask(
                "select count(*) from event_journal where persistence_id = '" + persistenceId(recording) + "'");
    }

    private static String persistenceId(String recording) throws IOException {
        return "recording|"
                + Files.readString(Path.of(recording, "manifest"))
                        .lines()
                        .filter(line -> line.startsWith("id = "))
                        .findFirst()
                        .orElseThrow()
                        .substring(5);
    }

    private static Ended record(String recording, List<String> guest) {
        return runWith(
                server.environment(),
                arguments(List.of("run", "--set", "record.store=postgresql", "--record", recording), guest));
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }

    private static String[] arguments(List<String> first, List<String> more) {
        return Stream.concat(first.stream(), more.stream()).toArray(String[]::new);
    }
}
