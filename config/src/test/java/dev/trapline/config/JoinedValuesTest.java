package dev.trapline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The library quotes both parts of a value that it cannot join, and one of them may be a password.
class JoinedValuesTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "trapline.record.postgresql.password += hunter2",
                "trapline.record.postgresql { password += hunter2 }",
                "trapline.record.postgresql += { password : hunter2 }",
                "trapline.record.postgresql.password = ${trapline.record.postgresql.password} [hunter2]",
                "x = hunter2\ntrapline.record.postgresql.password = ${x} [b]"
            })
    void noErrorOfValuesThatAreJoinedRepeatsAPassword(String text) throws IOException {
        Path file = Files.writeString(directory.resolve("joined.conf"), text);
        ConfigException refused = catchThrowableOfType(
                ConfigException.class,
                () -> new ConfigLoader().file(file).load().validate(ConfigFixture.SERVICES));
        assertThat(refused.getMessage())
                .doesNotContain("hunter2", "reference.conf", "SimpleConfig")
                .contains("joined from parts of different kinds", "write KEY = VALUE");
    }
}
