package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static dev.trapline.launcher.InProcess.perform;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.launcher.CommandProcess.Ended;
import dev.trapline.launcher.output.Ending;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Messages for errors of the user: status 2, or 1 for errors in a plugin's code, and the reason in the last line.
class BadInputTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private static void assertRefused(Ended said, String... words) {
        assertThat(said.status()).as(said.err()).isEqualTo(Ending.USAGE);
        assertThat(said.out()).as("standard output is the guest's").isEmpty();
        assertThat(said.lastLine()).startsWith("trapline: exit 2, ").contains(words);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        ''                        | no command given
        run                       | nothing to run
        run --bogus               | there is no option --bogus
        generate-completion --bogus | there is no option --bogus
        generate-completion more  | more
        run --cpu 2 a.elf         | there is no option --cpu; did you mean --cpus?
        runn                      | there is no command 'runn'; did you mean run?
        caps lst                  | there is no command 'lst'; did you mean list?
        replay a b                | 'b'
        journal export a          | FILE is missing: trapline journal export DIR FILE
        caps query                | CONDUIT is missing
        run --cpus 1 --cpus 2 a   | option '--cpus' (N) should be specified only once
        run absent.elf            | image absent.elf: no such file
        run --cpus 0 a.elf        | --cpus 0: trapline.machine.cpus takes a whole number from 1 to 64, not 0
        run --cpus 65 a.elf       | --cpus 65: trapline.machine.cpus takes a whole number from 1 to 64, not 65
        run --set run.slcie=4 a   | --set run.slcie=4: trapline.run.slcie is not a key; did you mean trapline.run.slice?
        run --timeout 10 a.elf    | --timeout 10: trapline.run.timeout takes a duration with its unit
        run --config absent.conf  | --config absent.conf: no such file
        run --plugin absent.jar   | plugin absent.jar: no such file
        run --flash absent.bin    | flash image absent.bin: no such file
        run ..                    | image .. is a directory
        replay                    | DIR is missing: trapline replay DIR
        replay absent             | there is no recording at absent
        trace absent              | there is no recording at absent
        trace --format xml a      | Invalid value for option '--format'
        """)
    void eachMistakeHasItsReasonInTheLastLine(String command, String reason) {
        assertRefused(perform(command.isEmpty() ? new String[0] : command.split(" ")), reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        --durability none                  | --record
        --set record.patience=1s           | --record
        --set record.postgresql.user=me    | --record
        --set run.input-interval=1ms       | --input
        --seed 7 --set run.entropy=host    | schedule
        --set replay.checkpoints.budget=1G | replay
        --set firmware.services.psci.version=1.1 --set firmware.toggles.psci=off | 'psci'
        --set firmware.services.psci.trusted-os-cpu=0     | firmware.services.psci.trusted-os is none
        --set firmware.services.psci.default-suspend=core-standby --set firmware.services.psci.without=CPU_DEFAULT_SUSPEND | firmware.services.psci.without is CPU_DEFAULT_SUSPEND
        --set firmware.services.smccc.soc-name=x --set firmware.services.smccc.version=1.1 | firmware.services.smccc.version is 1.1
        --set firmware.services.smccc.workaround-1=none --set firmware.services.smccc.version=1.0 | firmware.services.smccc.version is 1.0
        --set firmware.services.smccc.feature-availability=off --set firmware.services.smccc.version=1.4 | firmware.services.smccc.version is 1.4
        --set firmware.services.smccc.soc-revision=1 --set firmware.services.smccc.soc-version=none | firmware.services.smccc.soc-version is none
        --set firmware.services.smccc.standard-hyp-revision=1.1 --set firmware.services.smccc.standard-hyp-uid=none | firmware.services.smccc.standard-hyp-uid is none
        """)
    void whatHasNoEffectOnARunIsRefused(String options, String reason) {
        List<String> words = new ArrayList<>(List.of("run"));
        words.addAll(List.of(options.split(" ")));
        words.add(guest("exit-42"));
        String option = options.startsWith("--set") || options.startsWith("--seed")
                ? words.get(1) + " " + shown(words.get(2))
                : options;
        assertRefused(perform(words.toArray(String[]::new)), option + " has no effect: ", reason);
    }

    /// No message repeats the value of a database's key: it may hold a password.
    private static String shown(String assignment) {
        return assignment.startsWith("record.postgresql.") ? assignment.replaceFirst("=.*", "=...") : assignment;
    }

    @Test
    void severalOptionsWithoutEffectAreAllNamed() {
        Ended said = perform("run", "--durability", "none", "--set", "run.input-interval=1ms", guest("exit-42"));
        assertRefused(said, "2 options without effect");
        assertThat(said.err())
                .contains("--durability none has no effect", "--set run.input-interval=1ms has no effect");
    }

    @Test
    void aKeyOfAFileThatHasNoEffectIsReportedAndNotRefused() throws IOException {
        Path file = Files.writeString(
                directory.resolve("machine.conf"),
                "trapline.record.patience = 1s\ntrapline.replay.checkpoints.budget = 1G\n");
        Ended said = perform("run", "--config", file.toString(), guest("exit-42"));
        assertThat(said.status()).as(said.err()).isEqualTo(42);
        assertThat(said.err())
                .contains(file + ":1: trapline.record.patience has no effect")
                .as("a file may serve replays as well")
                .doesNotContain("replay.checkpoints");
    }

    @Test
    void anOptionThatAStrongerOneOverridesIsReported() {
        Ended said = perform("run", "--cpus", "2", "--set", "machine.cpus=1", guest("exit-42"));
        assertThat(said.status()).as(said.err()).isEqualTo(42);
        assertThat(said.err())
                .contains("--cpus 2 has no effect: --set machine.cpus=1 sets trapline.machine.cpus as well");
    }

    @Test
    void whatContinuesARecordingOrLooksAtAPolicyTakesNoOtherKeys() {
        assertRefused(perform("caps", "list", "--set", "run.slice=5"), "--set run.slice=5 has no effect");
    }

    @Test
    void aFileInTheWrongPlaceIsNamedWithTheCommandThatTakesIt() throws IOException {
        String elf = guest("exit-42");
        assertRefused(perform(elf), elf + " is a guest; run it with: trapline run " + elf);
        assertRefused(perform("replay", elf), elf + " is a guest; run it with: trapline run " + elf);
        String recording = directory.resolve("rec").toString();
        assertThat(perform("run", "--record", recording, elf).status()).isEqualTo(42);
        assertRefused(perform("run", recording), recording + " is a recording; replay it with: trapline replay ");
        assertRefused(perform(recording), recording + " is a recording; replay it with: trapline replay ");
        String packed = directory.resolve("rec.tlx").toString();
        assertThat(perform("journal", "export", recording, packed).status()).isZero();
        for (String command : List.of("replay", "trace", "journal info", "journal verify", "journal index")) {
            List<String> words = new ArrayList<>(List.of(command.split(" ")));
            words.add(packed);
            assertRefused(
                    perform(words.toArray(String[]::new)),
                    packed + " is an exported recording; import it first: trapline journal import " + packed);
        }
        assertRefused(perform("run", packed), packed + " is an exported recording; import it first");
        assertRefused(perform("run", "--dtb", "absent", packed), packed + " is an exported recording; import it first");
        assertRefused(perform("journal", "import", elf, recording + "2"), elf + " is a guest");
        assertRefused(perform("journal", "import", recording, recording + "2"), recording + " is a recording");
        assertRefused(perform("run", "--flash", elf), elf + " is a guest");
        assertRefused(
                perform("run", "--load-address", "0x40080000", elf), "--load-address 0x40080000 has no effect", "ELF");
        assertRefused(perform("replay", directory.toString()), "there is no recording in the directory " + directory);
        assertRefused(
                perform("run", "--interrupt", "9@time:5ms", elf),
                "--interrupt 9@time:5ms: the machine has no vCPU 9, it has vCPU 0 alone; --cpus 10 gives it more");
        assertRefused(
                perform("run", "--cpus", "2", "--event", "805:3@slice:1", elf),
                "--event 805:3@slice:1: the machine has no vCPU 3, it has 0 to 1");
    }

    @Test
    void whatNeverHappenedIsReportedAtTheEnd() throws IOException {
        Path input = Files.writeString(directory.resolve("typed"), "abc");
        Ended said = perform(
                "run",
                "--interrupt",
                "0@time:5s",
                "--event",
                "804@slice:1000000",
                "--input",
                input.toString(),
                "--seed",
                "7",
                guest("exit-42"));
        assertThat(said.status()).as(said.err()).isEqualTo(42);
        assertThat(said.err())
                .contains("--interrupt 0@time:5s never happened: the run ended at 0.0")
                .contains("--event 804@slice:1000000 never happened: the run ended at 0.0")
                .contains("--input " + input + ": its last 3 bytes were never typed: ")
                .contains("--seed had no effect: the schedule is not random");
        assertThat(perform("run", "--seed", "7", "--schedule", "random", guest("exit-42"))
                        .err())
                .as("a random schedule takes the seed")
                .doesNotContain("no effect");
        assertThat(perform("run", "--seed", "7", guest("conform-trng")).err())
                .as("entropy takes the seed")
                .doesNotContain("no effect");
    }

    @Test
    void severalErrorsOfAConfigurationAreAllPrinted() {
        Ended said = perform("run", "--cpus", "0", "--memory", "7", "--schedule", "fair", "a.elf");
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
        Ended said = perform("run", "--plugin", undescribed.toString(), guest("spin"));
        assertBroken(said, Undescribed.class.getName(), "lower-case", "Not A Name");
        Path unstartable = jar(
                "f.jar",
                "META-INF/services/dev.trapline.abi.firmware.FirmwareService",
                Unstartable.class.getName() + "\n");
        said = perform("run", "--plugin", unstartable.toString(), guest("exit-42"));
        assertBroken(said, "service 'unstartable'", "at its start", "no ignition");
    }

    private static void assertBroken(Ended said, String... words) {
        assertThat(said.status()).as(said.err()).isEqualTo(Ending.BROKEN);
        assertThat(said.lastLine())
                .startsWith("trapline: exit 1, service-failed: ")
                .contains(words);
        assertThat(said.err())
                .as("the stack trace: it is the user's code")
                .contains("\tat " + BadInputTest.class.getName());
    }

    /// A service without a descriptor.
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

    /// The common part of both: nothing works.
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
        assertRefused(
                perform("run", "--result", absent.toString(), guest("exit-42")),
                "there is no directory " + absent.getParent());
        assertRefused(perform("run", "--result", "/dev/zero", guest("exit-42")), "--result /dev/zero is a device");
    }

    @Test
    void aResultFileThatIsALinkToNothingIsNamedAsSuch() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("dangling"), directory.resolve("gone"));
        assertRefused(
                perform("run", "--result", link.toString(), guest("exit-42")),
                "--result " + link + " is a link to " + directory.resolve("gone"));
    }

    @Test
    void aPluginThatIsNoFileIsNamedWithWhatToGive() {
        assertRefused(
                perform("run", "--plugin", directory.toString(), guest("exit-42")),
                "plugin " + directory + " is a directory: give a JAR file");
    }

    @Test
    void theResultFileTellsOfARefusalToo() throws IOException {
        Path result = directory.resolve("result.json");
        assertRefused(perform("run", "--result", result.toString(), "absent.elf"), "absent.elf");
        assertThat(Files.readString(result)).contains("\"status\":2,\"kind\":\"usage\",\"message\":\"image absent.elf");
    }

    @Test
    void helpNamesExamplesAndEveryExitStatus() {
        Ended said = perform("run", "--help");
        assertThat(said.status()).isZero();
        assertThat(said.out()).contains("Examples:", "Exit status:", "--max-instructions", "130");
        assertThat(said.err()).isEmpty();
    }

    @Test
    void completionIsGeneratedForTheShell() {
        Ended said = perform("generate-completion");
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
