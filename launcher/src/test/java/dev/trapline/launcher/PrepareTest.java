package dev.trapline.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorSystem;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.trapline.firmware.FirmwareServices;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.launcher.process.ActorSystems;
import dev.trapline.launcher.process.PreparedResources;
import dev.trapline.machine.firmware.LoadedService;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `trapline prepare` does not change what a command finds at its start.
class PrepareTest {

    private static final ClassLoader CLASS_PATH = PrepareTest.class.getClassLoader();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private Path resources = Path.of("");

    @BeforeEach
    void prepare() throws IOException {
        resources = directory.resolve("prepared");
        Path jars = Files.createDirectory(directory.resolve("lib"));
        StringWriter said = new StringWriter();
        int status = new Trapline(new Terminal(
                        InputStream.nullInputStream(), OutputStream.nullOutputStream(), new PrintWriter(said)))
                .execute(List.of("prepare", jars.toString(), resources.toString()));
        assertThat(status).as(said.toString()).isZero();
    }

    @Test
    void everyKeyOfAkkaHasTheSameValue() {
        Config prepared = ConfigFactory.defaultReference(PreparedResources.in(resources));
        Config searched = ConfigFactory.defaultReference(CLASS_PATH);

        assertThat(prepared.root().unwrapped())
                .as("both have the properties of this process as well")
                .isEqualTo(searched.root().unwrapped());
    }

    @Test
    void whatIsPreparedHasNothingOfTheProcessThatPreparedIt() throws IOException {
        assertThat(Files.readString(resources.resolve("reference.conf")))
                .as("a later start may be by another user, in another place")
                .doesNotContain(System.getProperty("user.dir"), System.getProperty("java.home"));
    }

    @Test
    void theSameServicesAreFound() {
        assertThat(names(PreparedResources.in(resources)))
                .as("those of all jars, by name")
                .isEqualTo(names(CLASS_PATH))
                .contains("psci", "exit");
    }

    @Test
    void whereNothingIsPreparedTheClassPathIsSearched() {
        assertThat(names(PreparedResources.in(directory.resolve("absent"))))
                .as("a start without prepared data is slower, but has the same result")
                .isEqualTo(names(CLASS_PATH));
    }

    /// `train` runs several commands in its process: the last line of the first command is not the last line of the
    /// process.
    @Test
    @Tag("native")
    @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void theCommandsThatAStartCacheIsMadeFromAllEnd() {
        CommandProcess training = CommandProcess.start("train");
        try {
            CommandProcess.Ended ended = training.await();
            assertThat(ended.status()).as(ended.err()).isEqualTo(Ending.OK);
        } finally {
            training.destroy();
        }
    }

    @Test
    void anActorSystemStartsWithIt() {
        ActorSystem<Void> system = ActorSystems.start(ConfigFactory.empty(), PreparedResources.in(resources));
        try {
            assertThat(system.settings().config().getString("trapline.journal.mvstore.class"))
                    .as("the modules' own keys are in it")
                    .isEqualTo("dev.trapline.journal.persistence.MvStoreJournal");
        } finally {
            system.terminate();
        }
    }

    private static List<String> names(ClassLoader loader) {
        return FirmwareServices.load(loader).stream().map(LoadedService::name).toList();
    }
}
