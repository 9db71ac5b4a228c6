package dev.trapline.launcher;

import static dev.trapline.launcher.InProcess.perform;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.launcher.CommandProcess.Ended;
import dev.trapline.launcher.output.Ending;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `trapline version`, and the selection of shortcuts.
class VersionTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void withoutOptionsItSaysWhatTheOptionSays() {
        assertThat(perform("version").out()).isEqualTo(perform("--version").out());
    }

    @Test
    void theEngineIsNamedWithALineForEachShortcut() {
        Ended said = perform("version", "--engine");
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
        Ended said = perform("version", "--engine", "--shortcuts", "turbo");
        assertThat(said.status()).isEqualTo(Ending.USAGE);
        assertThat(said.err()).contains("'turbo'").contains("stores").contains("engine.shortcuts");
    }

    @Test
    void aRunTakesThemFromItsConfiguration() {
        String guest = Path.of("..", "guests", "smp-hello.elf").toString();
        Ended wrong = perform("run", "--set", "engine.shortcuts=turbo", guest);
        assertThat(wrong.status()).isEqualTo(Ending.USAGE);
        assertThat(wrong.err()).contains("'turbo'");
        Ended with =
                perform("run", "--cpus", "4", "--record", directory.resolve("a").toString(), guest);
        Ended without = perform("run", "--cpus", "4", "--set", "engine.shortcuts=none", guest);
        assertThat(with.status()).as(with.err()).isZero();
        assertThat(without.out()).as("the same history").isEqualTo(with.out());
        Ended replayed = perform("replay", directory.resolve("a").toString(), "--shortcuts", "none");
        assertThat(replayed.status()).as(replayed.err()).isZero();
    }
}
