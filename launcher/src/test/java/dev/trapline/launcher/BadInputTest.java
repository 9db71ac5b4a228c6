package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a user reads who got something wrong: status 2, or 1 where it is a plugin's code; always the reason in the last
/// line.
class BadInputTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private record Said(int status, String out, String err) {
        String lastLine() {
            List<String> lines = err.lines().toList();
            return lines.get(lines.size() - 1);
        }
    }

    private static Said perform(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringWriter err = new StringWriter();
        Terminal terminal = new Terminal(InputStream.nullInputStream(), out, new PrintWriter(err, true));
        int status = new Trapline(terminal).execute(List.of(arguments));
        return new Said(status, out.toString(StandardCharsets.UTF_8), err.toString());
    }

    private static void assertRefused(Said said, String... words) {
        assertThat(said.status()).as(said.err()).isEqualTo(Ending.USAGE);
        assertThat(said.out()).as("standard output is the guest's").isEmpty();
        assertThat(said.lastLine()).startsWith("trapline: exit 2, ").contains(words);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        ''                        | no command given
        run                       | nothing to run
        run --bogus               | Unknown option: '--bogus'
        runn                      | Unmatched argument at index 0: 'runn'
        run absent.elf            | image absent.elf: no such file
        run --cpus 0 a.elf        | --cpus 0: trapline.machine.cpus takes a whole number from 1 to 64, not 0
        run --cpus 65 a.elf       | --cpus 65: trapline.machine.cpus takes a whole number from 1 to 64, not 65
        run --set run.slcie=4 a   | --set run.slcie=4: trapline.run.slcie is not a key; did you mean trapline.run.slice?
        run --timeout 10 a.elf    | --timeout 10: trapline.run.timeout takes a duration with its unit
        run --config absent.conf  | --config absent.conf: no such file
        run --plugin absent.jar   | plugin absent.jar: no such file
        run --flash absent.bin    | flash image absent.bin: no such file
        run ..                    | image .. is a directory
        replay                    | Missing required parameter: 'DIR'
        replay absent             | there is no recording at absent
        trace absent              | there is no recording at absent
        trace --format xml a      | Invalid value for option '--format'
        """)
    void eachMistakeHasItsReasonInTheLastLine(String command, String reason) {
        assertRefused(perform(command.isEmpty() ? new String[0] : command.split(" ")), reason);
    }

    @Test
    void severalErrorsOfAConfigurationAreAllPrinted() {
        Said said = perform("run", "--cpus", "0", "--memory", "7", "--schedule", "fair", "a.elf");
        assertRefused(said, "3 errors in the configuration");
        assertThat(said.err()).contains("--cpus 0: ", "--memory 7: ", "--schedule fair: ");
    }

    @Test
    void aLibraryThatIsNoneIsNamed() throws IOException {
        Path library = Files.writeString(directory.resolve("lib.so"), "not a library");
        assertRefused(perform("run", "--library", library.toString(), guest("spin")), library.toString());
        assertRefused(perform("run", "--library", "absent.so", guest("spin")), "absent.so");
    }

    @Test
    void aPluginThatIsNoJarOrHasNoServiceIsNamed() throws IOException {
        Path text = Files.writeString(directory.resolve("a.jar"), "not a jar");
        assertRefused(perform("run", "--plugin", text.toString(), guest("spin")), text.toString(), "is not a JAR file");
        Path empty = jar("b.jar", "nothing", "");
        assertRefused(perform("run", "--plugin", empty.toString(), guest("spin")), "has no firmware service");
        Path broken = jar("c.jar", "META-INF/services/dev.trapline.abi.firmware.FirmwareService", "absent.Service\n");
        assertRefused(perform("run", "--plugin", broken.toString(), guest("spin")), "absent.Service");
    }

    @Test
    void aServiceThatThrowsBeforeTheRunIsNamed() throws IOException {
        Path undescribed = jar(
                "e.jar",
                "META-INF/services/dev.trapline.abi.firmware.FirmwareService",
                Undescribed.class.getName() + "\n");
        Said said = perform("run", "--plugin", undescribed.toString(), guest("spin"));
        assertBroken(said, Undescribed.class.getName(), "lower-case", "Not A Name");
        Path unstartable = jar(
                "f.jar",
                "META-INF/services/dev.trapline.abi.firmware.FirmwareService",
                Unstartable.class.getName() + "\n");
        said = perform("run", "--plugin", unstartable.toString(), guest("exit-42"));
        assertBroken(said, "service 'unstartable'", "at its start", "no ignition");
    }

    private static void assertBroken(Said said, String... words) {
        assertThat(said.status()).as(said.err()).isEqualTo(Ending.BROKEN);
        assertThat(said.lastLine())
                .startsWith("trapline: exit 1, service-failed: ")
                .contains(words);
        assertThat(said.err())
                .as("the stack trace: it is the user's code")
                .contains("\tat " + BadInputTest.class.getName());
    }

    /// A service that cannot say what it is.
    public static final class Undescribed extends Useless {
        @Override
        public ServiceDescriptor descriptor() {
            return new ServiceDescriptor("Not A Name", "1", List.of(), List.of(), List.of());
        }
    }

    /// A service that does not start.
    public static final class Unstartable extends Useless {
        @Override
        public ServiceDescriptor descriptor() {
            return new ServiceDescriptor("unstartable", "1", List.of(), List.of(), List.of());
        }
    }

    /// What both have in common: nothing works.
    public abstract static class Useless implements FirmwareService<Integer> {
        @Override
        public Integer start(ServiceContext context) {
            throw new IllegalStateException("no ignition");
        }

        @Override
        public Reply<Integer> apply(Integer state, ServiceCall call, GuestMemory memory) {
            return Reply.of(state);
        }
    }

    @Test
    void twoServicesOfOneNameAreBothNamed() throws IOException {
        Path doubled = jar(
                "d.jar",
                "META-INF/services/dev.trapline.abi.firmware.FirmwareService",
                SecondExitService.class.getName() + "\n");
        assertRefused(
                perform("run", "--plugin", doubled.toString(), guest("spin")),
                "two firmware services are named 'exit'",
                "dev.trapline.firmware.exit.ExitService",
                SecondExitService.class.getName());
    }

    @Test
    void twoPluginsWithOneClassAreBothNamed() throws IOException {
        String entry = "META-INF/services/dev.trapline.abi.firmware.FirmwareService";
        Path first = jar("g.jar", entry, Unstartable.class.getName() + "\n");
        Path second = jar("h.jar", entry, "# ours\n" + Unstartable.class.getName() + " # and no other\n");
        assertRefused(
                perform("run", "--plugin", first.toString(), "--plugin", second.toString(), guest("spin")),
                first.toString(),
                second.toString(),
                "both have a service class " + Unstartable.class.getName());
    }

    @Test
    void aResultFileThatCannotBeWrittenIsNamedBeforeAnythingRuns() {
        Path absent = directory.resolve("absent").resolve("result.json");
        Path recording = directory.resolve("rec");
        assertRefused(
                perform("run", "--result", absent.toString(), "--record", recording.toString(), guest("exit-42")),
                "--result " + absent + " cannot be written");
        assertThat(recording).as("nothing ran").doesNotExist();
        assertRefused(
                perform("run", "--result", directory.toString(), guest("exit-42")), directory + " is a directory");
        assertRefused(perform("replay", "--result", absent.toString(), "rec"), "--result " + absent);
    }

    @Test
    void theResultFileTellsOfARefusalToo() throws IOException {
        Path result = directory.resolve("result.json");
        assertRefused(perform("run", "--result", result.toString(), "absent.elf"), "absent.elf");
        assertThat(Files.readString(result))
                .startsWith("{\"status\":2,\"kind\":\"usage\",\"message\":\"image absent.elf");
    }

    @Test
    void helpNamesExamplesAndEveryExitStatus() {
        Said said = perform("run", "--help");
        assertThat(said.status()).isZero();
        assertThat(said.out()).contains("Examples:", "Exit status:", "--max-instructions", "130");
        assertThat(said.err()).isEmpty();
    }

    @Test
    void completionIsGeneratedForTheShell() {
        Said said = perform("generate-completion");
        assertThat(said.status()).isZero();
        assertThat(said.out()).contains("--max-instructions", "complete -F");
    }

    private Path jar(String name, String entry, String content) throws IOException {
        Path path = directory.resolve(name);
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(path))) {
            jar.putNextEntry(new ZipEntry(entry));
            jar.write(content.getBytes(StandardCharsets.UTF_8));
            jar.closeEntry();
        }
        return path;
    }
}
