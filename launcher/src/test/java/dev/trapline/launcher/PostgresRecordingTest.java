package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static dev.trapline.launcher.CommandProcess.run;
import static dev.trapline.launcher.CommandProcess.runWith;
import static dev.trapline.launcher.CommandProcess.startWith;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.launcher.CommandProcess.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Recordings whose events are in a database, through the real command and a real server.
class PostgresRecordingTest {

    private static final Pattern SLICES = Pattern.compile("replayed ([0-9,]+) slices?,");

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
                .as("the tables are made when somebody asks for it: %s", first.err())
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
    void whoMayNotReadOrReachTheDatabaseIsToldWhatToSay() {
        String recording = file("rec");
        record(recording, List.of(guest("smp-hello")));
        Ended refused = runWith(
                Map.of("TRAPLINE_POSTGRESQL_PASSWORD", "wrong", "PGPASSFILE", "/dev/null"), "replay", recording);
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
    void aPasswordMayBeInAFile() throws IOException {
        Path password = Files.writeString(directory.resolve("password"), PostgresServer.PASSWORD + "\n");
        Ended recorded = runWith(
                Map.of(),
                "run",
                "--set",
                "record.store=postgresql",
                "--set",
                "record.postgresql.url=" + server.url(),
                "--set",
                "record.postgresql.user=" + PostgresServer.USER,
                "--set",
                "record.postgresql.password-file=" + password,
                "--record",
                file("rec"),
                guest("smp-hello"));
        assertThat(recorded.status()).as(recorded.err()).isZero();
    }

    @Test
    void whatWasAcknowledgedBeforeTheServerWentDownIsThereAndReplays() throws Exception {
        cutInTheMiddle(() -> {
            server.stopAtOnce();
            server.start();
        });
    }

    @Test
    void whatWasAcknowledgedBeforeTheConnectionWasCutIsThereAndReplays() throws Exception {
        cutInTheMiddle(() -> server.cutConnections());
    }

    private interface Cut {
        void now() throws SQLException;
    }

    /// The run may go on when the database is back, or end with status 7: either way nothing that was acknowledged
    /// is lost, and what there is replays.
    private void cutInTheMiddle(Cut cut) throws Exception {
        String recording = file("rec");
        CommandProcess process = startWith(
                server.environment(),
                "run",
                "--set",
                "record.store=postgresql",
                "--timeout",
                "6s",
                "--record",
                recording,
                guest("spin"));
        long before = awaitEvents(recording);
        cut.now();
        Ended ended = process.await();
        assertThat(ended.status()).as(ended.err()).isIn(Ending.STORAGE, Ending.LIMIT);
        assertThat(ended.err()).as("a message, and no stack trace").doesNotContain("\tat ");
        assertThat(events(recording)).as("nothing acknowledged is lost").isGreaterThanOrEqualTo(before);
        if (ended.status() == Ending.STORAGE) {
            assertThat(ended.lastLine()).contains("what was recorded until then is kept");
        }
        Ended replayed = runWith(server.environment(), "replay", recording);
        assertThat(replayed.status()).as(replayed.err()).isZero();
        Matcher slices = SLICES.matcher(replayed.err());
        assertThat(slices.find()).as(replayed.err()).isTrue();
        assertThat(Long.parseLong(slices.group(1).replace(",", "")))
                .as("there is a history")
                .isPositive();
    }

    /// Waits until the header and two segments are in the database.
    private static long awaitEvents(String recording) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (System.nanoTime() < deadline) {
            if (Files.exists(Path.of(recording, "manifest"))) {
                long events = events(recording);
                if (events >= 3) {
                    return events;
                }
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        throw new AssertionError("nothing arrives in the database");
    }

    private static long events(String recording) throws SQLException, IOException {
        String id = Files.readString(Path.of(recording, "manifest"))
                .lines()
                .filter(line -> line.startsWith("id = "))
                .findFirst()
                .orElseThrow()
                .substring(5);
        return server.ask("select count(*) from event_journal where persistence_id = 'recording|" + id + "'");
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
        return java.util.stream.Stream.concat(first.stream(), more.stream()).toArray(String[]::new);
    }
}
