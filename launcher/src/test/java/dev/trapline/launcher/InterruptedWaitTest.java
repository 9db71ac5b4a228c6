package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static dev.trapline.launcher.CommandProcess.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.launcher.CommandProcess.Ended;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.testkit.HostTools;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A command that waits for something that never happens: a signal ends it, and it reports that.
class InterruptedWaitTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private static void assertInterrupted(CommandProcess process, String signal, String command) {
        process.signal(signal);
        Ended ended = process.await();
        assertThat(ended.status()).as("%s: %s", command, ended.err()).isEqualTo(Ending.INTERRUPTED);
        assertThat(ended.lastLine()).as(command).startsWith("trapline: exit 130, interrupted: ");
    }

    /// Waits until a thread dump of the process shows a thread there.
    private static void awaitStack(CommandProcess process, String frame) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (process.isAlive() && System.nanoTime() < end) {
            if (Stacks.of(process.pid()).contains(frame)) {
                return;
            }
        }
        throw new AssertionError("no thread is in " + frame + ": " + process.await());
    }

    @ParameterizedTest
    @CsvSource({
        "run --input /dev/stdin GUEST, INT",
        "run --input /dev/fd/0 GUEST, TERM",
        "run --config /dev/stdin GUEST, INT",
        "run --flash /dev/stdin, TERM",
        "run /dev/stdin, INT",
    })
    void aPipeThatNobodyWritesTo(String command, String signal) {
        CommandProcess process = CommandProcess.start(
                command.replace("GUEST", guest("smp-hello")).split(" "));
        awaitStack(process, "BoundedFile.readPipe");
        assertInterrupted(process, signal, command);
    }

    /// The process ends soon then, and would leave a recording half made.
    @Test
    void aRunThatIsAskedToEndBeforeItBeginsMakesNoRecording() {
        StringWriter err = new StringWriter();
        Terminal terminal = new Terminal(
                InputStream.nullInputStream(), OutputStream.nullOutputStream(), new PrintWriter(err, true));
        terminal.endRequest().ask();
        Path recording = directory.resolve("rec");
        int status =
                new Trapline(terminal).execute(List.of("run", "--record", recording.toString(), guest("smp-hello")));
        assertThat(status).as(err.toString()).isEqualTo(Ending.INTERRUPTED);
        assertThat(recording).doesNotExist();
    }

    /// The limit is in force from the start: for each file that is read, and also if the configuration sets it.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "run --timeout 300ms --config /dev/stdin GUEST",
                "run --set run.timeout=300ms --config /dev/stdin GUEST",
                "run --timeout 300ms --config INCLUDES GUEST",
                "run --config LIMIT --input /dev/stdin GUEST",
                "run --timeout 300ms --input /dev/fd/0 GUEST",
                "run --timeout 300ms --flash /dev/stdin",
                "run --timeout 300ms /dev/stdin",
                "run --timeout 300ms --format json --config /dev/stdin GUEST",
            })
    void theTimeLimitHoldsForAPipeThatNobodyWritesTo(String form) throws IOException {
        Path includes = Files.writeString(directory.resolve("includes.conf"), "include \"/dev/stdin\"");
        Path limit = Files.writeString(directory.resolve("limit.conf"), "trapline.run.timeout = 300ms");
        String command = form.replace("GUEST", guest("smp-hello"))
                .replace("INCLUDES", includes.toString())
                .replace("LIMIT", limit.toString());
        Ended ended = CommandProcess.start(command.split(" ")).await();
        assertThat(ended.status()).as("%s: %s", command, ended.err()).isEqualTo(Ending.LIMIT);
        assertThat(ended.lastLine())
                .as("what it waited for: %s", command)
                .contains("limit", "--timeout", "before the run began, while it waited for the pipe /dev/");
    }

    @Test
    void theTimeLimitHoldsForADatabaseThatSaysNothing() throws IOException {
        try (Silent silent = new Silent()) {
            Ended ended = CommandProcess.startWith(
                            Map.of("TRAPLINE_POSTGRESQL_URL", silent.url()),
                            "run",
                            "--timeout",
                            "300ms",
                            "--set",
                            "record.store=postgresql",
                            "--record",
                            directory.resolve("rec").toString(),
                            guest("smp-hello"))
                    .await();
            assertThat(ended.status()).as(ended.err()).isEqualTo(Ending.LIMIT);
            assertThat(ended.lastLine()).contains("--timeout", "while it waited for the database");
        }
    }

    /// The system holds a lock while a library's own code runs when it is opened, and would also wait for that code
    /// at the end of the process.
    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "--timeout"})
    void aLibraryThatDoesNotReturnWhenItIsOpened(String end) throws IOException, InterruptedException {
        HostTools.assumePresent("gcc", "libraries that hang are not tested");
        Path opened = directory.resolve("opened");
        HostTools.execute(directory, "mkfifo", opened.toString());
        Files.writeString(directory.resolve("hangs.c"), """
            #include <fcntl.h>
            #include <unistd.h>
            __attribute__((constructor)) static void hang(void) {
                close(open(OPENED, O_WRONLY));
                for (;;) pause();
            }
            """);
        String library = directory.resolve("hangs.so").toString();
        HostTools.execute(
                directory, "gcc", "-shared", "-fPIC", "-DOPENED=\"" + opened + "\"", "-o", library, "hangs.c");
        boolean limited = end.equals("--timeout");
        CommandProcess process = CommandProcess.start(
                "run", "--timeout", limited ? "300ms" : "1h", "--library", library, guest("smp-hello"));
        try (InputStream pipe = Files.newInputStream(opened)) {
            assertThat(pipe.read()).as("it is in the library's code now").isEqualTo(-1);
            if (limited) {
                Ended ended = process.await();
                assertThat(ended.status()).as(ended.err()).isEqualTo(Ending.LIMIT);
                assertThat(ended.lastLine()).contains("while it waited for the library " + library);
            } else {
                assertInterrupted(process, end, "run --library");
            }
        } finally {
            process.destroy();
        }
    }

    /// Accepts connections, and sends nothing.
    private static final class Silent implements AutoCloseable {

        private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final List<Socket> clients = new ArrayList<>();

        Silent() throws IOException {
            // Long enough for a process to start on a busy host.
            server.setSoTimeout(60_000);
        }

        String url() {
            return "jdbc:postgresql://127.0.0.1:" + server.getLocalPort() + "/x";
        }

        void awaitClient() throws IOException {
            Socket client = server.accept();
            clients.add(client);
            // The first byte of the client: it has connected, and waits for an answer.
            client.getInputStream().read();
        }

        @Override
        public void close() throws IOException {
            for (Socket client : clients) {
                client.close();
            }
            server.close();
        }
    }

    @Test
    void aDatabaseThatSaysNothing() throws IOException {
        Path recording = directory.resolve("rec");
        assertThat(run("run", "--record", recording.toString(), guest("smp-hello"))
                        .status())
                .isZero();
        try (Silent silent = new Silent()) {
            Path manifest = recording.resolve("manifest");
            Files.writeString(manifest, Files.readString(manifest).replace("mvstore", silent.url()));
            String rec = recording.toString();
            boolean odd = false;
            for (List<String> command : List.of(
                    List.of("journal", "info", rec),
                    List.of("journal", "verify", rec),
                    List.of("journal", "index", rec),
                    List.of(
                            "journal",
                            "export",
                            rec,
                            directory.resolve("out.tlx").toString()),
                    List.of("trace", rec),
                    List.of("who-wrote", rec, "0x40080000", "4"),
                    List.of("replay", rec),
                    List.of("replay", rec, "--at", "3"),
                    List.of("replay", rec, "--jobs", "2"),
                    List.of("run", "--continue", rec))) {
                CommandProcess process = CommandProcess.startWith(
                        Map.of("TRAPLINE_POSTGRESQL_URL", silent.url()), command.toArray(String[]::new));
                process.type("");
                silent.awaitClient();
                assertInterrupted(process, odd ? "TERM" : "INT", command.toString());
                odd = !odd;
            }
        }
        assertThat(directory).as("no export is left behind").isDirectoryNotContaining("glob:**out.tlx*");
    }
}
