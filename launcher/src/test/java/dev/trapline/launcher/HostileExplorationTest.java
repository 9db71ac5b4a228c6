package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static dev.trapline.launcher.InProcess.perform;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.launcher.CommandProcess.Ended;
import dev.trapline.launcher.output.Ending;
import dev.trapline.testkit.HostTools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The directory of an exploration that a stranger has prepared.
@Tag("native")
@Timeout(120)
class HostileExplorationTest {

    private static final String GROUP = "exit-status-36c20fdc";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private Path victim() {
        return directory.resolve("victim");
    }

    private Path out() {
        return directory.resolve("found");
    }

    @BeforeEach
    void makeVictim() throws IOException {
        Files.writeString(victim(), "mine\n");
        Files.createDirectory(directory.resolve("outside"));
    }

    /// Explores the seeds around one that fails.
    private Ended explore() {
        return perform(
                "explore",
                "--cpus",
                "4",
                "--schedule",
                "pct:3",
                "--seeds",
                "242..244",
                "--out",
                out().toString(),
                guest("bugs/hotplug"));
    }

    @ParameterizedTest
    @CsvSource({
        "exploration.json.new, link",
        "exploration.json.new, pipe",
        "exploration.json, link",
        GROUP + "/seed-243.txt, link",
        GROUP + "/seed-243.txt, pipe",
        GROUP + "/seed-243.txt.new, link",
        GROUP + "/seed-243.txt.new, pipe",
    })
    void noLinkIsFollowedAndNothingButAFileIsReplaced(String name, String kind)
            throws IOException, InterruptedException {
        assertThat(explore().status()).isEqualTo(Ending.GUEST_FAILED);
        Path trap = out().resolve(name);
        Files.deleteIfExists(trap);
        if (kind.equals("link")) {
            Files.createSymbolicLink(trap, victim());
        } else {
            HostTools.execute(directory, "mkfifo", trap.toString());
        }
        Ended said = explore();
        assertThat(said.status()).as(said.err()).isIn(Ending.USAGE, Ending.STORAGE);
        assertThat(said.err()).contains(name.endsWith("json") ? "name another directory" : trap.toString());
        assertThat(victim()).hasContent("mine\n");
    }

    @Test
    void aFailureIsNotKeptBehindALink() throws IOException, InterruptedException {
        assertThat(explore().status()).isEqualTo(Ending.GUEST_FAILED);
        HostTools.execute(directory, "rm", "-r", out().resolve(GROUP).toString());
        Files.createSymbolicLink(out().resolve(GROUP), directory.resolve("outside"));
        Ended said = explore();
        assertThat(said.status()).as(said.err()).isEqualTo(Ending.STORAGE);
        assertThat(said.err()).contains("is a symbolic link");
        assertThat(directory.resolve("outside")).isEmptyDirectory();
    }

    @Test
    void whatAnExplorationKeepsIsPrivate() throws IOException {
        assertThat(explore().status()).isEqualTo(Ending.GUEST_FAILED);
        try (Stream<Path> all = Files.walk(out())) {
            for (Path each : all.toList()) {
                String wanted = Files.isDirectory(each) ? "rwx------" : "rw-------";
                assertThat(PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(each, LinkOption.NOFOLLOW_LINKS)))
                        .as("%s", each)
                        .isEqualTo(wanted);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"'1,', 2000000", "'[],', 2000000", "'{},', 2000000"})
    void aLargeFileOfAnExplorationIsRefusedAtItsFirstError(String element, int times) throws IOException {
        assertThat(explore().status()).isEqualTo(Ending.GUEST_FAILED);
        Path file = out().resolve("exploration.json");
        String text = Files.readString(file, StandardCharsets.UTF_8);
        Files.writeString(file, text.replace("\"groups\":[", "\"groups\":[" + element.repeat(times)));
        Ended said = explore();
        assertThat(said.status()).isEqualTo(Ending.USAGE);
        assertThat(said.err()).contains("has no exploration that can be continued");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"runs\":3,\"failed\"     | \"runs\":4,\"failed\"",
                "\"failed\":1             | \"failed\":2",
                "\"checked\":             | \"checked\":99",
                "\"next\":245             | \"next\":244",
                "\"next\":245             | \"next\":-1",
                "\"seed\":243             | \"seed\":245",
                "\"firstSeed\":243        | \"firstSeed\":241",
                "\"firstSeed\":243        | \"firstSeed\":244",
                "\"slices\":              | \"slices\":-",
                "\"kind\":\"exit-status\" | \"kind\":\"nothing\"",
                "\"groups\":[             | \"groups\":[[",
                "\"code\":\"40080:         | \"code\":\"40080",
                "\"code\":\"40080:         | \"code\":\"10000000040080:",
                "\"code\":\"40080:         | \"code\":\"x",
                "\"code\":                | \"other\":",
                "\"calls\":[{             | \"calls\":[1,{",
                "\"calls\":[{             | \"calls\":[{},{",
                "\"calls\":               | \"other\":",
                "\"rules\":[              | \"rules\":[{\"rule\":\"a\",\"fired\":-1}",
                "\"longest\":             | \"other\":",
                "\"longest\":             | \"longest\":1.5e",
                "\"longest\":             | \"longest\":99999999999999999999",
            })
    void aFileWhoseNumbersDoNotFitTogetherIsRefused(String text, String other) throws IOException {
        assertThat(explore().status()).isEqualTo(Ending.GUEST_FAILED);
        Path file = out().resolve("exploration.json");
        String sound = Files.readString(file, StandardCharsets.UTF_8);
        assertThat(sound).contains(text);
        Files.writeString(file, sound.replace(text, other));
        Ended said = explore();
        assertThat(said.status()).as(other).isEqualTo(Ending.USAGE);
        assertThat(said.err()).contains("has no exploration that can be continued");
    }
}
