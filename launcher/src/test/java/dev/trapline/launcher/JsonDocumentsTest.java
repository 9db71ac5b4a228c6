package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trapline.launcher.Commands.Named;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.launcher.serve.ServeCommand;
import java.io.ByteArrayOutputStream;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Every document that a command prints conforms to a schema in docs/schema, without other fields.
class JsonDocumentsTest {

    private static final String JSON = " --format json";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path directory;

    @SuppressWarnings("NullAway.Init")
    private static Schemas schemas;

    private record Said(int status, List<JsonNode> out, List<JsonNode> err) {
        JsonNode last() {
            return err.getLast();
        }
    }

    @BeforeAll
    static void record() throws IOException {
        schemas = new Schemas();
        perform("run --cpus 4 --record REC GUEST/smp-hello.elf");
        perform("run --cpus 2 --interrupt 0:40@slice:3 --event 804@slice:5 --record INJ GUEST/smp-counter.elf");
        perform("run --record FAULT --result RESULT GUEST/fault-write.elf");
        perform("run --record WAITS --cpus 2 GUEST/wfi-all.elf");
        perform("run --record CODE GUEST/smp-patch.elf --cpus 2");
        Files.writeString(
                directory.resolve("PLAN"), "faults = [ { at { function = PSCI_CPU_ON }, do { delay = 1ms } } ]\n");
        perform("run --cpus 4 --faults PLAN --record FAULTY GUEST/smp-hello.elf");
    }

    /// Every schema was used.
    @AfterAll
    static void everySchemaWasUsed() throws IOException {
        assertThat(schemas.used())
                .as("documents that the commands have printed")
                .containsExactlyElementsOf(Schemas.names());
    }

    private static String[] words(String command) {
        String guests = CommandProcess.GUESTS.toString();
        return Arrays.stream(command.split(" ", -1))
                .map(word -> word.startsWith("GUEST/")
                        ? guests + word.substring(5)
                        : word.matches("[A-Z]+(\\.tlx)?")
                                ? directory.resolve(word).toString()
                                : word)
                .toArray(String[]::new);
    }

    /// Executes a command, and validates each line of its output if it is JSON.
    private static Said perform(String command) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringWriter err = new StringWriter();
        Terminal terminal = new Terminal(InputStream.nullInputStream(), out, new PrintWriter(err, true));
        int status = new Trapline(terminal).execute(List.of(words(command)));
        if (!command.contains("json")) {
            return new Said(status, List.of(), List.of());
        }
        return new Said(status, documents(out.toString(StandardCharsets.UTF_8)), documents(err.toString()));
    }

    private static List<JsonNode> documents(String text) {
        List<JsonNode> documents = new ArrayList<>();
        text.lines().forEach(line -> documents.add(schemas.validated(line)));
        return documents;
    }

    static Stream<String> commands() {
        return Stream.of(
                "version",
                "version --engine",
                "caps list",
                "caps list --set firmware.rules=[{functions=0xC4000003,action=deny}]",
                "caps toggles",
                "caps registers",
                "caps registers --write VENDOR_HYP_BMAP=0",
                "caps query hvc PSCI_CPU_ON",
                "caps query smc 0xC4000003 --state t32",
                "caps query hvc --imm 7",
                "trace REC",
                "trace INJ",
                "trace FAULT",
                "trace REC --count",
                "trace INJ --count",
                "trace REC --schedule",
                "trace FAULT --schedule",
                "trace WAITS --schedule",
                "trace CODE --schedule",
                "trace FAULTY",
                "faults list",
                "faults check PLAN",
                "explore --seeds 3 --cpus 2 GUEST/smp-hello.elf",
                "minimize FAULT --out SMALLER",
                "replay REC --at 9",
                "replay REC --at 9:3",
                "replay REC --at hypercall#9 --registers --disassemble --memory 0x40080000 16",
                "who-wrote REC 0x40080000 16",
                "who-wrote REC 0x40082f00 256 --before hypercall#9",
                "journal info REC",
                "journal verify REC",
                "journal index REC",
                "journal export REC NEWA",
                "journal export --without-images REC NEWB");
    }

    /// The document that [ServeTest] reads from a running server.
    @Test
    void whereAServerListensIsADocument() {
        assertThat(schemas.validated(ServeCommand.document("akka://trapline@127.0.0.1:25590"))
                        .get("address")
                        .asText())
                .isEqualTo("akka://trapline@127.0.0.1:25590");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyDocumentIsOneOfTheSchemas(String command) {
        Said said = perform(command.replace(
                        "NEW", "X" + Integer.toHexString(command.hashCode()).replaceAll("[^A-Z]", "") + "NEW")
                + JSON);
        assertThat(said.status()).isZero();
        assertThat(said.out()).as("there is an answer").isNotEmpty();
        assertThat(said.out())
                .as("everything except the answer is on standard error")
                .noneMatch(document ->
                        document.path("schema").path("name").asText().matches(".*(notice|result)"));
    }

    @Test
    void whatWasExportedIsImported() {
        perform("journal export REC PACKED.tlx");
        assertThat(perform("journal import PACKED.tlx UNPACKED" + JSON).out()).hasSize(1);
    }

    @Test
    void everyCommandWithAFormatIsAmongThose() {
        TreeSet<String> missing = new TreeSet<>();
        Commands.all()
                .filter(command -> command.isLeaf() && command.has("--format"))
                .map(Named::path)
                .forEach(missing::add);
        missing.removeIf(command -> commands().anyMatch(c -> c.startsWith(command)));
        assertThat(missing).containsExactly("journal import", "run", "serve");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        run --format json GUEST/absent.elf                  | 2 | usage
        trace REC --format json --bogus                   | 2 | usage
        bogus --format=json                               | 2 | usage
        trace ABSENT --format json                        | 2 | usage
        caps query svc 1 --format json                    | 2 | usage
        caps list --format json --set machine.cpus=99     | 2 | usage
        caps registers --write X --format json            | 2 | usage
        replay REC --at 999 --format json                 | 2 | usage
        trace REC --schedule --function 1 --format json   | 2 | usage
        trace REC --schedule --count --format json        | 2 | usage
        trace REC --from 9 --to 3 --format json           | 2 | usage
        """)
    void whatGoesWrongIsADocumentOnStandardError(String command, int status, String kind) {
        Said said = perform(command);
        assertThat(said.status()).isEqualTo(status);
        assertThat(said.out()).as("no output that looks like an answer").isEmpty();
        assertThat(said.last().path("schema").path("name").asText()).isEqualTo("trapline.result");
        assertThat(said.last().path("status").asInt()).isEqualTo(status);
        assertThat(said.last().path("kind").asText()).isEqualTo(kind);
        assertThat(said.last().path("message").asText()).isNotEmpty();
    }

    @Test
    void aConfigurationsErrorsComeWithFileAndLine() throws IOException {
        Files.writeString(directory.resolve("BAD"), "trapline {\n  machine.cpus = 99\n  run.slcie = 3\n}\n");
        Said said = perform("caps list --format json --config BAD");
        List<Integer> lines = new ArrayList<>();
        for (JsonNode problem : said.last().path("problems")) {
            assertThat(problem.path("file").asText()).endsWith("BAD");
            assertThat(problem.path("key").asText()).startsWith("trapline.");
            lines.add(problem.path("line").asInt());
        }
        assertThat(lines).containsExactlyInAnyOrder(2, 3);
    }

    @Test
    void damageIsADocumentWithItsPlace() throws IOException {
        perform("run --record LONG --slice 1 GUEST/hypercall-loop-1k.elf");
        Path journal = directory.resolve("LONG").resolve("journal.mv");
        byte[] bytes = Files.readAllBytes(journal);
        bytes[bytes.length / 3] ^= 1;
        Files.write(journal, bytes);
        for (String command : List.of("trace LONG", "journal verify LONG", "journal info LONG")) {
            Said said = perform(command + JSON);
            assertThat(said.status()).as(command).isEqualTo(Ending.STORAGE);
            assertThat(said.last().path("kind").asText()).as(command).isEqualTo("damaged");
        }
        assertThat(perform("trace LONG" + JSON)
                        .last()
                        .path("damage")
                        .path("position")
                        .path("slice")
                        .isNumber())
                .isTrue();
        assertThat(perform("journal verify LONG" + JSON)
                        .out()
                        .getFirst()
                        .path("damage")
                        .path("segment")
                        .isNumber())
                .isTrue();
    }

    @Test
    void aDivergenceIsADocumentWithItsReport() throws IOException {
        perform("run --record OTHER GUEST/exit-42.elf");
        Path image;
        try (Stream<Path> images = Files.list(directory.resolve("OTHER").resolve("images"))) {
            image = images.findFirst().orElseThrow();
        }
        Files.copy(
                Path.of(guest("exit-42").replace("exit-42", "spin")),
                image,
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Said said = perform("replay OTHER --ignore-image-hash --at 1 --format json");
        assertThat(said.status()).as("%s", said.err()).isEqualTo(Ending.DIVERGED);
        assertThat(said.last().path("kind").asText()).isEqualTo("diverged");
    }

    @Test
    void outputThatCannotBeWrittenIsADocumentToo() {
        StringWriter err = new StringWriter();
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        Terminal terminal = new Terminal(InputStream.nullInputStream(), full, new PrintWriter(err, true));
        assertThat(new Trapline(terminal).execute(List.of("caps", "toggles", "--format", "json")))
                .isEqualTo(Ending.STORAGE);
        assertThat(documents(err.toString()).getLast().path("kind").asText()).isEqualTo("output-failed");
    }

    @Test
    void theResultFileOfARunAndThatOfItsRecordingAreDocuments() throws IOException {
        for (String file : List.of("RESULT", "REC/result.json", "INJ/result.json", "WAITS/result.json")) {
            JsonNode result = schemas.validated(Files.readString(directory.resolve(file)));
            assertThat(result.path("outcome").path("kind").asText())
                    .as("for a run, the outcome and the result of the command have the same kind")
                    .isEqualTo(result.path("kind").asText());
        }
        perform("replay FAULT --result REPLAYED");
        JsonNode replayed = schemas.validated(Files.readString(directory.resolve("REPLAYED")));
        assertThat(replayed.path("kind").asText()).isEqualTo("replayed");
        assertThat(replayed.path("outcome").path("kind").asText()).isEqualTo("guest-failed");
    }

    @Test
    void aTraceAndAReplayNameACallAlike() {
        JsonNode call = perform("trace REC --function PSCI_CPU_ON" + JSON).out().get(1);
        JsonNode machine = perform(
                        "replay REC --at hypercall#" + call.path("hypercall").asInt() + JSON)
                .out()
                .getFirst();
        assertThat(machine.path("position")).isEqualTo(call.path("position"));
        assertThat(machine.path("ticks")).isEqualTo(call.path("ticks"));
        JsonNode slice = perform("trace REC --schedule --from "
                        + call.path("position").path("slice").asInt() + JSON)
                .out()
                .getFirst();
        assertThat(slice.path("exit").path("hypercall")).isEqualTo(call.path("hypercall"));
        assertThat(slice.path("vcpu")).isEqualTo(call.path("vcpu"));
    }
}
