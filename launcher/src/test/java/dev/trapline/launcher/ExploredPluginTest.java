package dev.trapline.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A plugin that fails in an exploration is the user's own code: its stack trace is shown.
@Tag("native")
class ExploredPluginTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void theStackTraceOfAServiceIsShownWithoutTheSearch() throws IOException {
        BrokenPlugin plugin = BrokenPlugin.in(directory);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringWriter err = new StringWriter();
        int status = new Trapline(new Terminal(InputStream.nullInputStream(), out, new PrintWriter(err, true)))
                .execute(List.of(
                        "explore",
                        "--plugin",
                        plugin.jar().toString(),
                        "--set",
                        "firmware.services.misbehaving.how=throw",
                        "--set",
                        "firmware.services.misbehaving.where=apply",
                        "--load-address",
                        "0x40000000",
                        "--memory",
                        "1M",
                        "--seeds",
                        "2",
                        plugin.guest().toString()));
        assertThat(status).as(err.toString()).isEqualTo(Ending.GUEST_FAILED);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains(
                        "service 'misbehaving' threw java.lang.IllegalStateException: out of luck on call",
                        "\tat " + Misbehaving.class.getName())
                .doesNotContain("at dev.trapline.explore.");
    }
}
