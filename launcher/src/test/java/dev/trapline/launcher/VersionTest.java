package dev.trapline.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `trapline version`, and the selection of shortcuts.
class VersionTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private record Said(int status, String out, String err) {}

    private static Said perform(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringWriter err = new StringWriter();
        Terminal terminal = new Terminal(InputStream.nullInputStream(), out, new PrintWriter(err, true));
        int status = new Trapline(terminal).execute(List.of(arguments));
        return new Said(status, out.toString(StandardCharsets.UTF_8), err.toString());
    }

    @Test
    void withoutOptionsItSaysWhatTheOptionSays() {
        assertThat(perform("version").out()).isEqualTo(perform("--version").out());
    }

    @Test
    void theEngineIsNamedWithALineForEachShortcut() {
        Said said = perform("version", "--engine");
        assertThat(said.status()).as(said.err()).isZero();
        assertThat(said.out()).contains("\nUnicorn 2.").contains("\nshortcut stores: ");
    }

    @Test
    void aShortcutThatIsNotAskedForIsOff() {
        assertThat(perform("version", "--engine", "--shortcuts", "none").out())
                .contains("\nshortcut stores: off (not asked for)\n");
    }

    @Test
    void anUnknownShortcutIsAnErrorThatNamesTheKnownOnes() {
        Said said = perform("version", "--engine", "--shortcuts", "turbo");
        assertThat(said.status()).isEqualTo(Ending.USAGE);
        assertThat(said.err()).contains("'turbo'").contains("stores").contains("engine.shortcuts");
    }

    @Test
    void aRunTakesThemFromItsConfiguration() {
        String guest = Path.of("..", "guests", "smp-hello.elf").toString();
        Said wrong = perform("run", "--set", "engine.shortcuts=turbo", guest);
        assertThat(wrong.status()).isEqualTo(Ending.USAGE);
        assertThat(wrong.err()).contains("'turbo'");
        Said with =
                perform("run", "--cpus", "4", "--record", directory.resolve("a").toString(), guest);
        Said without = perform("run", "--cpus", "4", "--set", "engine.shortcuts=none", guest);
        assertThat(with.status()).as(with.err()).isZero();
        assertThat(without.out()).as("the same history").isEqualTo(with.out());
        Said replayed = perform("replay", directory.resolve("a").toString(), "--shortcuts", "none");
        assertThat(replayed.status()).as(replayed.err()).isZero();
    }
}
