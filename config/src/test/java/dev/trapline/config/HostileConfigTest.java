package dev.trapline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
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

/// Configurations that were made to do harm, or look like it: each is an error that names the place, and soon.
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class HostileConfigTest {

    private static final String SECRET = "hunter2";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private Path write(String name, String text) {
        try {
            return Files.writeString(directory.resolve(name), text);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private String refused(Path file) {
        ConfigException refused = catchThrowableOfType(
                ConfigException.class,
                () -> new ConfigLoader().file(file).load().validate(ConfigFixture.SERVICES));
        assertThat(refused).as("it is an error of the configuration").isNotNull();
        return String.valueOf(refused.getMessage());
    }

    private String refused(String text) {
        return refused(write("bad.conf", text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "include url(\"http://example.org/x.conf\")",
                "include required(url(\"http://example.org/x.conf\"))",
                "include \"http://example.org/x.conf\"",
                "include \"file:///etc/hostname\"",
                "include \"jar:file:/x.jar!/y\"",
                "include classpath(\"reference.conf\")",
                "include required(classpath(\"dev/trapline/config/reference.conf\"))",
                "trapline { machine { include url(\"ftp://example.org/x.conf\") } }"
            })
    void whatIsNoFileIsNotIncluded(String include) {
        Path bad = write("bad.conf", "# one\n" + include + "\n");
        assertThat(refused(bad)).contains(bad + ":2", "includes");
        write("outer.conf", "include file(\"bad.conf\")");
        assertThat(refused(directory.resolve("outer.conf")))
                .as("nor at any depth of includes")
                .contains(bad + ":2");
    }

    @Test
    void namesThatOnlyLookLikeThoseOfSecretsAreFilledIn() {
        for (String name : new String[] {"PATH", "COMPASS", "PWD", "OLDPWD", "AUTHOR", "PATTERN"}) {
            assertThat(refused("trapline.machine.cpus = ${?" + name + "}\ntrapline.machine.nonsense = 1"))
                    .as(name)
                    .doesNotContain("may hold a password");
        }
    }

    @Test
    void anIncludeOfWhatIsNoNameOfAFileIsRefused() {
        assertThat(refused(write("outer.conf", "include \"a\\u0000b\"")))
                .contains("outer.conf", "not the name of a file");
    }

    @Test
    void aFileIsIncludedFromTheDirectoryOfTheOneThatNamesIt() throws IOException {
        Files.createDirectory(directory.resolve("sub"));
        write("sub/more.conf", "trapline.machine.cpus = 3\ninclude \"absent.conf\"");
        Path outer = write("outer.conf", "include \"sub/more.conf\"\ntrapline.machine.memory = 64M");
        LayeredConfig layers = new ConfigLoader().file(outer).load();
        assertThat(layers.validate(ConfigFixture.SERVICES).machine().cpus().count())
                .as("set by the included file, whose own include is of a file that is not there")
                .isEqualTo(3);
        write("required.conf", "include required(\"absent.conf\")");
        assertThat(refused(directory.resolve("required.conf")))
                .contains("required.conf:1", "absent.conf", "does not exist");
    }

    @Test
    void filesThatIncludeEachOtherAreAnError() {
        write("a.conf", "include \"b.conf\"");
        write("b.conf", "\ninclude \"a.conf\"");
        assertThat(refused(directory.resolve("a.conf"))).contains("b.conf:2", "a.conf", "already being read");
        write("self.conf", "include \"self.conf\"");
        assertThat(refused(directory.resolve("self.conf"))).contains("self.conf:1", "already being read");
    }

    @Test
    void includesThatMultiplyAreAnError() {
        write("f0.conf", "trapline.machine.cpus = 1");
        for (int n = 1; n < 14; n++) {
            write(
                    "f" + n + ".conf",
                    "include \"f" + (n - 1) + ".conf\"\n".repeat(1) + "include \"f" + (n - 1) + ".conf\"");
        }
        assertThat(refused(directory.resolve("f13.conf"))).contains("at most 64");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{", "a{", "[{a:"})
    void bracketsThatAreNestedWithoutEndAreAnErrorWithItsLine(String bracket) {
        assertThat(refused("# one\nx = 1\na = " + bracket.repeat(50_000))).contains("bad.conf:3", "more than 64 deep");
    }

    @Test
    void whatStandsInTextsAndCommentsIsNotCounted() {
        String brackets = "[".repeat(1_000);
        Path fine = write(
                "fine.conf",
                "# " + brackets + "\n// " + brackets + "\ntrapline.run.result = \"" + brackets + "\\\"" + brackets
                        + "\"\n");
        assertThatCode(() -> new ConfigLoader().file(fine).load())
                .as("these brackets nest nothing")
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "1.", "1e", "-1", "0x1"})
    void aNumberOfAMillionDigitsIsAnErrorWithItsLine(String begin) {
        String message = refused("\n\ntrapline.run.seed = " + begin + "1".repeat(1_000_000));
        assertThat(message).contains("bad.conf:3", "characters").hasSizeLessThan(1_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e999999999",
                "1E+2147483648",
                "1e-999999999",
                "0.1e400",
                "99999999999999999999999999",
                "1_1_1_1_1"
            })
    void aNumberThatIsTooLargeIsAnErrorOfItsKey(String number) {
        for (String key : List.of("run.slice", "machine.memory", "run.timeout", "machine.cpus")) {
            Path file = write("number.conf", "trapline." + key + " = " + number);
            ConfigException refused = catchThrowableOfType(
                    ConfigException.class,
                    () -> new ConfigLoader().file(file).load().validate(ConfigFixture.SERVICES));
            if (number.equals("1_1_1_1_1") && !key.equals("run.timeout") && !key.equals("machine.cpus")) {
                continue;
            }
            assertThat(refused.getMessage()).contains("number.conf:1", key);
        }
    }

    @Test
    void aLongNumberOfTheCommandLineIsAnError() {
        for (String digits : List.of("9".repeat(100_000), "1_".repeat(50_000) + "1", "0x" + "f".repeat(100_000))) {
            ConfigLoader loader =
                    new ConfigLoader().options(List.of(new CommandLineSetting("trapline.run.seed", digits, "--seed")));
            ConfigException refused = catchThrowableOfType(
                    ConfigException.class, () -> loader.load().validate(ConfigFixture.SERVICES));
            assertThat(refused.getMessage())
                    .contains("--seed", "trapline.run.seed", "whole number")
                    .hasSizeLessThan(1_000);
        }
    }

    @Test
    void substitutionsThatDoubleAreAnError() {
        String lines = IntStream.range(1, 40)
                .mapToObj(n -> "a" + n + " = ${trapline.firmware.services.a" + (n - 1)
                        + "}${trapline.firmware.services.a" + (n - 1) + "}")
                .collect(Collectors.joining("\n"));
        assertThat(refused("trapline.firmware.services {\na0 = ha\n" + lines + "\n}"))
                .contains("bad.conf:", "trapline.firmware.services.a", "substitutions");
    }

    @Test
    void sectionsThatDoubleAreAnError() {
        String lines = IntStream.range(1, 40)
                .mapToObj(n -> "a" + n + " { x = ${trapline.firmware.services.a" + (n - 1)
                        + "}, y = ${trapline.firmware.services.a" + (n - 1) + "} }")
                .collect(Collectors.joining("\n"));
        assertThat(refused("trapline.firmware.services {\na0 { z = 1 }\n" + lines + "\n}"))
                .contains("bad.conf:", "substitutions");
    }

    @Test
    void aLongChainOfSubstitutionsIsAnError() {
        String lines = IntStream.range(1, 4_000)
                .mapToObj(n -> "a" + n + " = ${trapline.firmware.services.a" + (n - 1) + "}")
                .collect(Collectors.joining("\n"));
        assertThat(refused("trapline.firmware.services {\na0 = ha\n" + lines + "\n}"))
                .contains("bad.conf:", "substitutions");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a = ${trapline.firmware.services.a}${trapline.firmware.services.a}",
                "a = ${trapline.firmware.services.a}\" , \"${?trapline.firmware.services.a}",
                "a = [${trapline.firmware.services.a}, ${trapline.firmware.services.a}]",
                "a = { x = ${trapline.firmware.services.a}, y = ${trapline.firmware.services.a} }"
            })
    void aValueThatDoublesItselfIsAnError(String line) {
        assertThat(refused("trapline.firmware.services {\na = ha\n" + (line + "\n").repeat(60) + "}"))
                .contains("bad.conf", "trapline.firmware.services.a");
    }

    @Test
    void valuesThatNameEachOtherOverAndOverAreAnError() {
        String lines = """
            a = ${trapline.firmware.services.b}${trapline.firmware.services.b}
            b = ${trapline.firmware.services.a}${trapline.firmware.services.a}
            """;
        assertThat(refused("trapline.firmware.services {\na = ha\nb = hi\n" + lines.repeat(60) + "}"))
                .contains("bad.conf", "trapline.firmware.services.");
    }

    /// A configuration of somebody else would have it shown in a message, or written into a recording.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "trapline.run.schedule = ${?TRAPLINE_POSTGRESQL_PASSWORD}",
                "trapline.run.schedule = \"x\"${?PGPASSWORD}",
                "trapline.run.result = ${?TRAPLINE_POSTGRESQL_URL}",
                "trapline.firmware.resident = [${?GITHUB_TOKEN}]",
                "trapline.firmware.services.psci.version = ${?AWS_SECRET_ACCESS_KEY}",
                "trapline.firmware.services.psci.version = ${?AWS_ACCESS_KEY_ID}",
                "trapline.machine.flash = ${?DB_PASS}",
                "trapline.machine.flash = ${?MYSQL_PWD}",
                "trapline.machine.flash = ${?GITHUB_PAT}",
                "trapline.machine.flash = ${?BASIC_AUTH}",
                "trapline.machine.flash = ${?DATABASE_URL}",
                "trapline.machine.flash = ${?PGPASS}",
                "trapline.machine.flash = ${?DEPLOY_CREDS}",
                "trapline.machine.flash = ${?DEPLOY_PW}",
                "trapline.machine.flash = ${?SIGNING_KEY}",
                "trapline.machine.flash = ${?REDIS_URL}",
                "trapline.machine.flash = ${?SENTRY_DSN}",
                "trapline.machine.flash = ${?AZURE_STORAGE_CONNECTION_STRING}",
                "trapline.run.schedule = ${trapline.record.postgresql.password}",
                "trapline.firmware.services.psci = ${trapline.record.postgresql}",
                "trapline.firmware.services.psci = ${trapline.record}",
            })
    void aSecretIsFilledInForTheDatabaseAlone(String line) {
        assertThat(refused("trapline.machine.cpus = 2\n" + line))
                .contains("bad.conf:2", "password", "trapline.record.postgresql");
    }

    @Test
    void theDatabasesOwnKeysTakeSecrets() {
        Path file = write("fine.conf", """
            trapline.record.postgresql.password = ${?TRAPLINE_TEST_PASSWORD}
            trapline.record.postgresql.user = ${trapline.record.postgresql.password}
            trapline.run.result = ${?TRAPLINE_TEST_PLACE}
            """);
        assertThatCode(() -> new ConfigLoader().file(file).load())
                .as("these are for it")
                .doesNotThrowAnyException();
    }

    @Test
    void substitutionsOfReasonStay() {
        Path file = write("fine.conf", """
            trapline.machine.cpus = 2
            trapline.machine.cluster-size = ${trapline.machine.cpus}
            trapline.run.plugins = [a.jar]
            trapline.run.plugins += b.jar
            """);
        LayeredConfig layers = new ConfigLoader().file(file).load();
        assertThat(layers.plugins())
                .as("relative to the file that names them")
                .containsExactly(directory.resolve("a.jar"), directory.resolve("b.jar"));
        assertThat(layers.validate(ConfigFixture.SERVICES).machine().cpus().clusterSize())
                .isEqualTo(2);
    }

    @Test
    void aKeyOfManyPartsIsAnError() {
        assertThat(refused("x = 1\n" + "a.".repeat(4_000) + "b = 1")).contains("bad.conf:2", "parts");
        assertThat(refused("x = 1\n" + "a . ".repeat(20_000) + "b = 1")).contains("bad.conf:2", "parts");
        ConfigException refused = catchThrowableOfType(
                ConfigException.class,
                () -> new ConfigLoader()
                        .assignments(List.of("a.".repeat(50_000) + "b=1"))
                        .load());
        assertThat(refused.getMessage()).contains("takes KEY=VALUE").hasSizeLessThan(1_000);
    }

    @Test
    void moreKeysThanThereAreReadersForAreAnError() {
        String keys = IntStream.range(0, 90_000).mapToObj(n -> "a.b" + n + "=1").collect(Collectors.joining("\n"));
        assertThat(refused(keys)).contains("more than 2000 keys").hasSizeLessThan(1_000);
        String few = IntStream.range(0, 1_900).mapToObj(n -> "a" + n + "=1").collect(Collectors.joining("\n"));
        assertThat(refused(few).lines().count())
                .as("of thousands of errors, the first ones are told")
                .isLessThan(100);
    }

    /// Each of these kept the library busy for four to sixty seconds.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "trapline.run.plugins += x\n*300*more than 50 times",
                "trapline.run.result = ${?trapline.run.result} x\n*300*more than 50 times",
                "trapline.run.plugins += x\n*9000*more than 500 substitutions",
                "a = ${?a} x\n*1000*more than 500 substitutions",
                "a = x \n*1*a is not a key",
                "x *100000*more than 20000 words",
                "include \"absent.conf\"\n*9000*one include too many",
            })
    void whatIsRepeatedWithoutEndIsAnErrorBeforeItTakesLong(String form) {
        String[] parts = form.split("\\*", -1);
        assertThat(refused("x = 1\n" + parts[0].repeat(Integer.parseInt(parts[1]))))
                .contains("bad.conf", parts[2])
                .hasSizeLessThan(1_000);
    }

    @Test
    void whatIsTooLargeOrNoFileIsAnErrorThatSaysSo() throws Exception {
        Path large = directory.resolve("large.conf");
        try (var sparse = new java.io.RandomAccessFile(large.toFile(), "rw")) {
            sparse.setLength(1L << 40);
        }
        assertThat(refused(large)).contains("large.conf", "bytes");
        assertThat(refused("# " + "x".repeat(2 << 20))).contains("too large");
        assertThat(refused(directory)).contains("is a directory");
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        assertThat(refused(pipe)).contains("is a named pipe");
        assertThat(refused(Path.of("/dev/zero"))).contains("is a device");
        write("includes.conf", "include \"pipe\"");
        assertThat(refused(directory.resolve("includes.conf"))).contains("is a named pipe");
        Path link = Files.createSymbolicLink(directory.resolve("link.conf"), write("fine.conf", "trapline {}"));
        assertThatCode(() -> new ConfigLoader().file(link).load())
                .as("a link of the user's own to a file is as good as the file")
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "record.postgresql.url=\"jdbc:postgresql://db/x?password=hunter2\"",
                "record.postgresql.url=\"jdbc:postgresql://me:hunter2@db/x\"",
                "record.postgresql.url=\"mysql://me:hunter2@db/x\"",
                "record.postgresql.url=\"jdbc:postgresql://db/x?user=me&sslpassword=hunter2\"",
                "record.postgresql.pasword=hunter2",
                "record.postgresql.pw=hunter2",
                "record.postgresql.password.x=hunter2",
                "record.pasword=hunter2",
                "record.postgresql=\"hunter2\"",
                "record.postgresql.password=[hunter2",
                "record.postgresql.password={hunter2",
                "record.postgresql.password:hunter2",
                "record.postgresql.password hunter2",
                "record.postgresql.password:hunter2==",
                "{record.postgresql.password:hunter2=x}",
                "record.postgresql.url=hunter2",
                "record.postgresql.url={a=hunter2}",
                "record.postgresql.url=[hunter2",
                "record.postgresql.user=[hunter2]",
                "record.postgresql.user={hunter2",
                "record.postgresql.create-schema=hunter2"
            })
    void noErrorRepeatsAPassword(String assignment) {
        ConfigException refused = catchThrowableOfType(
                ConfigException.class,
                () -> new ConfigLoader().assignments(List.of(assignment)).load().validate(ConfigFixture.SERVICES));
        assertThat(refused.getMessage()).doesNotContain(SECRET).contains("--set ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "password hunter2",
                "  password   \"hunter2\"",
                "user = me, password hunter2",
                "password = hunter2$x",
                "password = \"hunter2",
                "password = hunter2 \"x",
                "password = [hunter2",
                "password = { hunter2",
                "pasword = hunter2",
                "url = hunter2",
                "create-schema = hunter2",
                "user = [hunter2]",
                "password =\nabc, hunter2",
                "password =\n\"\"\"abc\nab\"\"\", hunter2",
                "user =\nabc, hunter2",
                "password = \"x\"\n}\n hunter2",
                "url = \"jdbc:postgresql://me:hunter2@db/x\"",
                "url = jdbc:postgresql://me:hunter2@db/x"
            })
    void noErrorOfAFileRepeatsAPassword(String line) {
        Path file = write("secret.conf", "trapline.record.postgresql {\n" + line + "\n}");
        ConfigException refused = catchThrowableOfType(
                ConfigException.class,
                () -> new ConfigLoader().file(file).load().validate(ConfigFixture.SERVICES));
        assertThat(refused.getMessage()).doesNotContain(SECRET).contains("secret.conf");
    }
}
