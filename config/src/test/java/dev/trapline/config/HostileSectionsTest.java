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

/// Sections that refer to themselves, and values in the place of sections: each is an error, and soon.
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class HostileSectionsTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("bad.conf"), text);
    }

    /// The library tries such values in every order: each of these kept it busy for minutes.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "k.k# = ${?k}",
                "j# = ${?k}\nk.k# = ${?j#}",
                "k.k#.x = ${?k}",
                "k.k# = [${?k}]",
                "k = [${?k}, ${?k}, ${?k}, ${?k}, ${?k}, ${?k}, ${?k}, ${?k}, ${?k}, ${?k}, ${?k}, ${?k}, ${?k}]",
            })
    void valuesOfASectionThatReferToItAreAnErrorBeforeTheyTakeLong(String line) throws IOException {
        String lines = IntStream.range(0, 14)
                .mapToObj(n -> line.replace("#", Integer.toString(n)))
                .collect(Collectors.joining("\n"));
        Path file = write(lines);
        ConfigException refused = catchThrowableOfType(
                ConfigException.class, () -> new ConfigLoader().file(file).load());
        assertThat(refused.getMessage()).contains("bad.conf", "refers to itself");
    }

    @ParameterizedTest
    @ValueSource(strings = {"trapline = 1", "trapline = null", "trapline.machine = 1", "x = 1\ntrapline = ${x}"})
    void aSectionThatIsNoneIsAnErrorAlsoUnderOptionsThatSetItsKeys(String text) throws IOException {
        Path file = write(text);
        ConfigLoader loader = new ConfigLoader()
                .file(file)
                .options(List.of(new CommandLineSetting("trapline.machine.cpus", "2", "--cpus")));
        ConfigException refused =
                catchThrowableOfType(ConfigException.class, () -> loader.load().validate(ConfigFixture.SERVICES));
        assertThat(refused.getMessage()).contains("trapline", "is a section");
    }

    @Test
    void aValueMayReferToItsEarlierSelf() throws IOException {
        Path file = write("""
            trapline.run.result = x
            trapline.run.result = ${trapline.run.result}y
            trapline.run.result = ${trapline.run.result}z
            """);
        assertThatCode(() -> new ConfigLoader().file(file).load()).doesNotThrowAnyException();
    }
}
