package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static dev.trapline.launcher.CommandProcess.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.machine.Image;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.journal.recording.Survey;
import dev.trapline.launcher.CommandProcess.Ended;
import dev.trapline.launcher.output.Ending;
import dev.trapline.testkit.LinuxGuest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The real command, killed while it records: the recording is valid, replays, and can be continued.
class CrashSafetyTest {

    private static final int KILLS = Boolean.getBoolean("trapline.full") ? 200 : 20;

    private static final List<String> DURABILITIES = List.of("none", "interval", "every-segment");

    /// A replay takes as long as its recording, so only one of this many killed recordings is replayed and
    /// continued. The durabilities are used in turn.
    private static final int REPLAY_EVERY = 7;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path directory;

    /// The end of the run without a kill.
    @SuppressWarnings("NullAway.Init")
    private static String digests;

    @BeforeAll
    static void runToTheEnd() throws IOException {
        Path whole = directory.resolve("whole");
        Ended ended = run("run", "--record", whole.toString(), guest("hypercall-loop"));
        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.err())
                .as("the summary says how much is durable")
                .containsPattern("durable: all [0-9,]+ segments \\(--durability interval\\)");
        digests = RunDigests.of(whole);
        assertThat(Files.readString(whole.resolve("result.json")))
                .containsPattern("\"durability\":\"interval\",\"segments\":([0-9]+),\"durableSegments\":\\1\\b");
    }

    @Test
    void whatAKilledRecorderLeavesIsSoundReplaysAndCanBeContinued() throws Exception {
        Random dice = new Random(20);
        for (int kill = 0; kill < KILLS; kill++) {
            String durability = DURABILITIES.get(kill % DURABILITIES.size());
            Path recording = directory.resolve(durability + kill);
            CommandProcess recorder = CommandProcess.start(
                    "run", "--durability", durability, "--record", recording.toString(), guest("hypercall-loop"));
            long seen = awaitSegments(recording, 1 + dice.nextInt(8), recorder);
            recorder.signal("KILL");
            recorder.await();
            assertLeft(recording, seen);
            if (kill % REPLAY_EVERY == 0) {
                goOn(recording, digests);
            }
        }
    }

    /// The limit passes while the recorded part is repeated, which calls services all the time: none holds it up.
    @Test
    void aTimeLimitEndsAContinuationWithoutNamingAService() throws Exception {
        Path recording = directory.resolve("limited");
        CommandProcess recorder =
                CommandProcess.start("run", "--record", recording.toString(), guest("hypercall-loop"));
        awaitSegments(recording, 60, recorder);
        recorder.signal("KILL");
        recorder.await();
        Ended limited = run("run", "--continue", recording.toString(), "--timeout", "1ms");
        assertThat(limited.status()).as(limited.err()).isEqualTo(Ending.LIMIT);
        assertThat(limited.err()).doesNotContain("did not return");
        Ended verified = run("journal", "verify", recording.toString());
        assertThat(verified.status()).as(verified.err()).isZero();
    }

    @Test
    void aBootOfLinuxThatIsKilledReplaysAndCanBeContinued() throws Exception {
        List<Image> images = LinuxGuest.images("echo \"online: $(cat /sys/devices/system/cpu/online)\"\n");
        for (Image image : images) {
            Files.write(directory.resolve(image.name()), image.content().toArray());
        }
        Path whole = directory.resolve("linux");
        Ended ended = run(linux(whole));
        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.out()).contains("online: 0-1", "GUEST-ENDED");
        long segments = Survey.of(Recordings.open(whole, OpenOptions.STRICT)).segments();
        Path killed = directory.resolve("linux-killed");
        CommandProcess recorder = CommandProcess.start(linux(killed));
        awaitSegments(killed, segments / 2, recorder);
        recorder.signal("KILL");
        recorder.await();
        goOn(killed, RunDigests.of(whole));
    }

    private static String[] linux(Path recording) {
        return new String[] {
            "run",
            "--board",
            "virt",
            "--cpus",
            "2",
            "--memory",
            "192M",
            "--append",
            "console=ttyAMA0 quiet",
            "--initrd",
            directory.resolve("initrd").toString(),
            "--kernel",
            directory.resolve("vmlinuz").toString(),
            "--record",
            recording.toString()
        };
    }

    private static void assertLeft(Path recording, long seen) {
        try (RecordingReader reader = Recordings.open(recording, OpenOptions.STRICT)) {
            Survey survey = Survey.of(reader);
            assertThat(survey.damage()).as("%s is sound", recording).isNull();
            assertThat(survey.complete())
                    .as("%s was killed before its end", recording)
                    .isFalse();
            assertThat(survey.segments())
                    .as("%s: everything that could be read before the kill can be read after it", recording)
                    .isGreaterThanOrEqualTo(seen);
        }
    }

    private static void goOn(Path recording, String digests) throws IOException {
        Ended replayed = run("replay", recording.toString());
        assertThat(replayed.status()).as(replayed.err()).isZero();
        assertThat(replayed.err())
                .as("it reports where the recording ends")
                .contains("was not closed", "last whole segment", "no divergence up to ");
        Ended continued = run("run", "--continue", recording.toString());
        assertThat(continued.status()).as(continued.err()).isZero();
        assertThat(RunDigests.of(recording))
                .as("a run that was killed and continued ends like one that was not")
                .isEqualTo(digests);
        Ended verified = run("journal", "verify", recording.toString());
        assertThat(verified.status()).as(verified.err()).isZero();
        assertThat(verified.lastLine()).endsWith("is sound");
        Ended again = run("replay", recording.toString());
        assertThat(again.status())
                .as("the whole of it replays: %s", again.err())
                .isZero();
    }

    @Test
    void aRunThatEndedIsNotContinued() {
        Ended ended = run("run", "--continue", directory.resolve("whole").toString());
        assertThat(ended.status()).isEqualTo(Ending.USAGE);
        assertThat(ended.out()).as("the guest must not have run").isEmpty();
        assertThat(ended.lastLine()).contains("is of a run that ended", "nothing to continue");
    }

    @Test
    void whatTheRecordingSaysCannotBeSaidAgain() {
        Ended ended = run("run", "--continue", directory.resolve("whole").toString(), "--cpus", "2");
        assertThat(ended.status()).isEqualTo(Ending.USAGE);
        assertThat(ended.lastLine()).contains("--cpus 2 has no effect: --continue takes it from the recording");
    }

    @Test
    void whatComesFromOutsideCanBeSaidAgain() {
        Ended ended = run(
                "run",
                "--continue",
                directory.resolve("whole").toString(),
                "--interrupt",
                "0@slice:5",
                "--event",
                "804@slice:5",
                "--timeout",
                "1m",
                "--durability",
                "none");
        assertThat(ended.lastLine())
                .as("the only error is that the run has ended")
                .contains("is of a run that ended");
    }

    @Test
    void aRecordingThatIsBeingWrittenIsNotContinuedByAnotherProcess() throws Exception {
        Path recording = directory.resolve("busy");
        CommandProcess recorder = CommandProcess.start("run", "--record", recording.toString(), guest("echo"));
        while (!Files.exists(recording.resolve("lock"))) {
            // SLEEP: another process is running, and does not signal when it is done.
            Thread.sleep(20);
        }
        awaitSegments(recording, 0, recorder);
        Ended ended = run("run", "--continue", recording.toString());
        recorder.signal("KILL");
        recorder.await();
        assertThat(ended.status()).as(ended.err()).isEqualTo(Ending.USAGE);
        assertThat(ended.lastLine()).contains("is being written by another process");
    }

    /// Follows a recording until it has this number of segments, and returns its number of segments.
    private static long awaitSegments(Path recording, long wanted, CommandProcess recorder) throws Exception {
        while (true) {
            if (!recorder.isAlive()) {
                throw new AssertionError("the recorder ended by itself: " + recorder.await());
            }
            // SLEEP: another process writes the file, and does not signal when it is done.
            Thread.sleep(5);
            if (!Files.exists(recording.resolve("journal.mv"))) {
                continue;
            }
            try (RecordingReader reader = Recordings.open(recording, OpenOptions.STRICT)) {
                if (reader.segmentCount() >= wanted) {
                    return reader.segmentCount();
                }
            } catch (RecordingException e) {
                assertThat(e.kind())
                        .as("only the very beginning may be missing: %s", e.getMessage())
                        .isIn(RecordingException.Kind.DAMAGED, RecordingException.Kind.NOT_A_RECORDING);
            }
        }
    }
}
