package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `trapline trace --follow` of a recording that another process writes.
@Tag("native")
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TraceFollowTest {

    @TempDir
    private Path directory;

    private final List<CommandProcess> recorders = new ArrayList<>();

    @AfterEach
    void stop() {
        recorders.forEach(CommandProcess::destroy);
    }

    private CommandProcess recorder(Path recording) {
        CommandProcess run = CommandProcess.start("run", "--record", recording.toString(), guest("echo"));
        recorders.add(run);
        return run;
    }

    private record Traced(int status, String out, String err) {}

    /// Output that a test can wait for.
    private static final class Awaited extends ByteArrayOutputStream {
        private final CountDownLatch some = new CountDownLatch(1);

        private void await(CompletableFuture<Traced> traced) throws InterruptedException {
            CompletableFuture<Traced> wakes = traced.whenComplete((_, _) -> some.countDown());
            assertThat(some.await(120, TimeUnit.SECONDS))
                    .as("something is shown")
                    .isTrue();
            assertThat(size()).as("shown immediately; other output: %s", wakes).isPositive();
        }

        @Override
        public synchronized void write(byte[] bytes, int from, int length) {
            super.write(bytes, from, length);
            if (length > 0) {
                some.countDown();
            }
        }
    }

    private static Traced trace(Awaited out, String... arguments) {
        StringWriter err = new StringWriter();
        Terminal terminal = new Terminal(InputStream.nullInputStream(), out, new PrintWriter(err, true));
        int status = new Trapline(terminal).execute(List.of(arguments));
        return new Traced(status, out.toString(StandardCharsets.UTF_8), err.toString());
    }

    private static void awaitRecording(Path recording) throws InterruptedException {
        while (!Files.exists(recording.resolve("manifest"))) {
            // SLEEP: another process creates it, and does not signal when.
            Thread.sleep(20);
        }
    }

    private CompletableFuture<Traced> following(Path recording, Awaited out) {
        return CompletableFuture.supplyAsync(() -> trace(out, "trace", recording.toString(), "--schedule", "--follow"));
    }

    @Test
    void aRunIsFollowedUntilItEnds() throws Exception {
        Path recording = directory.resolve("rec");
        CommandProcess run = recorder(recording);
        awaitRecording(recording);
        Awaited out = new Awaited();
        CompletableFuture<Traced> traced = following(recording, out);
        out.await(traced);
        assertThat(run.isAlive()).isTrue();
        assertThat(traced).as("it waits for more").isNotDone();
        run.type("q");
        assertThat(run.await().status()).isEqualTo(Ending.OK);

        Traced followed = traced.get(120, TimeUnit.SECONDS);
        assertThat(followed.status()).as(followed.err()).isEqualTo(Ending.OK);
        assertThat(followed.out())
                .as("as a trace of the whole recording shows it")
                .isEqualTo(trace(new Awaited(), "trace", recording.toString(), "--schedule")
                        .out());
    }

    @Test
    void aRecorderThatIsKilledEndsWhatFollowsIt() throws Exception {
        Path recording = directory.resolve("killed");
        CommandProcess run = recorder(recording);
        awaitRecording(recording);
        Awaited out = new Awaited();
        CompletableFuture<Traced> traced = following(recording, out);
        out.await(traced);
        run.destroy();
        Traced followed = traced.get(120, TimeUnit.SECONDS);
        assertThat(followed.status()).as(followed.err()).isEqualTo(Ending.OK);
        assertThat(followed.out()).isNotEmpty();
    }

    @Test
    void aRecordingThatIsClosedIsNotWaitedFor() throws Exception {
        Path recording = directory.resolve("closed");
        assertThat(CommandProcess.run("run", "--record", recording.toString(), guest("exit-42"))
                        .status())
                .isEqualTo(42);
        Traced followed = trace(new Awaited(), "trace", recording.toString(), "--follow");
        assertThat(followed.status()).isEqualTo(Ending.OK);
        assertThat(followed.out())
                .isNotEmpty()
                .isEqualTo(trace(new Awaited(), "trace", recording.toString()).out());
    }
}
