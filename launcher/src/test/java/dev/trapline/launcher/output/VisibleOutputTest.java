package dev.trapline.launcher.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The console of a recorded guest at a terminal.
class VisibleOutputTest {

    /// Bytes in hexadecimal; what is printed.
    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', textBlock = """
        41 42,                 AB
        1b 5d 35 32 3b 41 07,  \\x1b]52;A\\x07
        1b 5b 63,              \\x1b[c
        00 7f 18,              \\x00\\x7f\\x18
        9b 32 4a,              \\x9b2J
        c2 9b 32 4a,           \\x9b2J
        c2 a7,                 §
        c2 41,                 `\ufffdA`
        c3 a4 e2 82 ac,        ä€
        f0 9f 98 80,           😀
        80,                    \\x80
        c3 a4 80,              ä\\x80
        """)
    void whatATerminalWouldObeyIsShown(String bytes, String shown) throws IOException {
        ByteArrayOutputStream to = new ByteArrayOutputStream();
        try (VisibleOutput out = new VisibleOutput(to)) {
            out.write(HexFormat.ofDelimiter(" ").parseHex(bytes));
        }
        assertThat(to.toString(StandardCharsets.UTF_8)).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource({"0d 0a", "09", "08 20 08"})
    void whatStaysInItsLineOrEndsItPasses(String bytes) throws IOException {
        ByteArrayOutputStream to = new ByteArrayOutputStream();
        try (VisibleOutput out = new VisibleOutput(to)) {
            out.write(HexFormat.ofDelimiter(" ").parseHex(bytes));
        }
        assertThat(HexFormat.ofDelimiter(" ").formatHex(to.toByteArray())).isEqualTo(bytes);
    }
}
