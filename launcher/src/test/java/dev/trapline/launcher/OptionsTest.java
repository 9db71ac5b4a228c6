package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// No option is silently ignored: if an option has no effect, the command refuses it or reports that. `options.csv` has
/// every option of every command.
class OptionsTest {

    private static final String REFUSED = "refused";
    private static final String TOLD = "told";
    private static final String ALWAYS = "always";

    /// The size of a journal with at least one complete segment.
    private static final long A_SEGMENT = 200_000;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path directory;

    private static int numbered;

    /// A line of the table.
    record Line(String command, String option, String how, String words, String said) {

        @Override
        public String toString() {
            return command + " " + option + ": " + words;
        }
    }

    @BeforeAll
    static void makeWhatTheTableNames() throws IOException, InterruptedException {
        file("RAW", "raw");
        file("MACHINE", "trapline.machine.cpus = 2\n");
        file("PLAN", "faults = [{ at { function = SYSTEM_RESET }, do { refuse = -1 } }]\n");
        file("NEVER", "faults = [{ at { vcpu = 3 }, do { refuse = -1 } }]\n");
        file("RECORDS", "trapline.record.patience = 1s\n");
        file("HIDDEN", """
            trapline.firmware {
              toggles.psci = off
              rules = [{ functions = 0x84000003, action = forward }]
            }
            """);
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(directory.resolve("PLUGIN")))) {
            jar.putNextEntry(new ZipEntry("META-INF/services/dev.trapline.abi.firmware.FirmwareService"));
            jar.write(CountingService.class.getName().getBytes(StandardCharsets.UTF_8));
            jar.closeEntry();
        }
        perform("run --record REC GUEST");
        CommandProcess recorder = CommandProcess.start(
                "run", "--record", directory.resolve("KILLED").toString(), guest("hypercall-loop"));
        Path journal = directory.resolve("KILLED").resolve("journal.mv");
        while (!Files.exists(journal) || Files.size(journal) < A_SEGMENT) {
            assertThat(recorder.isAlive()).as("it has much to record").isTrue();
            Thread.onSpinWait();
        }
        recorder.signal("KILL");
        recorder.await();
    }

    private static void file(String name, String text) throws IOException {
        Files.writeString(directory.resolve(name), text);
    }

    private static List<Line> lines() throws IOException {
        try (InputStream table = Objects.requireNonNull(OptionsTest.class.getResourceAsStream("/options.csv"))) {
            return new String(table.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#") && !line.isBlank())
                    .map(line -> Arrays.stream(line.split("\\|", 5))
                            .map(String::strip)
                            .toList())
                    .map(cells -> new Line(cells.get(0), cells.get(1), cells.get(2), cells.get(3), cells.get(4)))
                    .toList();
        }
    }

    static Stream<Line> linesOfWords() throws IOException {
        return lines().stream().filter(line -> !line.how().equals(ALWAYS));
    }

    @ParameterizedTest
    @MethodSource("linesOfWords")
    void whatIsWithoutEffectIsRefusedOrTold(Line line) {
        Map<String, String> names = new TreeMap<>();
        List<String> err = new ArrayList<>();
        int status = perform(line.words(), names, err);
        String said = line.said();
        for (Map.Entry<String, String> name : names.entrySet()) {
            said = said.replace(name.getKey(), name.getValue());
        }
        assertThat(line.how()).isIn(REFUSED, TOLD);
        if (line.how().equals(REFUSED)) {
            assertThat(status).as("%s", err).isEqualTo(Ending.USAGE);
            assertThat(String.join("\n", err))
                    .as("it is reported before anything runs")
                    .contains(said);
        } else {
            assertThat(status).as("%s", err).isNotEqualTo(Ending.USAGE);
            assertThat(String.join("\n", err)).contains("trapline: ", said);
        }
    }

    @Test
    void everyOptionOfEveryCommandIsInTheTable() throws IOException {
        TreeSet<String> options = new TreeSet<>();
        Commands.all()
                .forEach(command -> command.line().getCommandSpec().options().stream()
                        .filter(option -> !option.usageHelp() && !option.versionHelp())
                        .forEach(option -> options.add(command.path() + " " + option.longestName())));
        TreeSet<String> inTable = new TreeSet<>();
        lines().forEach(line -> inTable.add(line.command() + " " + line.option()));
        assertThat(inTable).isEqualTo(options);
    }

    private static void perform(String words) {
        List<String> err = new ArrayList<>();
        perform(words, new TreeMap<>(), err);
        assertThat(Files.exists(directory.resolve("REC"))).as("%s", err).isTrue();
    }

    /// @param names receives the meanings of the table's names
    /// @param err receives the lines of standard error
    private static int perform(String words, Map<String, String> names, List<String> err) {
        numbered++;
        for (String name : List.of("RAW", "MACHINE", "RECORDS", "HIDDEN", "PLUGIN", "PLAN", "NEVER", "REC")) {
            names.put(name, directory.resolve(name).toString());
        }
        names.put("GUEST", guest("exit-42"));
        names.put("DTB", directory.resolve("RAW").toString());
        names.put("NEW", directory.resolve("new" + numbered).toString());
        names.put("NEWREC", copy("REC"));
        names.put("CUT", copy("KILLED"));
        List<String> arguments = Arrays.stream(words.split(" ", -1))
                .map(word -> names.getOrDefault(word, word))
                .toList();
        StringWriter text = new StringWriter();
        Terminal terminal = new Terminal(
                InputStream.nullInputStream(), OutputStream.nullOutputStream(), new PrintWriter(text, true));
        int status = new Trapline(terminal).execute(arguments);
        text.toString().lines().forEach(err::add);
        return status;
    }

    /// A copy of the recording for each command, because continuing a recording changes it.
    private static String copy(String recording) {
        Path from = directory.resolve(recording);
        Path to = directory.resolve(recording.toLowerCase(java.util.Locale.ROOT) + numbered);
        if (Files.exists(from)) {
            try (Stream<Path> files = Files.walk(from)) {
                for (Path file : files.toList()) {
                    Files.copy(file, to.resolve(from.relativize(file)));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return to.toString();
    }
}
