package dev.trapline.launcher.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// A terminal shows the output and the status line on one screen.
class WholeLinesTest {

    private static final long SECOND = 1_000_000_000;

    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
    private final AtomicLong clock = new AtomicLong();
    private final StatusLine status =
            new StatusLine(new PrintWriter(screen, true, StandardCharsets.UTF_8), true, () -> 80, clock::get);
    private final Watch watch = new Watch("reading rec", status::update, status::erase, new EndRequest());
    private final WholeLines lines = new WholeLines(screen, watch);

    @Test
    void theStatusLineIsGoneBeforeALineIsPrinted() throws Exception {
        lines.print("first");
        clock.addAndGet(SECOND);
        watch.at("slice", 1, 2);
        lines.flush();
        assertThat(screen.toString(StandardCharsets.UTF_8))
                .isEqualTo("\r\033[K[reading rec: slice 1 of 2, 50 %]\r\033[Kfirst\n");
    }

    @Test
    void noStatusLineIsDrawnOverAPartOfALine() throws Exception {
        String line = "x".repeat(100);
        for (int i = 0; i < 1000; i++) {
            lines.print(line);
            clock.addAndGet(SECOND);
            watch.at("slice", i, 1000);
        }
        lines.flush();
        assertThat(screen.toString(StandardCharsets.UTF_8).split("\r\033\\[K", -1))
                .as("the output between two status lines")
                .allMatch(part -> part.isEmpty() || part.startsWith("[reading ") || part.endsWith("x\n"))
                .noneMatch(part -> part.startsWith("[reading ") && part.contains("x"));
        assertThat(screen.toString(StandardCharsets.UTF_8).lines().filter(l -> l.endsWith(line)))
                .as("every line is complete")
                .hasSize(1000);
    }

    @Test
    void controlCharactersAreMadeVisible() throws Exception {
        lines.print("a\033[2Jb");
        lines.flush();
        assertThat(screen.toString(StandardCharsets.UTF_8))
                .doesNotContain("\033")
                .endsWith("b\n");
    }
}
