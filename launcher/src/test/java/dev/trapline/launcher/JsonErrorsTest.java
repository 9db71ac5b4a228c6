package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.launcher.Commands.Named;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// With `--format json`, every kind of error of every command is a JSON document.
class JsonErrorsTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path directory;

    @SuppressWarnings("NullAway.Init")
    private static Schemas schemas;

    private static int numbered;

    /// A command that succeeds, without its `--format json`.
    ///
    /// @param takesPlugin whether it accepts `--plugin`
    /// @param takesKeys whether it accepts `--set`
    record Whole(String words, boolean takesPlugin, boolean takesKeys) {}

    /// The output of a command.
    private record Said(int status, String out, List<JsonNode> err) {

        /// The last document: how the command ended.
        void assertResult(int expected, String kind) {
            assertThat(status).as("%s", err).isEqualTo(expected);
            JsonNode last = err.getLast();
            assertThat(last.path("schema").path("name").asText()).as("%s", err).isEqualTo("trapline.result");
            assertThat(last.path("status").asInt()).isEqualTo(expected);
            assertThat(last.path("kind").asText()).isEqualTo(kind);
            assertThat(last.path("message").asText()).isNotEmpty();
        }
    }

    @BeforeAll
    static void record() throws IOException {
        schemas = new Schemas();
        perform(OutputStream.nullOutputStream(), "run --record REC GUEST");
        perform(OutputStream.nullOutputStream(), "journal export REC PACKED");
        plugin("SPEECHLESS", UselessServices.Speechless.class);
        plugin("ENDLESS", Endless.class);
        Files.writeString(
                directory.resolve("PLAN"),
                "faults = [{ name = busy, at { function = PSCI_CPU_ON }, do { refuse = ALREADY_ON } }]");
    }

    private static void plugin(String name, Class<?> service) throws IOException {
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(directory.resolve(name)))) {
            jar.putNextEntry(new ZipEntry("META-INF/services/" + FirmwareService.class.getName()));
            jar.write(service.getName().getBytes(StandardCharsets.UTF_8));
            jar.closeEntry();
        }
    }

    static Stream<Whole> commands() {
        return Stream.of(
                new Whole("trace REC", true, false),
                new Whole("trace REC --schedule", true, false),
                new Whole("trace REC --count", true, false),
                new Whole("run GUEST", true, true),
                new Whole("replay REC", true, true),
                new Whole("replay REC --at 1", true, true),
                new Whole("who-wrote REC 0x40080000 4", true, true),
                new Whole("caps query hvc 1", true, true),
                new Whole("caps list", true, true),
                new Whole("caps toggles", true, true),
                new Whole("caps registers", true, true),
                new Whole("explore --seeds 2 GUEST", true, true),
                new Whole("minimize REC --out NEW", true, true),
                new Whole("faults check PLAN", true, true),
                new Whole("faults list", false, false),
                new Whole("journal verify REC", false, false),
                new Whole("journal info REC", false, false),
                new Whole("journal index REC", true, true),
                new Whole("journal export REC NEW", false, false),
                new Whole("journal import PACKED NEW", false, false),
                new Whole("version", false, false));
    }

    /// These commands, and a server. A server does not end by itself, so it is used only in tests in which a
    /// command fails before it begins.
    static Stream<Whole> andServer() {
        return Stream.concat(commands(), Stream.of(new Whole("serve", true, true)));
    }

    static Stream<Whole> withPlugins() {
        return commands().filter(Whole::takesPlugin);
    }

    static Stream<Whole> withKeys() {
        return andServer().filter(Whole::takesKeys);
    }

    static Stream<Whole> withRecordings() {
        return commands().filter(command -> command.words().contains("REC"));
    }

    @Test
    void everyCommandWithAFormatIsAmongThose() {
        TreeSet<String> missing = new TreeSet<>();
        Commands.all()
                .filter(command -> command.has("--format"))
                .map(Named::path)
                .forEach(missing::add);
        missing.removeIf(name -> andServer().anyMatch(command -> command.words().startsWith(name)));
        assertThat(missing).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("andServer")
    void anUnknownOptionIsADocument(Whole command) {
        perform(command.words() + " --bogus").assertResult(Ending.USAGE, "usage");
    }

    @ParameterizedTest
    @MethodSource("andServer")
    void anArgumentTooManyIsADocument(Whole command) {
        perform(command.words() + " surplus surplus").assertResult(Ending.USAGE, "usage");
    }

    @ParameterizedTest
    @MethodSource("withRecordings")
    void aRecordingThatIsNotThereIsADocument(Whole command) {
        perform(command.words().replace("REC", "ABSENT")).assertResult(Ending.USAGE, "usage");
    }

    @ParameterizedTest
    @MethodSource("withPlugins")
    void aPluginThatFailsIsADocument(Whole command) {
        perform(command.words() + " --plugin SPEECHLESS").assertResult(Ending.BROKEN, "service-failed");
        perform(command.words() + " --plugin ABSENT").assertResult(Ending.USAGE, "usage");
    }

    @ParameterizedTest
    @MethodSource("withKeys")
    void aWrongKeyIsADocumentWithItsProblem(Whole command) {
        Said said = perform(command.words() + " --set run.slcie=4");
        said.assertResult(Ending.USAGE, "usage");
        assertThat(said.err().getLast().path("problems").path(0).path("key").asText())
                .isEqualTo("trapline.run.slcie");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void outputThatCannotBeWrittenIsADocument(Whole command) {
        perform(
                        new OutputStream() {
                            @Override
                            public void write(int b) throws IOException {
                                throw new IOException("No space left on device");
                            }
                        },
                        command.words() + " --format json")
                .assertResult(Ending.STORAGE, "output-failed");
    }

    @Test
    void anUnknownCommandIsADocument() {
        perform("bogus").assertResult(Ending.USAGE, "usage");
        perform("caps bogus").assertResult(Ending.USAGE, "usage");
        perform("").assertResult(Ending.USAGE, "usage");
    }

    @Test
    void aSignalIsADocumentEvenIfAServiceHoldsTheCommand() {
        CommandProcess process = CommandProcess.start(
                "caps",
                "list",
                "--format",
                "json",
                "--plugin",
                directory.resolve("ENDLESS").toString());
        while (!Stacks.of(process.pid()).contains(Endless.class.getName() + ".descriptor")) {
            assertThat(process.isAlive()).as("the service loops").isTrue();
        }
        process.signal("INT");
        CommandProcess.Ended ended = process.await();
        Said said = new Said(ended.status(), ended.out(), documents(ended.err()));
        said.assertResult(Ending.INTERRUPTED, "interrupted");
        assertThat(said.err().getLast().path("message").asText())
                .as("the service that did not return")
                .contains(Endless.class.getName());
    }

    private static Said perform(String words) {
        return perform(OutputStream.nullOutputStream(), words + " --format json");
    }

    private static Said perform(OutputStream out, String words) {
        numbered++;
        List<String> arguments = Arrays.stream(words.strip().split(" +", -1))
                .map(word -> word.equals("GUEST")
                        ? guest("exit-42")
                        : word.matches("[A-Z]+")
                                ? directory
                                        .resolve(word.equals("NEW") ? word + numbered : word)
                                        .toString()
                                : word)
                .toList();
        StringWriter err = new StringWriter();
        int status = new Trapline(new Terminal(InputStream.nullInputStream(), out, new PrintWriter(err, true)))
                .execute(arguments);
        return new Said(status, "", words.contains("json") ? documents(err.toString()) : List.of());
    }

    private static List<JsonNode> documents(String text) {
        List<JsonNode> documents = new ArrayList<>();
        text.lines().forEach(line -> documents.add(schemas.validated(line)));
        return documents;
    }

    /// Its descriptor is never returned.
    public static final class Endless extends UselessServices.Useless {

        private volatile boolean over;

        @Override
        public ServiceDescriptor descriptor() {
            while (!over) {
                Thread.onSpinWait();
            }
            return super.descriptor();
        }
    }
}
