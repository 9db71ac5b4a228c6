package dev.trapline.journal.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The file of passwords. Expected values from PostgreSQL's documentation, 32.16.
class PasswordFileTest {

    private static String find(String text, String... hosts) {
        return PasswordFile.find(text, List.of(hosts), "recordings", "me");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        db:5432:recordings:me:secret     | secret
        *:*:*:*:secret                   | secret
        db:*:*:me:a\\:b\\\\c              | a:b\\c
        d\\b:5432:recordings:me:secret    | secret
        db:5432:recordings:me:secret:x   | secret
        db:5433:recordings:me:secret     | ''
        db:5432:other:me:secret          | ''
        db:5432:recordings:you:secret    | ''
        db.evil:5432:recordings:me:x     | ''
        \\*:*:*:*:secret                  | ''
        """)
    void aLineIsForItsHostPortDatabaseAndUser(String line, String password) {
        assertThat(find(line, "db:5432")).as(line).isEqualTo(password);
        assertThat(find("# more\n\n" + line + "\r\nelse:*:*:*:wrong\n", "db:5432"))
                .as(line)
                .isEqualTo(password);
    }

    /// The driver's own reader fails on such a line.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "d",
                "db",
                "db:5432:recordings:me",
                "*:*:*:me",
                ":::",
                "*:*:*:me:",
                "\\",
                "*:*:*:m\\",
                "db:5432:recordings:me\\:secret"
            })
    void aLineThatEndsEarlyHasNoEffect(String line) {
        assertThat(find(line, "db:5432")).as(line).isEmpty();
        assertThat(find("*:*\n" + line.replace("me:", "me") + "\n*:*:*:me:secret", "db:5432"))
                .as(line)
                .isEqualTo("secret");
    }

    @Test
    void aCommentHasNoEffect() {
        assertThat(find("# *:*:*:*:secret\n#*:*:*:*:secret", "db:5432")).isEmpty();
    }

    @Test
    void theFirstLineThatFitsCounts() {
        assertThat(find("db:*:*:*:first\n*:*:*:*:second", "db:5432")).isEqualTo("first");
    }

    @Test
    void anAddressOfIpVersion6HasNoBracketsInTheFile() {
        assertThat(find("\\:\\:1:*:*:*:secret", "[::1]:5432")).isEqualTo("secret");
    }

    /// psql 15 sends these to a server that asks for the password in clear text.
    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, textBlock = """
        ::1:5432:recordings:me:secret|secret
        ::1:*:*:me:secret|secret
        \\:\\:1:*:*:me:secret|secret
        ::1:5432:recordings:you:secret|
        ::15432:recordings:me:secret|
        \\:\\:\\1:*:*:\\m\\e:secret|secret
        *:*:*:*:trailing  |trailing  |
        *:*:*:*: leading| leading
        **:*:*:*:secret|
         *:*:*:*:secret|
        *:*:*:*:s\\|s\\
        *:*:*:*:s\\x|sx
        *:*:*:*:|
        """)
    void psqlFindsTheSame(String line, String password) {
        String expected = password == null ? "" : password;
        assertThat(find(line, "[::1]:5432")).as(line).isEqualTo(expected);
        assertThat(find("\n" + line + "\r\r\n", "[::1]:5432")).as(line).isEqualTo(expected);
    }

    @Test
    void onlyALineFeedEndsALine() {
        assertThat(find("#\r*:*:*:*:secret", "db:5432")).as("a comment").isEmpty();
        assertThat(find("*:*:*:me:a\rb\n", "db:5432")).isEqualTo("a\rb");
        assertThat(find("*:*:*:you:x\r*:*:*:*:secret\n", "db:5432")).isEmpty();
    }

    @Test
    void aLineWithAnEmptyPasswordHidesThoseAfterIt() {
        assertThat(find("*:*:*:me:\n*:*:*:*:secret", "db:5432")).isEmpty();
    }

    @Test
    void thePasswordOfOneHostIsNotUsedAtAnother() {
        String text = "good:*:*:*:secret\nother:*:*:*:different";
        assertThat(find(text, "good:5432", "bad:5432")).isEmpty();
        assertThat(find(text, "good:5432", "other:5432")).isEmpty();
        assertThat(find(text, "good:5432", "good:5433")).isEqualTo("secret");
        assertThat(find("*:*:*:*:secret", "good:5432", "bad:5432")).isEqualTo("secret");
    }
}
