package dev.trapline.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.trapline.launcher.output.Ending;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `./trapline` in its own small source tree, with a fake JDK and a fake Maven that only print their arguments.
class StartScriptTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private Path root;

    private record Said(int status, String out, String err) {}

    @BeforeEach
    void plantTree() throws IOException {
        root = directory.resolve("a tree");
        write(root.resolve("pom.xml"), "");
        for (String module : List.of("abi", "launcher")) {
            write(root.resolve(module).resolve("pom.xml"), "");
            write(root.resolve(module).resolve("src/main/A.java"), "");
        }
        Files.copy(Path.of("..", "trapline"), root.resolve("trapline"));
        plantJdk("jdk", "25.0.3");
        script("bin/mvn", """
            echo build >> "%s/builds"
            [ ! -e "%s/slow" ] || while [ -e "%s/slow" ]; do sleep 0.1; done
            if [ -e "%s/fetch" ]; then
                for n in 1 2 3; do echo "[INFO] Downloaded from central: $n.jar (1 kB at 1 kB/s)"; done
                until grep -q 'files fetched' "%s/screen"; do sleep 0.1; done
            fi
            sleep 1
            [ ! -e "%s/fail" ] || { echo '[ERROR] A.java:[7,1] not a statement'; exit 1; }
            mkdir -p launcher/target/lib
            : > launcher/target/lib/abi.jar
            : > launcher/target/launcher-1.jar
            """.formatted(directory, directory, directory, directory, directory, directory));
    }

    private void plantJdk(String name, String version) throws IOException {
        write(directory.resolve(name).resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        script(name + "/bin/javac", "");
        // Prints the arguments of the command, one per line, and the name of the JDK.
        script(name + "/bin/java", """
            for last in "$@"; do
                case $seen in yes) echo "<$last>" ;; esac
                [ "$last" != dev.trapline.launcher.Trapline ] || seen=yes
            done
            echo "%s"
            """.formatted(name));
    }

    @Test
    void theFirstUseBuildsAndTheSecondDoesNot() throws IOException {
        assertThat(trapline("run", "a.elf").out()).isEqualTo("<run>\n<a.elf>\njdk\n");
        assertThat(trapline("run", "a.elf").out()).isEqualTo("<run>\n<a.elf>\njdk\n");
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void aChangedSourceIsBuiltAgain() throws IOException {
        trapline();
        Files.setLastModifiedTime(
                root.resolve("abi/src/main/A.java"), FileTime.from(Instant.now().plusSeconds(5)));
        trapline();
        assertThat(builds()).isEqualTo(2);
    }

    @Test
    void twoFirstUsesAtOnceBuildOnce() throws IOException, InterruptedException {
        Process first = start(List.of("one"), root.resolve("trapline"));
        Process second = start(List.of("two"), root.resolve("trapline"));
        assertThat(end(first).out()).isEqualTo("<one>\njdk\n");
        assertThat(end(second).out()).isEqualTo("<two>\njdk\n");
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void aLockOfAProcessThatIsGoneIsTakenOver() throws IOException, InterruptedException {
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        write(root.resolve("launcher/target/trapline/lock/pid"), gone.pid() + "\n");
        assertThat(trapline().status()).isZero();
    }

    @Test
    void aFailedBuildShowsTheCompilersWordsAndNotMavens() throws IOException {
        write(directory.resolve("fail"), "");
        Said said = trapline("run");
        assertThat(said.status()).isEqualTo(Ending.USAGE);
        assertThat(said.out()).isEmpty();
        assertThat(said.err())
                .contains("the build failed", "A.java:[7,1] not a statement", "build.log")
                .doesNotContain("[ERROR]");
        Files.delete(directory.resolve("fail"));
        assertThat(trapline("run").out()).as("the next one builds again").isEqualTo("<run>\njdk\n");
    }

    @Test
    @Timeout(60)
    void theProgressOfABuildCountsTheFilesThatMavenFetched() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "no 'script' to make a terminal with");
        write(directory.resolve("fetch"), "");
        Path screen = directory.resolve("screen");
        write(screen, "");
        ProcessBuilder builder = builder(List.of(), root.resolve("trapline"));
        builder.command("script", "-qefc", "sh '" + root.resolve("trapline") + "' x", screen.toString());
        assertThat(end(builder.start()).status()).isZero();
        assertThat(Files.readString(screen))
                .as("Maven writes [INFO] in front of each")
                .contains(", 3 files fetched");
    }

    @Test
    @Timeout(60)
    void aBuildThatIsInterruptedLeavesALastLineAndNoLock() throws IOException, InterruptedException {
        write(directory.resolve("slow"), "");
        Process process = start(List.of("x"), root.resolve("trapline"));
        while (!Files.exists(directory.resolve("builds"))) {
            Thread.onSpinWait();
        }
        new ProcessBuilder("kill", "-TERM", Long.toString(process.pid()))
                .start()
                .waitFor();
        Said said = end(process);
        Files.delete(directory.resolve("slow"));
        assertThat(said.status()).as(said.err()).isEqualTo(Ending.INTERRUPTED);
        assertThat(said.err().stripTrailing())
                .endsWith(
                        "trapline: exit 130, interrupted: the build was interrupted; the next command begins it again");
        assertThat(root.resolve("launcher/target/trapline/lock"))
                .as("the next build can begin")
                .doesNotExist();
        assertThat(trapline("x").out()).isEqualTo("<x>\njdk\n");
    }

    @Test
    void argumentsReachTheCommandAsTheyWere() throws IOException {
        assertThat(trapline("run", "two words", "--set", "a=\"b c\"", "*", "@file")
                        .out())
                .isEqualTo("<run>\n<two words>\n<--set>\n<a=\"b c\">\n<*>\n<@file>\njdk\n");
    }

    @Test
    void theScriptFindsItsTreeThroughSymbolicLinks() throws IOException, InterruptedException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("a tree/trapline"));
        Path second = Files.createSymbolicLink(directory.resolve("link to a link"), link);
        assertThat(end(start(List.of("x"), second)).out()).isEqualTo("<x>\njdk\n");
    }

    @Test
    void aJdkThatIsTooOldIsPassedOver() throws IOException, InterruptedException {
        plantJdk("old", "17.0.15");
        // The next JDK is found on the PATH, by a link like those of distributions.
        Files.createSymbolicLink(directory.resolve("bin/java"), directory.resolve("jdk/bin/java"));
        ProcessBuilder builder = builder(List.of("x"), root.resolve("trapline"));
        builder.environment().put("JAVA_HOME", directory.resolve("old").toString());
        assertThat(end(builder.start()).out()).isEqualTo("<x>\njdk\n");
    }

    private Said trapline(String... arguments) throws IOException {
        try {
            return end(start(List.of(arguments), root.resolve("trapline")));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private Process start(List<String> arguments, Path script) throws IOException {
        return builder(arguments, script).start();
    }

    private ProcessBuilder builder(List<String> arguments, Path script) {
        List<String> command = new ArrayList<>(List.of("sh", script.toString()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().put("JAVA_HOME", directory.resolve("jdk").toString());
        builder.environment().put("PATH", directory.resolve("bin") + ":" + System.getenv("PATH"));
        return builder;
    }

    private static Said end(Process process) throws IOException, InterruptedException {
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Said(process.waitFor(), out, err);
    }

    private int builds() throws IOException {
        return Files.readAllLines(directory.resolve("builds")).size();
    }

    private void script(String name, String body) throws IOException {
        Path path = directory.resolve(name);
        write(path, "#!/bin/sh\n" + body);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void write(Path path, String content) {
        try {
            Files.createDirectories(path.getParent());
            Files.writeString(path, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
