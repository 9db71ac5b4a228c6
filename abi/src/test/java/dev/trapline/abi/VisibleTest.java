package dev.trapline.abi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VisibleTest {

    /// C0, DEL and C1 of ISO 6429; line and paragraph separator; the marks, embeddings, overrides and isolates of
    /// UAX #9.
    @ParameterizedTest
    @ValueSource(
            ints = {
                0x00, 0x01, 0x07, 0x08, 0x0b, 0x0c, 0x0d, 0x1b, 0x1f, 0x7f, 0x80, 0x84, 0x9b, 0x9d, 0x9f, 0x061c,
                0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069
            })
    void whatATerminalObeysIsShown(int control) {
        String escape = control == 0x0d ? "\\r" : String.format(control < 0x100 ? "\\x%02x" : "\\u%04x", control);
        String text = "a" + (char) control + "b";
        assertThat(Visible.line(text)).isEqualTo("a" + escape + "b");
        assertThat(Visible.lines(text)).isEqualTo("a" + escape + "b");
        assertThat(Visible.json("\"" + text + "\"")).isEqualTo(String.format("\"a\\u%04xb\"", control));
    }

    @Test
    void onlyTextOfSeveralLinesKeepsItsLines() {
        assertThat(Visible.lines("a\n\tb")).isEqualTo("a\n\tb");
        assertThat(Visible.line("a\n\tb")).isEqualTo("a\\n\\tb");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "Grüße", "日本語", "\u00a0", "😀", "a\\nb", "العربية"})
    void everythingElseIsAsItWas(String text) {
        assertThat(Visible.line(text)).isEqualTo(text);
        assertThat(Visible.lines(text)).isEqualTo(text);
        assertThat(Visible.json(text)).isEqualTo(text);
    }
}
