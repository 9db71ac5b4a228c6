package dev.trapline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.trapline.abi.machine.MachineSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a configuration includes: any file that the user can read, and not always one that was meant.
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class IncludedFilesTest {

    private static final String SECRET = "hunter2";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private Path write(String name, String text) {
        try {
            return Files.writeString(directory.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String refused(Path file) {
        ConfigException refused = catchThrowableOfType(
                ConfigException.class,
                () -> new ConfigLoader().file(file).load().validate(ConfigFixture.SERVICES));
        assertThat(refused).as("it is an error of the configuration").isNotNull();
        return String.valueOf(refused.getMessage());
    }

    private MachineSpec machine(Path file) {
        return new ConfigLoader()
                .file(file)
                .load()
                .validate(ConfigFixture.SERVICES)
                .machine();
    }

    /// Files of other kinds than configurations: each holds the secret in a place that some message would repeat.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "hunter2",
                "hunter2\nhunter2",
                "db.example.org:5432:*:me:hunter2",
                "root:hunter2:0:0:root:/root:/bin/sh",
                "root:$6$hunter2$x/y:19000:0:99999:7:::",
                "hunter2=",
                "=hunter2",
                "a = hunter2$x",
                "a = hunter2`x",
                "a = \"hunter2",
                "a = [hunter2",
                "a = { hunter2",
                "a = hunter2 }",
                "a = [1] hunter2",
                "hunter2 = 1",
                "hunter2.hunter2 = 1",
                "hunter2 { x = 1 }",
                "a-hunter2 = ${trapline.machine.cpus}",
                "a-hunter2 = ${trapline.machine}",
                "a-hunter2 = ${?PATH}",
                "-----BEGIN PRIVATE KEY-----\nhunter2==\n-----END PRIVATE KEY-----",
                "[default]\naws_secret_access_key = hunter2",
                "machine example.org login me password hunter2",
                "{\"auths\": {\"hunter2\": {\"auth\": \"hunter2\"}}}",
                "{\"token\": \"hunter2\"",
                "[\"hunter2\"]",
                "include hunter2",
                "include \"hunter2",
                "include url(\"http://example.org/hunter2\")",
                "include \"http://example.org/hunter2\"",
                "include required(\"hunter2\")",
                "include required(classpath(\"hunter2\"))",
                "include \"a\\u0000hunter2\"",
                "a = ${hunter2}",
                "a = ${hunter2",
                "a = x\nb = ${a} {} hunter2",
                "a = ${a-hunter2}\na-hunter2 = ${a}",
                "a-hunter2 = ${?TRAPLINE_POSTGRESQL_PASSWORD}",
                "a-hunter2 = ${?HUNTER2_hunter2_TOKEN}",
                "cpus = hunter2",
                "cpus = [hunter2]",
                "cpus { hunter2 = hunter2 }",
                "memory = hunter2",
                "width = hunter2",
                "timeout = hunter2",
                "seed = hunter2",
                "schedule = hunter2",
                "interrupts = [hunter2]",
                "events = hunter2",
                "profile = hunter2",
                "resident = [hunter2]",
                "toggles { hunter2 = on }",
                "toggles { psci = hunter2 }",
                "hunter2 = on",
                "registers { hunter2 = 1 }",
                "registers { 0x6030000000140000 = hunter2 }",
                "registers { 0x6030000000140000 = 0xhunter2 }",
                "rules = [hunter2]",
                "rules = [{ hunter2 = 1 }]",
                "rules = [{ hunter2 = ${?PATH} }]",
                "rules = [{ functions = hunter2, action = deny }]",
                "rules = [{ functions = 1, action = hunter2 }]",
                "rules = [{ functions = 0x84000000, action = forward, service = hunter2 }]",
                "rules = [{ functions = 1, action = deny, conduit = hunter2 }]",
                "rules = [{ functions = 1, action = deny, imm = hunter2 }]",
                "services { hunter2 { x = 1 } }",
                "services { psci = hunter2 }",
                "services { psci { hunter2 = 1 } }",
                "services { psci { version = [hunter2] } }",
                "services { psci { version = hunter2 } }",
                "store = hunter2",
                "url = \"mysql://hunter2/x\"",
                "url = \"jdbc:postgresql://me:hunter2@db/x\"",
                "create-schema = hunter2",
                "password = [hunter2]",
                "pw = hunter2",
                "spacing = hunter2",
                "budget = hunter2"
            })
    void noErrorShowsWhatStandsInAnIncludedFile(String text) {
        Path secret = write("other.file", text + "\n");
        for (String section : new String[] {
            "",
            "trapline",
            "trapline.machine",
            "trapline.run",
            "trapline.record",
            "trapline.record.postgresql",
            "trapline.firmware",
            "trapline.firmware.services",
            "trapline.firmware.services.psci",
            "trapline.firmware.toggles",
            "trapline.firmware.registers",
            "trapline.replay.checkpoints"
        }) {
            for (String include : new String[] {"include \"other.file\"", "include \"between.conf\""}) {
                write("between.conf", "include required(\"other.file\")");
                Path outer = write("outer.conf", section.isEmpty() ? include : section + " { " + include + " }");
                ConfigException refused = catchThrowableOfType(ConfigException.class, () -> {
                    LayeredConfig layers = new ConfigLoader().file(outer).load();
                    assertThat(layers.given())
                            .as("what commands say of keys that have no effect")
                            .allSatisfy(key -> assertThat(key.shown()).doesNotContain(SECRET));
                    layers.replay();
                    layers.validate(ConfigFixture.SERVICES);
                });
                if (refused == null) {
                    continue;
                }
                assertThat(refused.getMessage())
                        .as("%s in section '%s'", text, section)
                        .doesNotContain(SECRET)
                        .containsAnyOf(secret.toString(), outer.toString(), "between.conf:1");
            }
        }
    }

    @Test
    void theErrorOfAnIncludedFileSaysWhereAndWhatToDo() {
        Path secret = write("pgpass", "# one\n# two\ndb.example.org:5432:*:me:" + SECRET + "\n");
        assertThat(refused(write("outer.conf", "include \"pgpass\"")))
                .contains(secret + ":3: ", "HOCON", "KEY = VALUE", "not shown");
        Path keys = write("keys.conf", "trapline.machine {\n  cpu = 2\n}");
        assertThat(refused(write("outer.conf", "include \"keys.conf\"")))
                .as("a hint has none of the file's text")
                .contains(keys + ":2: trapline.machine has", "not a key", "did you mean trapline.machine.cpus?");
        Path values = write("values.conf", "\ntrapline.machine.cpus = 65");
        assertThat(refused(write("outer.conf", "include \"values.conf\"")))
                .contains(values + ":2: trapline.machine.cpus takes ");
    }

    @Test
    void theErrorOfTheFileThatTheUserNamedRepeatsIt() {
        assertThat(refused(write("own.conf", "trapline.machine.cpus = 65"))).contains("own.conf:1", "not 65");
        assertThat(refused(write("own.conf", "trapline.machine.cpu = 65"))).contains("trapline.machine.cpu is not");
        write("fine.conf", "trapline.machine.memory = 64M");
        assertThat(refused(write("own.conf", "include \"fine.conf\"\ntrapline.machine.flash = ${nothing.here}")))
                .as("nor does an include change that")
                .contains("own.conf:2", "${nothing.here}");
    }

    @Test
    void anIncludedFileIsAnyThatTheUserCanRead() throws IOException {
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        Path far = write("elsewhere/far.conf", "trapline.machine.cpus = 3\ntrapline.run.input = typed.txt");
        Path inner = Files.createDirectory(directory.resolve("inner"));
        for (String name : new String[] {far.toString(), "../elsewhere/far.conf"}) {
            Path outer = write("inner/outer.conf", "include \"" + name + "\"");
            assertThat(machine(outer).cpus().count()).as(name).isEqualTo(3);
        }
        Files.createSymbolicLink(inner.resolve("link.conf"), far);
        assertThat(machine(write("inner/outer.conf", "include \"link.conf\""))
                        .cpus()
                        .count())
                .as("a link")
                .isEqualTo(3);
        assertThat(new ConfigLoader()
                        .file(write("inner/outer.conf", "include \"" + far + "\""))
                        .load()
                        .validate(ConfigFixture.SERVICES)
                        .run()
                        .input())
                .as("its own paths are relative to itself")
                .isEqualTo(elsewhere.resolve("typed.txt"));
        assertThat(refused(write("inner/outer.conf", "include \"/dev/zero\""))).contains("outer.conf:1", "is a device");
        assertThat(refused(write("inner/outer.conf", "include \"" + elsewhere + "\"")))
                .contains("outer.conf:1", "is a directory");
    }

    /// As HOCON says: within the included file first, and then from the root.
    @Test
    void aSubstitutionMeansWhatTheIncludedFileOrTheWholeSays() {
        write("sizes.conf", "cluster-size = ${cpus}\ncpus = 4");
        assertThat(machine(write("outer.conf", "trapline.machine { include \"sizes.conf\" }"))
                        .cpus()
                        .clusterSize())
                .as("a key of the file itself, which stands in a section")
                .isEqualTo(4);
        write("sizes.conf", "cluster-size = ${trapline.machine.cpus}");
        assertThat(machine(write("outer.conf", "trapline.machine { cpus = 5, include \"sizes.conf\" }"))
                        .cpus()
                        .clusterSize())
                .as("a key of the file that includes it")
                .isEqualTo(5);
        write("middle.conf", "machine { include \"sizes.conf\" }\nmachine.cpus = 6");
        assertThat(machine(write("outer.conf", "trapline { include \"middle.conf\" }"))
                        .cpus()
                        .clusterSize())
                .as("through two files")
                .isEqualTo(6);
        write("plugins.conf", "plugins = [a.jar]\nplugins += b.jar");
        assertThat(new ConfigLoader()
                        .file(write("outer.conf", "trapline.run { include \"plugins.conf\" }"))
                        .load()
                        .plugins())
                .containsExactly(directory.resolve("a.jar"), directory.resolve("b.jar"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "flash = ${TRAPLINE_POSTGRESQL_URL}",
                "flash = ${?TRAPLINE_POSTGRESQL_PASSWORD}",
                "flash = ${?\"TRAPLINE_POSTGRESQL_PASSWORD\"}",
                "flash = ${?PGPASSWORD}",
                "flash = x${?GITHUB_TOKEN}",
                "flash = [${?DB_PASS}]",
                "flash { x = ${?DB_PASS} }",
                "flash = ${trapline.record.postgresql.password}",
                "flash = ${trapline.record}",
                "password = ${?TRAPLINE_TEST_PASSWORD}",
                "TOKEN = ${?absent}\nflash = ${?TOKEN}"
            })
    void anIncludedFileNeverGetsASecret(String text) {
        write("in.conf", "# one\n" + text);
        write("middle.conf", "postgresql { include \"in.conf\" }");
        for (String include : new String[] {
            "include required(\"in.conf\")",
            "trapline { machine { include \"in.conf\" } }",
            "trapline.machine { include file(\"in.conf\") }",
            "trapline.record.postgresql { include \"in.conf\" }",
            "trapline.record { include \"middle.conf\" }"
        }) {
            assertThat(refused(write(
                            "outer.conf", "# one\ntrapline.record.postgresql.password = " + SECRET + "\n" + include)))
                    .as(include)
                    .contains("in.conf:", "an included file never gets", "--config")
                    .doesNotContain(SECRET);
        }
    }

    /// Each kept the library busy, or took all memory, when the sum was not looked at.
    @Test
    void substitutionsOfIncludedFilesAreBoundedTogether() {
        String doubling = IntStream.range(1, 40)
                .mapToObj(n -> "a" + n + " = ${a" + (n - 1) + "}${a" + (n - 1) + "}")
                .collect(Collectors.joining("\n"));
        write("in.conf", "a0 = ha\n" + doubling);
        for (String include : List.of(
                "include \"in.conf\"",
                "trapline.firmware.services { include \"in.conf\" }",
                "trapline.firmware { services { x { include \"in.conf\" } } }")) {
            assertThat(refused(write("outer.conf", include))).contains("in.conf:", "too long");
        }
        write("in.conf", doubling);
        assertThat(refused(write("outer.conf", "a0 = ha\ntrapline.firmware.services { include \"in.conf\" }")))
                .as("where it goes on at the root")
                .contains("in.conf:", "too long");
        for (int n = 0; n < 6; n++) {
            write("part" + n + ".conf", "x = ${?y}\n".repeat(100));
        }
        String all = IntStream.range(0, 6)
                .mapToObj(n -> "include \"part" + n + ".conf\"\n")
                .collect(Collectors.joining());
        assertThat(refused(write("outer.conf", all))).contains("part5.conf:", "more than 500 substitutions");
    }

    @Test
    void aNameWithABraceHidesNoSubstitution() {
        String doubling = IntStream.range(1, 40)
                .mapToObj(n -> "\"a}" + n + "\" = ${\"a}" + (n - 1) + "\"}${\"a}" + (n - 1) + "\"}")
                .collect(Collectors.joining("\n"));
        assertThat(refused(write("outer.conf", "\"a}0\" = ha\n" + doubling))).contains("outer.conf:", "too long");
    }

    @Test
    void anUndefinedOptionalSubstitutionOfAnIncludedFileIsNothing() {
        write("in.conf", "cpus = ${?TRAPLINE_TEST_NOT_THERE}\ncluster-size = 2");
        Path outer = write("outer.conf", "trapline.machine { include \"in.conf\" }");
        assertThatCode(() -> machine(outer)).as("it keeps its default").doesNotThrowAnyException();
    }
}
