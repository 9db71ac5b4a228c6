package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static dev.trapline.launcher.CommandProcess.run;
import static dev.trapline.launcher.CommandProcess.startUnder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.trapline.launcher.Commands.Named;
import dev.trapline.launcher.output.BrokenPipe;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.Output;
import dev.trapline.launcher.output.ResultFile;
import dev.trapline.launcher.output.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Output that cannot be written is never silently lost: every command ends with status 7 and a message.
class LostOutputTest {

    private static final Path FULL = Path.of("/dev/full");
    private static final String SENTENCE = "standard output cannot be written";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path directory;

    @SuppressWarnings("NullAway.Init")
    private static String recording;

    private record Said(int status, String err) {
        String lastLine() {
            List<String> lines = err.lines().toList();
            return lines.isEmpty() ? "" : lines.getLast();
        }
    }

    @BeforeAll
    static void record() throws IOException {
        recording = directory.resolve("rec").toString();
        assertThat(run("run", "--cpus", "2", "--record", recording, guest("smp-hello"))
                        .status())
                .isZero();
        perform(OutputStream.nullOutputStream(), "journal", "export", recording, recording + ".tlx");
        String failing = directory.resolve("bad").toString();
        perform(OutputStream.nullOutputStream(), "run", "--record", failing, guest("exit-42"));
        Files.writeString(
                directory.resolve("plan"),
                "faults = [{ name = busy, at { function = PSCI_CPU_ON }, do { refuse = ALREADY_ON } }]");
    }

    private static Said perform(OutputStream out, String... arguments) {
        StringWriter err = new StringWriter();
        Terminal terminal = new Terminal(InputStream.nullInputStream(), out, new PrintWriter(err, true));
        int status = new Trapline(terminal).execute(List.of(arguments));
        return new Said(status, err.toString());
    }

    /// Each command that prints, in each output format.
    static Stream<String> commands() {
        return Stream.of(
                "--help",
                "help",
                "help run",
                "--version",
                "generate-completion",
                "run --help",
                "run --version",
                "run GUEST",
                "run --cpus 2 GUEST",
                "replay REC",
                "replay REC --jobs 2",
                "replay REC --from 3",
                "replay REC --at 3",
                "replay REC --at 3 --format json",
                "trace REC",
                "trace REC --format json",
                "caps --help",
                "caps query hvc PSCI_CPU_ON",
                "caps query hvc PSCI_CPU_ON --format json",
                "caps list",
                "caps list --format json",
                "caps toggles",
                "caps toggles --format json",
                "caps registers",
                "caps registers --format json",
                "explore --seeds 2 GUEST",
                "explore --seeds 2 --format json GUEST",
                "minimize BAD --out NEW",
                "minimize BAD --out NEW --format json",
                "faults list",
                "faults list --format json",
                "faults check PLAN",
                "faults check PLAN --format json",
                "version",
                "version --engine",
                "version --engine --format json",
                "who-wrote REC 0x40080000 16",
                "who-wrote REC 0x40080000 16 --format json",
                "journal schema",
                "journal info REC",
                "journal info REC --format json",
                "journal verify REC",
                "journal verify REC --format json",
                "journal index REC",
                "journal index REC --format json",
                "journal export REC NEW",
                "journal export REC NEW --format json",
                "journal import REC.tlx NEW",
                "journal import REC.tlx NEW --format json");
    }

    private static int numbered;

    private static String[] words(String command) {
        numbered++;
        return command.replace("GUEST", guest("smp-hello"))
                .replace("REC", recording)
                .replace("BAD", directory.resolve("bad").toString())
                .replace("PLAN", directory.resolve("plan").toString())
                .replace("NEW", directory.resolve("new" + numbered).toString())
                .split(" ", -1);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void whatCannotBeWrittenEndsWithSevenAndASentence(String command) {
        Said said = perform(new FailingAfter(0, "No space left on device"), words(command));
        assertThat(said.status()).as(said.err()).isEqualTo(Ending.STORAGE);
        assertThat(said.lastLine()).contains("output-failed", SENTENCE + " (No space left on device)");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void anEndThatCannotBeWrittenIsNoticedAsWell(String command) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        perform(whole, words(command));
        Said said = perform(new FailingAfter(whole.size() - 1, "No space left on device"), words(command));
        assertThat(said.status()).as(said.err()).isEqualTo(Ending.STORAGE);
        assertThat(said.lastLine()).contains(SENTENCE);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void aReaderThatGoesAwayHasSeenEnough(String command) throws IOException {
        Said said = perform(broken(), words(command));
        assertThat(said.err()).doesNotContain("cannot be written", "interrupted", "went away", "\tat ");
        assertThat(said.status()).as(said.err()).isEqualTo(Ending.OK);
    }

    /// A guest that prints without end.
    private static String talker() throws IOException {
        ByteBuffer code = ByteBuffer.allocate(6 * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        code.putInt(0xd2a12000) // mov x0, #0x9000000: the UART
                .putInt(0x52800f21) // mov w1, #'y'
                .putInt(0x39000001) // strb w1, [x0]
                .putInt(0x52800141) // mov w1, #'\n'
                .putInt(0x39000001)
                .putInt(0x17fffffc); // b to the first mov of w1
        return Files.write(directory.resolve("talker.bin"), code.array()).toString();
    }

    @Test
    void aRunWhoseReaderGoesAwayEndsInSilenceAndItsRecordingIsSound() throws IOException {
        String kept = directory.resolve("unread").toString();
        Path result = directory.resolve("unread.json");
        Said said = perform(
                broken(),
                "run",
                "--record",
                kept,
                "--result",
                result.toString(),
                "--load-address",
                "0x40080000",
                talker());
        assertThat(said.err()).as("silent").isEmpty();
        assertThat(said.status()).as("no error").isEqualTo(Ending.OK);
        for (Path file : List.of(result, Path.of(kept, ResultFile.IN_RECORDING))) {
            assertThat(Files.readString(file))
                    .as("programs read it from the result file")
                    .contains("\"status\":0,\"kind\":\"reader-gone\"");
        }
        assertThat(perform(OutputStream.nullOutputStream(), "journal", "verify", kept)
                        .err())
                .contains("sound")
                .doesNotContain("killed");
        assertThat(perform(OutputStream.nullOutputStream(), "replay", kept).lastLine())
                .startsWith("trapline: exit 0, replayed: no divergence");
        for (String replay : List.of("", "--jobs 2", "--from 1", "--at 1")) {
            Said again =
                    perform(broken(), ("replay " + kept + " " + replay).strip().split(" ", -1));
            assertThat(again.status()).as(replay).isEqualTo(Ending.OK);
            assertThat(again.err()).as(replay).doesNotContain("exit 130", "went away", "cannot be written");
        }
    }

    @Test
    void aRunThatNobodyReadsEndsInTheRealProcessToo() throws IOException {
        List<String> shell = List.of("bash", "-c", "set -o pipefail; \"$@\" | head -n 1", "bash");
        CommandProcess.Ended ended = startUnder(shell, "run", "--load-address", "0x40080000", talker())
                .await();
        assertThat(ended.out()).isEqualTo("y\n");
        assertThat(ended.err()).isEmpty();
        assertThat(ended.status())
                .as("a pipeline that checks every status continues")
                .isZero();
    }

    @Test
    void everyCommandIsAmongThose() {
        TreeSet<String> missing = new TreeSet<>();
        Commands.all().filter(Named::isLeaf).map(Named::path).forEach(missing::add);
        missing.removeIf(command -> commands().anyMatch(c -> c.startsWith(command)));
        assertThat(missing)
                .as("commands whose output is not lost here: those of 'demo' and 'serve' are in processes of their own,"
                        + " and the build's own commands print nothing")
                .containsExactly("demo", "prepare", "serve", "train");
    }

    @Test
    void theOutcomeIsNamedWithTheLoss() {
        // It prints and ends in one slice, so that the loss cannot stop it before its end.
        Said said = perform(new FailingAfter(0, "No space left on device"), "run", guest("exit-42"));
        assertThat(said.lastLine()).as("the message without the failure").containsPattern("exit 7, .* exit 42, ");
    }

    @ParameterizedTest
    @CsvSource({"run GUEST", "replay REC", "trace REC", "caps list", "demo", "--help", "generate-completion"})
    void theRealProcessSaysItOnAFullDeviceAndWithAClosedDescriptor(String command) {
        assumeTrue(Files.exists(FULL), "there is no /dev/full");
        for (String to : List.of(">/dev/full", ">&-")) {
            List<String> shell = List.of("sh", "-c", "exec \"$@\" " + to, "sh");
            CommandProcess.Ended ended = startUnder(shell, words(command)).await();
            assertThat(ended.status()).as(to + ": " + ended.err()).isEqualTo(Ending.STORAGE);
            assertThat(ended.lastLine()).as(to).contains("trapline: exit 7, output-failed: " + SENTENCE);
        }
    }

    @Test
    void theScriptKeepsAClosedDescriptorFromTheFilesThatItOpens() throws IOException {
        String script = Files.readString(CommandProcess.HOME.resolve("trapline"));
        assertThat(script.lines().limit(20))
                .as("before anything is opened")
                .contains(
                        "{ true <&0; } 2>/dev/null || exec 0>/dev/null",
                        "{ true >&1; } 2>/dev/null || exec 1</dev/null",
                        "true >&2 || exec 2>/dev/null");
    }

    @Test
    void aReaderOfTheRealProcessThatGoesAwayIsNoFailure() {
        List<String> shell = List.of("sh", "-c", "\"$@\" | head -n 1; wait", "sh");
        CommandProcess.Ended ended =
                startUnder(shell, "caps", "list", "--format", "text").await();
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out().lines()).hasSize(1);
    }

    @Test
    void messagesThatCannotBeWrittenMakeASuccessAFailure() {
        assumeTrue(Files.exists(FULL), "there is no /dev/full");
        List<String> shell = List.of("sh", "-c", "exec \"$@\" 2>/dev/full", "sh");
        assertThat(startUnder(shell, "run", guest("smp-hello")).await().status())
                .as("status 0 would mean that all output was written")
                .isEqualTo(Ending.STORAGE);
        assertThat(startUnder(shell, "run", guest("exit-42")).await().status())
                .as("another status is not replaced")
                .isEqualTo(42);
    }

    @ParameterizedTest
    @CsvSource({"run GUEST", "replay REC", "replay REC --at 3", "journal index REC", "run absent.elf"})
    void aResultFileThatCannotBeWrittenEndsWithSevenAndASentence(String command) {
        assumeTrue(Files.exists(FULL), "there is no /dev/full");
        List<String> words = new ArrayList<>(Arrays.asList(words(command)));
        words.addAll(List.of("--result", FULL.toString()));
        Said said = perform(OutputStream.nullOutputStream(), words.toArray(String[]::new));
        assertThat(said.status()).as(said.err()).isEqualTo(Ending.STORAGE);
        assertThat(said.lastLine())
                .startsWith("trapline: exit 7, output-failed: the result file /dev/full cannot be written");
    }

    @ParameterizedTest
    @CsvSource({"run GUEST", "replay REC", "replay REC --at 3", "journal index REC"})
    void theResultFileIsWrittenByEveryCommandThatTakesOne(String command) throws IOException {
        Path result = directory.resolve("result" + numbered + ".json");
        List<String> words = new ArrayList<>(Arrays.asList(words(command)));
        words.addAll(List.of("--result", result.toString()));
        Said said = perform(OutputStream.nullOutputStream(), words.toArray(String[]::new));
        assertThat(said.status()).as(said.err()).isZero();
        assertThat(Files.readString(result)).contains("\"status\":0");
    }

    @Test
    void onlyABrokenPipeIsTakenForOne() throws IOException {
        try (OutputStream unread = broken()) {
            assertThat(BrokenPipe.is(failure(unread))).isTrue();
        }
        assumeTrue(Files.exists(FULL), "there is no /dev/full");
        try (OutputStream full = new FileOutputStream(FULL.toFile())) {
            assertThat(BrokenPipe.is(failure(full))).isFalse();
        }
        assertThat(BrokenPipe.is(new IOException())).as("without a message").isFalse();
    }

    @Test
    void nothingIsWrittenAfterAHole() {
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        Output output = new Output(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                if (b == 'x') {
                    throw new IOException("once");
                }
                kept.write(b);
            }
        });
        failure(output, "axb");
        failure(output, "c");
        assertThat(kept.toString(java.nio.charset.StandardCharsets.US_ASCII)).isEqualTo("a");
        assertThat(output.loss()).isEqualTo("once");
    }

    private static IOException failure(OutputStream out) {
        return failure(out, "text");
    }

    private static IOException failure(OutputStream out, String text) {
        try {
            out.write(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        } catch (IOException e) {
            return e;
        }
        throw new AssertionError("it was written");
    }

    /// A pipe without a reader.
    private static OutputStream broken() throws IOException {
        Pipe pipe = Pipe.open();
        pipe.source().close();
        return Channels.newOutputStream(pipe.sink());
    }

    /// Accepts a number of bytes, and then fails.
    private static final class FailingAfter extends OutputStream {
        private final ByteBuffer room;
        private final String message;

        FailingAfter(int bytes, String message) {
            this.room = ByteBuffer.allocate(bytes);
            this.message = message;
        }

        @Override
        public void write(int b) throws IOException {
            if (!room.hasRemaining()) {
                throw new IOException(message);
            }
            room.put((byte) b);
        }
    }
}
