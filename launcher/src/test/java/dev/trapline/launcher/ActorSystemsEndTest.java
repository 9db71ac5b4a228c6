package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.launcher.output.Terminal;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ActorSystemsEndTest {

    private static final int COMMANDS = 8;

    /// Other classes perform commands at the same time, so a few actor systems are not from here.
    @Test
    void aProcessThatContinuesBehindACommandKeepsNoActorSystemOfIt() {
        for (int i = 0; i < COMMANDS; i++) {
            Terminal terminal = new Terminal(
                    InputStream.nullInputStream(),
                    OutputStream.nullOutputStream(),
                    new PrintWriter(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));
            assertThat(new Trapline(terminal).execute(List.of("run", guest("exit-42"))))
                    .isEqualTo(42);
        }
        while (schedulers() >= COMMANDS) {
            Thread.onSpinWait();
        }
    }

    private static long schedulers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("trapline-scheduler"))
                .count();
    }
}
