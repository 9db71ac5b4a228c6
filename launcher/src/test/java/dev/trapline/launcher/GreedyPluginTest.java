package dev.trapline.launcher;

import static dev.trapline.launcher.BrokenPlugin.perform;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.trapline.launcher.BrokenPlugin.Said;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.process.Failures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A plugin shares the process with everything else. If a plugin uses up the process's resources, or ends the process,
/// the message names it.
class GreedyPluginTest {

    /// The number of threads that a process may start: more than the command needs, and few enough to be used up
    /// soon.
    private static final int THREADS = 300;

    /// An unused user: the limit counts all threads of a user.
    private static final String NOBODY = "64321";

    private static final Pattern OF_THE_JVM = Pattern.compile(
            "Exception: java\\.lang\\.OutOfMemoryError thrown from the UncaughtExceptionHandler in thread \"[^\"]*\"");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private BrokenPlugin plugin;

    @BeforeEach
    void makeThem() throws IOException {
        plugin = BrokenPlugin.in(directory);
    }

    private void assertSound() {
        Said verified = perform(List.of("journal", "verify", plugin.recording().toString()));
        assertThat(verified.status()).as(verified.err()).isZero();
    }

    /// At the start, the first write may not have happened yet.
    private void assertSoundOrUnwritten() {
        Said verified = perform(List.of("journal", "verify", plugin.recording().toString()));
        assertThat(verified.lastLine())
                .containsAnyOf("exit 0, sound", "its recorder ended before it had written anything");
    }

    /// No thread can be started any more, not even by the JVM, which needs one to deliver a signal.
    @ParameterizedTest
    @CsvSource({
        "threads, apply, false",
        "threads, apply, true",
        "threads, notice, false",
        "threads, start, false",
        "threads and return, apply, false",
    })
    void aServiceThatTakesAllThreadsIsNamed(String how, String where, boolean resident) throws Exception {
        CommandProcess process = CommandProcess.startUnder(
                withFewThreads(), plugin.run(how, where, resident).toArray(String[]::new));
        process.type("");
        CommandProcess.Ended ended = process.await();
        assertThat(ended.status()).as(ended.err()).isEqualTo(Ending.BROKEN);
        assertThat(ended.lastLine())
                .startsWith("trapline: exit 1, service-failed: service 'misbehaving' has taken all threads");
        if (where.equals("apply")) {
            assertSound();
        } else if (where.equals("notice")) {
            assertSoundOrUnwritten();
        }
    }

    @Test
    void aRefusedThreadThatNoServiceHadAPartInIsTheUsersLimit() {
        Failures failures = Failures.of(new OutOfMemoryError(
                "unable to create native thread: possibly out of memory or process/resource limits reached"));
        assertThat(failures.ending())
                .isEqualTo(new Ending(
                        Ending.USAGE,
                        "threads",
                        "the system lets this user start no more threads: end other programs, or raise the limit"
                                + " (ulimit -u)"));
    }

    @Test
    void aReplayInWhichAServiceTakesAllThreadsNamesIt() throws Exception {
        List<String> arguments = plugin.run("threads", "apply", false);
        arguments.addAll(List.of(
                "--format", "json", "--result", directory.resolve("result").toString()));
        CommandProcess run = CommandProcess.startUnder(withFewThreads(), arguments.toArray(String[]::new));
        run.type("");
        assertThat(run.await().lastLine()).as("for a program").startsWith("{").contains("has taken all threads");
        assertThat(directory.resolve("result"))
                .content()
                .as("the result file contains it, too")
                .contains("\"service-failed\"", "has taken all threads");
        CommandProcess replay = CommandProcess.startUnder(
                withFewThreads(),
                "replay",
                plugin.recording().toString(),
                "--at",
                "99",
                "--plugin",
                plugin.jar().toString());
        replay.type("");
        CommandProcess.Ended ended = replay.await();
        assertThat(ended.status()).as(ended.err()).isIn(Ending.BROKEN, Ending.USAGE);
        assertThat(ended.lastLine())
                .as("it reaches the end of the recording, or the service does it again")
                .containsAnyOf("has taken all threads", "99");
    }

    /// A process with a limit of threads, as an ordinary user: root may start any number.
    private static List<String> withFewThreads() throws IOException, InterruptedException {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/prlimit")) && Files.isExecutable(Path.of("/usr/bin/setpriv")),
                "there is no prlimit or setpriv (Debian: apt install util-linux): taken threads are not tested");
        if (!"root".equals(System.getProperty("user.name"))) {
            Process ps = new ProcessBuilder("ps", "-L", "-u", System.getProperty("user.name"), "-o", "lwp=").start();
            long present = new String(ps.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .count();
            assertThat(ps.waitFor()).isZero();
            return List.of("prlimit", "--nproc=" + (present + THREADS));
        }
        return List.of(
                "setpriv",
                "--reuid=" + NOBODY,
                "--regid=" + NOBODY,
                "--clear-groups",
                "--securebits=+no_setuid_fixup",
                "--inh-caps=+dac_override",
                "--ambient-caps=+dac_override",
                "prlimit",
                "--nproc=" + THREADS);
    }

    /// No memory can be allocated any more: the end is reported from reserved memory.
    @ParameterizedTest
    @CsvSource({
        "hoard, apply, true",
        "hoard, apply, false",
        "hoard, notice, false",
        "hoard, start, true",
        "nodes, apply, false",
        "nodes, start, false",
        "clutch, apply, true",
        "gulp, apply, true",
        "gulp, apply, false",
        "gulp, start, false",
    })
    void aServiceThatKeepsAllMemoryIsNamed(String how, String where, boolean resident) {
        CommandProcess process = CommandProcess.startWith(
                Map.of("JAVA_TOOL_OPTIONS", "-Xmx128m"),
                plugin.run(how, where, resident).toArray(String[]::new));
        process.type("");
        CommandProcess.Ended ended = process.await();
        assertThat(ended.status()).as(ended.err()).isEqualTo(Ending.BROKEN);
        assertThat(lastLineButForTheJvm(ended))
                .as("the service's error, or that of another thread that was first")
                .containsAnyOf(
                        "service-failed: service 'misbehaving' threw java.lang.OutOfMemoryError",
                        "service-failed: service 'misbehaving' has taken all memory",
                        "service 'misbehaving' did not return: ");
        if (where.equals("apply")) {
            assertSound();
        } else if (where.equals("notice")) {
            assertSoundOrUnwritten();
        }
    }

    /// The JVM prints its own message about a thread that ends for lack of memory. This cannot be switched off.
    private static String lastLineButForTheJvm(CommandProcess.Ended ended) {
        return ended.err()
                .lines()
                .filter(line -> !line.isBlank() && !OF_THE_JVM.matcher(line).matches())
                .reduce("", (_, next) -> next);
    }

    /// The recording up to the call is kept.
    @Test
    void aServiceThatEndsTheProcessIsNamed() {
        CommandProcess process =
                CommandProcess.start(plugin.run("exit", "apply", false).toArray(String[]::new));
        process.type("");
        CommandProcess.Ended ended = process.await();
        assertThat(ended.status()).as(ended.err()).isEqualTo(Ending.BROKEN);
        assertThat(ended.lastLine())
                .contains("service-failed: service 'misbehaving' has ended the process by System.exit");
        assertThat(ended.err()).as("the position").contains("\tat ", Misbehaving.class.getName() + ".misbehave(");
        Said verified = perform(List.of("journal", "verify", plugin.recording().toString()));
        assertThat(verified.status()).as(verified.err()).isZero();
        assertThat(plugin.on("trace", plugin.recording().toString(), "--schedule")
                        .status())
                .isZero();
    }

    /// The service changes the process, and returns.
    @ParameterizedTest
    @ValueSource(strings = {"hook", "thread", "close streams", "replace streams", "hold hooks", "hold signals"})
    void whatAServiceLeavesBehindNeitherHoldsTheProcessNorKeepsItsLastLineBack(String how) {
        List<String> command = plugin.run(how, "entropy", false);
        command.addAll(List.of("--max-instructions", "400000"));
        CommandProcess process = CommandProcess.start(command.toArray(String[]::new));
        process.type("");
        CommandProcess.Ended ended = process.await();
        assertThat(ended.status()).as(ended.err()).isEqualTo(Ending.LIMIT);
        assertThat(ended.lastLine()).startsWith("trapline: exit 5, limit: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void aSignalThatAServiceHasTakenForItselfIsTakenBack(String signal) {
        CommandProcess process =
                CommandProcess.start(plugin.run("signals", "entropy", false).toArray(String[]::new));
        assertThat(process.awaitError("the signal TERM for itself")).isTrue();
        process.signal(signal);
        process.type("");
        CommandProcess.Ended ended = process.await();
        assertThat(ended.err()).contains(" had taken the signal TERM for itself; it has been taken back");
        assertThat(ended.status()).as(ended.err()).isEqualTo(Ending.INTERRUPTED);
        assertThat(ended.lastLine()).startsWith("trapline: exit 130, interrupted: ");
        assertSound();
    }
}
