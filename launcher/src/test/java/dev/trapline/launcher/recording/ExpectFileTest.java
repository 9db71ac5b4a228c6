package dev.trapline.launcher.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.machine.ConsoleScript;
import dev.trapline.abi.machine.ConsoleScript.Expect;
import dev.trapline.abi.machine.ConsoleScript.Keys;
import dev.trapline.abi.machine.ConsoleScript.Pause;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.launcher.output.CommandException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The file of `--expect`.
class ExpectFileTest {

    private static final Path FILE = Path.of("login.expect");
    private static final long SECOND = MachineSpec.TICKS_PER_SECOND;

    private static ConsoleScript parse(String text) {
        return ExpectFile.parse(FILE, text);
    }

    private static Bytes bytes(String text) {
        return Bytes.copyOf(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void stepsHaveTheirLineAndCommentsAreNone() {
        assertThat(parse("""
            # Log in.
            expect "login: " within 30s

              enter "root"
            expect "# "
            pause 200ms
            type "q"
            """).steps())
                .containsExactly(
                        new Expect(2, bytes("login: "), 30 * SECOND),
                        new Keys(4, bytes("root\r")),
                        new Expect(5, bytes("# "), 60 * SECOND),
                        new Pause(6, SECOND / 5),
                        new Keys(7, bytes("q")));
    }

    @Test
    void aTextHasEscapesAndIsUtf8() {
        assertThat(parse("type \"\\n\\r\\t\\e\\\"\\\\\\x03#\u00e9\"\r\n").steps())
                .containsExactly(new Keys(1, bytes("\n\r\t\u001b\"\\\u0003#\u00e9")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "expect login               | a step is expect",
                "send \"x\"                 | a step is expect",
                "type \"x                   | a step is expect",
                "type \"x\\\"               | a step is expect",
                "type \"x\" y               | nothing can follow the text: y",
                "type \"\\q\"               | after a backslash, a text takes",
                "type \"\\x1\"              | after a backslash, a text takes",
                "type \"\\x1g\"             | after a backslash, a text takes",
                "expect \"\"                | the text to expect has 0 bytes",
                "expect \"x\" 30s           | after the text comes nothing, or within TIME",
                "expect \"x\" within 30     | '30' is no time",
                "expect \"x\" within 0      | the limit is 0",
                "pause soon                 | 'soon' is no time",
                "pause 99999999999999999h   | is no time",
            })
    void aLineThatIsNoStepIsRefusedWithItsPlace(String line, String message) {
        assertThatThrownBy(() -> parse("\n# comment\n" + line))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("script login.expect:3: ")
                .hasMessageContaining(message);
    }

    @Test
    void aLineOfAnotherFileIsNotQuoted() {
        assertThatThrownBy(() -> parse("localhost:5432:db:me:hunter2"))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("script login.expect:1: ")
                .hasMessageContaining("is this the right file?")
                .hasMessageNotContaining("hunter2");
        assertThatThrownBy(() -> parse("expect hunter2"))
                .as("a step with a mistake is shown")
                .hasMessageContaining("not: expect hunter2");
    }

    @Test
    void aTextThatIsTooLongAndAFileWithoutStepsAreRefused() {
        assertThatThrownBy(() -> parse("expect \"" + "x".repeat(ConsoleScript.LONGEST_TEXT + 1) + "\""))
                .hasMessageContaining("has 1025 bytes: 1 to 1024 are possible");
        assertThatThrownBy(() -> parse("# nothing\n"))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("script login.expect has no step");
    }
}
