package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import dev.trapline.config.ConfigLoader;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.Terminal;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// No configuration key is silently ignored: `--set` of a key that a command does not use is refused, and such a key in
/// a file is reported. This test has the keys of `reference.conf` that each command uses; [OptionsTest] has the keys of
/// a run that depend on others.
class ConfigKeysTest {

    private static final String ROOT = "trapline.";

    /// Keys of the sections that are empty in the reference.
    private static final Map<String, String> OF_SECTIONS = Map.of(
            "firmware.toggles.psci", "on",
            "firmware.services.psci.version", "1.1",
            "firmware.registers.PSCI_VERSION", "0x10001");

    private static final List<String> OF_REPLAYS =
            List.of("replay.checkpoints.", "engine.library", "engine.shortcuts", "run.plugins");
    private static final List<String> OF_STRAIGHT_REPLAYS =
            List.of("engine.library", "engine.shortcuts", "run.plugins");
    private static final List<String> OF_POLICIES = List.of("firmware.", "run.plugins");
    private static final List<String> OF_CONTINUATIONS = List.of(
            "run.timeout",
            "run.input",
            "run.expect",
            "run.faults",
            "run.interrupts",
            "run.serrors",
            "run.console-size",
            "run.power-button",
            "run.events",
            "run.entropy",
            "run.plugins",
            "run.result",
            "record.durability",
            "record.durability-interval",
            "record.patience",
            "engine.library",
            "engine.shortcuts");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path directory;

    /// @param uses keys, and sections with a dot at their end
    record Case(String command, List<String> uses, String key, String value) {

        boolean isUsed() {
            return uses.stream().anyMatch(use -> use.endsWith(".") ? key.startsWith(use) : key.equals(use));
        }

        @Override
        public String toString() {
            return command + " --set " + key + "=" + value;
        }
    }

    @BeforeAll
    static void makeARecording() {
        assertThat(perform("run --max-instructions 10 --record REC GUEST", new ArrayList<>()))
                .isEqualTo(Ending.LIMIT);
    }

    static Stream<Case> cases() {
        Map<String, String> keys = new TreeMap<>(OF_SECTIONS);
        Config reference = ConfigFactory.parseResources(
                ConfigLoader.class,
                "reference.conf",
                ConfigParseOptions.defaults().setAllowMissing(false));
        reference
                .entrySet()
                .forEach(entry -> keys.put(
                        entry.getKey().substring(ROOT.length()),
                        entry.getValue().render(ConfigRenderOptions.concise())));
        assertThat(keys).hasSizeGreaterThan(40);
        Map<String, List<String>> commands = Map.of(
                "replay REC", OF_STRAIGHT_REPLAYS,
                "replay REC --at 1", OF_REPLAYS,
                "replay REC --jobs 2", OF_REPLAYS,
                "journal index REC", OF_REPLAYS,
                "who-wrote REC 0x40080000 4", OF_REPLAYS,
                "minimize REC", OF_STRAIGHT_REPLAYS,
                "caps list", OF_POLICIES,
                "run --continue REC", OF_CONTINUATIONS);
        return new TreeMap<>(commands)
                .entrySet().stream()
                        .flatMap(command -> keys.entrySet().stream()
                                .map(key ->
                                        new Case(command.getKey(), command.getValue(), key.getKey(), key.getValue())));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aKeyThatTheCommandDoesNotUseIsRefused(Case line) {
        List<String> err = new ArrayList<>();
        int status = perform(line.toString(), err);
        if (line.isUsed()) {
            assertThat(err).as("it is used").noneMatch(said -> said.contains(line.key()));
        } else {
            assertThat(status).as("%s", err).isEqualTo(Ending.USAGE);
            String shown = line.key().equals("record.postgresql.url") ? "" : line.key();
            assertThat(err.getLast()).contains("--set " + shown, " has no effect: ");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        replay REC --set record.postgresql.user=me      | the events of REC
        replay REC --set record.patience=1s             | record.patience=1s has no effect:
        replay REC --set run.result=x                   | --result FILE
        replay REC --set machine.cpus=2                 | machine.cpus=2 has no effect:
        run --continue REC --set record.postgresql.user=me | the events of REC
        run --set firmware.toggles.export-failed-condition-calls=on GUEST | AArch32
        run --set firmware.toggles.hvc=off --set firmware.toggles.smc=off --set firmware.toggles.psci=off GUEST | \
        firmware.toggles.psci=off has no effect:
        run --set firmware.toggles.psci=off --set firmware.toggles.psci-to-user=off GUEST | \
        firmware.toggles.psci-to-user=off has no effect:
        run --set firmware.resident=[psci] --set firmware.toggles.psci-to-user=on GUEST | \
        'psci' in firmware.resident has no effect: the toggle 'psci-to-user'
        caps list --set firmware.resident=[psci] --set firmware.toggles.psci=off | \
        'psci' in firmware.resident has no effect:
        caps list --set firmware.toggles.psci=off --set firmware.services.psci.version=1.0 | \
        the toggle 'psci'
        run --set record.store=postgresql --set record.postgresql.url=jdbc:postgresql://localhost/x \
        --set record.postgresql.password=p --set record.postgresql.password-file=/p --record NEW GUEST | \
        record.postgresql.password is set
        """)
    void itIsSaidWhy(String words, String because) {
        List<String> err = new ArrayList<>();
        assertThat(perform(words, err)).as("%s", err).isEqualTo(Ending.USAGE);
        assertThat(String.join("\n", err))
                .contains(because.replace("REC", directory.resolve("REC").toString()));
    }

    @ParameterizedTest
    @CsvSource({"engine.shortcuts = none", "engine.shortcuts = stores"})
    void aFileThatIsForRunsTooIsOfUseToAReplay(String line) throws Exception {
        Path file = Files.writeString(directory.resolve("mine.conf"), "trapline." + line + "\n");
        List<String> err = new ArrayList<>();
        assertThat(perform("replay REC --config " + file, err)).as("%s", err).isEqualTo(Ending.OK);
        assertThat(err).noneMatch(said -> said.contains("effect"));
    }

    @ParameterizedTest
    @CsvSource({"engine.shortcuts=nonsense", "engine.library=/nonsense"})
    void whatReplaysUseOfTheEngineIsLookedAt(String assignment) {
        List<String> err = new ArrayList<>();
        assertThat(perform("replay REC --set " + assignment, err)).as("%s", err).isEqualTo(Ending.USAGE);
        assertThat(err.getLast()).contains("nonsense");
    }

    private static int perform(String words, List<String> err) {
        List<String> arguments = Arrays.stream(words.split(" ", -1))
                .map(word -> switch (word) {
                    case "REC", "NEW" -> directory.resolve(word).toString();
                    case "GUEST" -> guest("exit-42");
                    default -> word;
                })
                .toList();
        StringWriter text = new StringWriter();
        Terminal terminal = new Terminal(
                InputStream.nullInputStream(), OutputStream.nullOutputStream(), new PrintWriter(text, true));
        int status = new Trapline(terminal).execute(arguments);
        text.toString().lines().forEach(err::add);
        return status;
    }
}
