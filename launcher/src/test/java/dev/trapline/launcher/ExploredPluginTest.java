package dev.trapline.launcher;

import static dev.trapline.launcher.InProcess.perform;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.launcher.CommandProcess.Ended;
import dev.trapline.launcher.output.Ending;
import java.io.IOException;
import java.nio.file.Path;
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
        Ended ended = perform(
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
                plugin.guest().toString());
        assertThat(ended.status()).as(ended.err()).isEqualTo(Ending.GUEST_FAILED);
        assertThat(ended.out())
                .contains(
                        "service 'misbehaving' threw java.lang.IllegalStateException: out of luck on call",
                        "\tat " + Misbehaving.class.getName())
                .doesNotContain("at dev.trapline.explore.");
    }
}
