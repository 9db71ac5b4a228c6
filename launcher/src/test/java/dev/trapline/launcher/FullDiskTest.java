package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static dev.trapline.launcher.CommandProcess.run;
import static dev.trapline.launcher.CommandProcess.startUnder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.trapline.launcher.CommandProcess.Ended;
import dev.trapline.launcher.output.Ending;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The real command on a full disk, and in a directory that cannot be written.
///
/// The disk is full only for one process: the system limits the size of its files (`prlimit`). This needs no
/// privileges, and the limit can be removed while the process runs.
class FullDiskTest {

    /// About a tenth of the size of the guest's recording.
    private static final long ROOM = 2 << 20;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void aRunWaitsForRoomSaysWhyAndContinuesWhenThereIsSome() throws Exception {
        Path recording = directory.resolve("rec");
        CommandProcess process = startInLittleRoom("--record", recording.toString(), guest("hypercall-loop"));
        awaitSize(recording.resolve("journal.mv"), process);
        // SLEEP: the run has to find out, and to retry without success.
        TimeUnit.SECONDS.sleep(1);
        assertThat(process.isAlive()).as("it waits").isTrue();
        assertThat(new ProcessBuilder("prlimit", "--pid", Long.toString(process.pid()), "--fsize=unlimited:")
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
        Ended ended = process.await();
        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.err())
                .contains(
                        "trapline: the machine waits up to 30 s for its recording's store",
                        "journal.mv",
                        "File too large")
                .contains("durable: all")
                .doesNotContain("\tat ");
        assertSameAsNeverDisturbed(recording);
    }

    @Test
    void aRunThatIsNotGivenRoomEndsWithAStatusOfItsOwnAndCanBeContinued() throws Exception {
        Path recording = directory.resolve("rec");
        Ended ended = startInLittleRoom(
                        "--set", "record.patience=1s", "--record", recording.toString(), guest("hypercall-loop"))
                .await();
        assertThat(ended.status()).as(ended.err()).isEqualTo(Ending.STORAGE);
        assertThat(ended.lastLine()).contains("File too large", "the recording up to there is kept");
        assertThat(ended.err())
                .as("messages, and no stack trace")
                .contains("the machine waits up to 1 s")
                .doesNotContain("\tat ");
        Ended replayed = run("replay", recording.toString());
        assertThat(replayed.status()).as(replayed.err()).isZero();
        assertThat(replayed.err()).contains("no divergence up to ");
        Ended continued = run("run", "--continue", recording.toString());
        assertThat(continued.status()).as(continued.err()).isZero();
        assertSameAsNeverDisturbed(recording);
    }

    @Test
    void aSignalEndsARunThatWaitsForRoom() throws Exception {
        assertASignalEndsTheWait(Duration.ZERO);
    }

    /// The time limit has already asked for the end, and closing the recording waits for space.
    @Test
    void aSignalEndsARunThatWaitsForRoomAfterItsTimeIsOver() throws Exception {
        assertASignalEndsTheWait(Duration.ofSeconds(5));
    }

    /// @param timeout the run's time limit, which has passed when the signal is sent; zero for none
    private void assertASignalEndsTheWait(Duration timeout) throws Exception {
        Path recording = directory.resolve("rec");
        Path said = Files.createFile(directory.resolve("said"));
        CommandProcess process = startUnder(
                List.of("bash", "-c", "exec prlimit --fsize=200000:unlimited \"$@\" 2>\"$0\"", said.toString()),
                "run",
                "--timeout",
                timeout.toSeconds() + "s",
                "--set",
                "record.patience=1h",
                "--record",
                recording.toString(),
                guest("hypercall-loop"));
        Ended ended;
        try {
            while (process.isAlive() && !Files.readString(said).contains("the machine waits up to")) {
                // SLEEP: the process needs the CPU, and nothing else tells that it has printed the line.
                Thread.sleep(20);
            }
            // SLEEP: the process does not signal that the time limit has passed.
            Thread.sleep(timeout);
            process.signal("INT");
            ended = process.await();
        } finally {
            process.destroy();
        }
        String err = Files.readString(said);
        assertThat(ended.status()).as(err).isEqualTo(Ending.INTERRUPTED);
        assertThat(err.stripTrailing().lines().toList().getLast())
                .as("the retry limit of an hour does not delay a requested end")
                .contains("interrupted while it waited for its recording to be stored");
        Ended verified = run("journal", "verify", recording.toString());
        assertThat(verified.status()).as(verified.err()).isZero();
    }

    @Test
    void aDirectoryThatCannotBeWrittenIsRefusedBeforeAnythingRuns() {
        Path processes = Path.of("/proc");
        assumeTrue(Files.isDirectory(processes), "there is no /proc, a directory that nobody can write");
        Ended ended = run("run", "--record", processes.resolve("rec").toString(), guest("hypercall-loop"));
        assertThat(ended.status()).as(ended.err()).isEqualTo(Ending.STORAGE);
        assertThat(ended.out()).as("the guest has not run").isEmpty();
        assertThat(ended.lastLine()).contains("/proc/rec");
    }

    @Test
    void aDirectoryThatCannotBeWrittenAnyMoreAtTheEndKeepsWhatWasRecorded() throws Exception {
        Path recording = directory.resolve("rec");
        CommandProcess process =
                startUnder(asOrdinaryOwner(), "run", "--record", recording.toString(), guest("hypercall-loop"));
        awaitFile(recording.resolve("manifest"), process);
        awaitFile(recording.resolve("journal.mv"), process);
        Files.setPosixFilePermissions(recording, PosixFilePermissions.fromString("r-xr-xr-x"));
        Ended ended = process.await();
        Files.setPosixFilePermissions(recording, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(ended.status()).as(ended.err()).isEqualTo(Ending.STORAGE);
        assertThat(ended.err()).as("messages, and no stack trace").doesNotContain("\tat ");
        assertThat(ended.lastLine()).as("it reports the position").contains(recording.toString());
        Ended verified = run("journal", "verify", recording.toString());
        assertThat(verified.status()).as(verified.err()).isZero();
        Ended replayed = run("replay", recording.toString());
        assertThat(replayed.status()).as(replayed.err()).isZero();
        assertThat(replayed.err()).as("the recording is complete").contains("no divergence\n");
    }

    /// There is not even space to extract the library that packs checkpoints.
    @Test
    void checkpointsForWhichThereIsNoRoomAreDoneWithout() throws Exception {
        String recording = directory.resolve("rec").toString();
        Ended recorded = run(
                "run",
                "--slice",
                "500",
                "--set",
                "run.renewal-interval=200000",
                "--record",
                recording,
                guest("compute-short"));
        String close = "replay.checkpoints.spacing=10ms";
        Ended shown = underLimit(40_000, "replay", recording, "--at", "3900", "--set", close)
                .await();
        assertThat(shown.status()).as(shown.err()).isZero();
        assertThat(shown.err())
                .contains("no more checkpoints are kept beside " + recording)
                .doesNotContain("\tat ");
        assertThat(shown.out())
                .isEqualTo(run("replay", recording, "--at", "3900", "--no-checkpoints")
                        .out());
        Ended several = underLimit(40_000, "replay", recording, "--jobs", "2", "--set", close)
                .await();
        assertThat(several.status()).as(several.err()).isZero();
        assertThat(several.out()).isEqualTo(recorded.out());
        assertThat(several.err()).contains("no checkpoints: ");
        Ended indexed = underLimit(40_000, "journal", "index", recording, "--set", close)
                .await();
        assertThat(indexed.status()).as(indexed.err()).isEqualTo(Ending.USAGE);
        assertThat(indexed.lastLine()).contains("checkpoints ", recording);
    }

    @Test
    void whatCannotBeWrittenIsNamedByThePlaceThatTheUserGave() throws Exception {
        String recording = directory.resolve("rec").toString();
        assertThat(run("run", "--record", recording, guest("hypercall-loop-1k")).status())
                .isZero();
        String file = directory.resolve("rec.tlx").toString();
        assertThat(run("journal", "export", recording, file).status()).isZero();
        String other = directory.resolve("other").toString();
        requireRefused(
                "cannot make a recording at " + other + ": File too large; choose a place",
                underLimit(1, "run", "--record", other, guest("exit-42")));
        for (List<String> packs : List.of(List.of("export", recording, other), List.of("import", file, other))) {
            requireRefused(
                    "cannot load the library that compresses: ",
                    underLimit(1, "journal", packs.get(0), packs.get(1), packs.get(2)));
        }
        assertThat(directory.resolve("other")).as("nothing is left of it").doesNotExist();
    }

    @Test
    void whatIsPackedWhereNobodyCanWriteIsNamedByThePlaceThatTheUserGave() throws Exception {
        Path processes = Path.of("/proc");
        assumeTrue(Files.isDirectory(processes), "there is no /proc, a directory that nobody can write");
        String recording = directory.resolve("rec").toString();
        String file = directory.resolve("rec.tlx").toString();
        assertThat(run("run", "--record", recording, guest("exit-42")).status()).isEqualTo(42);
        assertThat(run("journal", "export", recording, file).status()).isZero();
        String other = processes.resolve("other").toString();
        requireRefused(
                "cannot write the file " + other + ": there is no /proc/",
                CommandProcess.start("journal", "export", recording, other));
        requireRefused(
                "cannot make a recording at " + other + ": there is no /proc/",
                CommandProcess.start("journal", "import", file, other));
    }

    private static void requireRefused(String said, CommandProcess command) throws Exception {
        Ended ended = command.await();
        assertThat(ended.status()).as(ended.err()).isEqualTo(Ending.STORAGE);
        assertThat(ended.lastLine())
                .startsWith("trapline: exit 7, storage-failed: " + said)
                .doesNotContain("Exception");
    }

    private static CommandProcess underLimit(long bytes, String... arguments) {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/prlimit")),
                "there is no prlimit (Debian: apt install util-linux): full disks are not tested");
        return startUnder(List.of("prlimit", "--fsize=" + bytes + ":unlimited"), arguments);
    }

    private static CommandProcess startInLittleRoom(String... arguments) {
        List<String> whole = new ArrayList<>(List.of("run"));
        whole.addAll(List.of(arguments));
        return underLimit(ROOM, whole.toArray(String[]::new));
    }

    /// Permissions can keep the owner of a directory from writing, but not root, unless root drops its privileges.
    private static List<String> asOrdinaryOwner() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return List.of();
        }
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/setpriv")),
                "there is no setpriv (Debian: apt install util-linux), and root may write everywhere: directories that"
                        + " cannot be written are not tested");
        return List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search");
    }

    private void assertSameAsNeverDisturbed(Path recording) throws IOException {
        Path other = directory.resolve("undisturbed");
        run("run", "--record", other.toString(), guest("hypercall-loop"));
        assertThat(RunDigests.of(recording)).as("the run is the same").isEqualTo(RunDigests.of(other));
        Ended verified = run("journal", "verify", recording.toString());
        assertThat(verified.status()).as(verified.err()).isZero();
        assertThat(verified.lastLine()).endsWith("is sound");
        Ended replayed = run("replay", recording.toString());
        assertThat(replayed.status()).as(replayed.err()).isZero();
    }

    private static void awaitSize(Path file, CommandProcess process) throws Exception {
        awaitFile(file, process);
        // A write that does not fit is cut off at the limit.
        while (Files.size(file) < ROOM - (128 << 10)) {
            waitFor(process);
        }
    }

    private static void awaitFile(Path file, CommandProcess process) throws Exception {
        while (!Files.exists(file)) {
            waitFor(process);
        }
    }

    private static void waitFor(CommandProcess process) throws InterruptedException {
        if (!process.isAlive()) {
            throw new AssertionError("the command ended by itself: " + process.await());
        }
        // SLEEP: another process is running, and does not signal when it is done.
        Thread.sleep(5);
    }
}
