package dev.trapline.launcher;

import static dev.trapline.launcher.BrokenPlugin.perform;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.launcher.BrokenPlugin.Said;
import dev.trapline.launcher.output.Ending;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A plugin is the user's own code. Any error in it ends its machine with status 1 and a message that names the
/// service, and leaves a valid recording. A call that never returns ends with the process.
class BrokenPluginTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private BrokenPlugin plugin;

    @BeforeEach
    void makeThem() throws IOException {
        plugin = BrokenPlugin.in(directory);
    }

    private Path jar(String name, String service) throws IOException {
        return BrokenPlugin.jar(directory.resolve(name), service);
    }

    private List<String> run(String how, String where, boolean resident) {
        return plugin.run(how, where, resident);
    }

    private Path recording() {
        return plugin.recording();
    }

    private Said on(String... command) {
        return plugin.on(command);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        throw          | apply   | true  | threw java.lang.IllegalStateException: out of luck on call
        throw          | apply   | false | threw java.lang.IllegalStateException: out of luck on call
        assert         | apply   | false | threw java.lang.AssertionError: not so on call
        checked        | apply   | true  | threw java.io.IOException: checked, and not declared on call
        checked        | notice  | false | threw java.io.IOException: checked, and not declared on Started
        checked        | entropy | false | threw java.io.IOException: checked, and not declared on Entropy
        link           | apply   | false | threw java.lang.NoClassDefFoundError: com/example/Absent on call
        overflow       | apply   | false | threw java.lang.StackOverflowError on call
        overflow       | notice  | true  | threw java.lang.StackOverflowError on Started
        memory         | apply   | false | threw java.lang.OutOfMemoryError: all of it on call
        memory         | apply   | true  | threw java.lang.OutOfMemoryError: all of it on call
        memory         | notice  | false | threw java.lang.OutOfMemoryError: all of it on Started
        null           | apply   | false | returned null on call
        null           | entropy | true  | returned null on Entropy
        null state     | apply   | false | threw java.lang.NullPointerException: a reply without a state on call
        null registers | apply   | true  | threw java.lang.NullPointerException: a reply without registers
        null effects   | apply   | false | threw java.lang.NullPointerException
        null effect    | apply   | false | threw java.lang.NullPointerException
        absent vCPU    | apply   | false | powers on vcpu7, which does not exist: this machine has 1 vCPU
        absent vCPU    | entropy | true  | powers on vcpu7, which does not exist: this machine has 1 vCPU
        on vCPU        | apply   | true  | powers on vcpu0, which is
        no handler     | apply   | false | completes an event on vcpu0, which runs no handler
        absent wake    | apply   | false | wakes vcpu63, which does not exist
        absent off     | apply   | false | powers off vcpu9, which does not exist
        absent deliver | apply   | false | delivers an event to vcpu9, which does not exist
        outside        | apply   | true  | writes 8 bytes at 0x1000000000, which is not wholly in memory
        huge           | apply   | false | wants effects of 16777281 bytes at once, and at most 16777216 can be recorded
        huge           | entropy | true  | wants effects of 16777281 bytes at once, and at most 16777216 can be recorded
        many           | apply   | true  | wants effects of 17826880 bytes at once, and at most 16777216 can be recorded
        odd time       | apply   | false | shares stolen time at 0x40000001, which is not a multiple of 8
        time outside   | entropy | false | shares stolen time at 0xfffffffffffffff8, which is not wholly in memory
        """)
    void whatAServiceDoesWrongEndsItsMachineAndLeavesASoundRecording(
            String how, String where, boolean resident, String words) {
        Said said = perform(run(how, where, resident));
        assertThat(said.status()).as(said.err()).isEqualTo(Ending.BROKEN);
        assertThat(said.lastLine())
                .startsWith("trapline: exit 1, service-failed: service 'misbehaving' ")
                .contains(words);
        if (words.startsWith("threw")) {
            assertThat(said.err())
                    .as("the stack trace: it is the user's code")
                    .contains("\tat " + Misbehaving.class.getName());
        }
        Said verified = perform(List.of("journal", "verify", recording().toString()));
        assertThat(verified.status()).as(verified.err()).isZero();
        assertReplays(how);
    }

    /// A failure that involves the host is not in the history: the replay fails there again. All other failures are
    /// in the history.
    private void assertReplays(String how) {
        boolean ofTheHost = how.equals("memory") || how.equals("overflow");
        for (List<String> options : List.of(List.<String>of(), List.of("--jobs", "2"))) {
            List<String> command = new ArrayList<>(List.of("replay", recording().toString()));
            command.addAll(options);
            Said replayed = on(command.toArray(String[]::new));
            assertThat(replayed.status()).as(replayed.err()).isEqualTo(ofTheHost ? Ending.BROKEN : Ending.OK);
            assertThat(replayed.err()).contains("service 'misbehaving'");
        }
        Said traced = on("trace", recording().toString());
        assertThat(traced.status()).as(traced.err()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"throw", "checked", "memory", "overflow", "link", "null"})
    void aServiceThatFailsAtItsStartEndsTheCommandBeforeAnythingRuns(String how) {
        Said said = perform(run(how, "start", false));
        assertThat(said.status()).as(said.err()).isEqualTo(Ending.BROKEN);
        assertThat(said.lastLine()).contains("service-failed: service 'misbehaving'");
        assertThat(recording()).as("nothing ran").doesNotExist();
    }

    @Test
    void aServiceThatFailsWhenItIsMadeOrDescribedIsNamedByEveryCommand() throws IOException {
        perform(run("throw", "apply", false));
        for (Class<?> broken : List.of(
                UselessServices.Unmakeable.class,
                UselessServices.Unloadable.class,
                UselessServices.Nameless.class,
                UselessServices.Speechless.class)) {
            Path jar = jar(broken.getSimpleName() + ".jar", broken.getName());
            for (List<String> command : List.of(
                    List.of("run", plugin.guest().toString()),
                    List.of("replay", recording().toString()),
                    List.of("trace", recording().toString()),
                    List.of("caps", "list"),
                    List.of("journal", "index", recording().toString()))) {
                List<String> arguments = new ArrayList<>(command);
                arguments.addAll(List.of("--plugin", jar.toString()));
                Said said = perform(arguments);
                assertThat(said.status()).as("%s: %s", arguments, said.err()).isEqualTo(Ending.BROKEN);
                assertThat(said.lastLine())
                        .as("%s", arguments)
                        .startsWith("trapline: exit 1, service-failed: service '" + broken.getName() + "'");
            }
        }
    }

    private List<List<String>> replays() {
        String rec = recording().toString();
        return List.of(
                List.of("replay", rec),
                List.of("replay", rec, "--jobs", "2"),
                List.of("replay", rec, "--at", "5"),
                List.of("replay", rec, "--from", "1", "--to", "5"),
                List.of("journal", "index", rec));
    }

    @Test
    void aServiceThatFailsInAReplayAloneIsNoReplay() {
        // This recording ends by a limit, long after the call in which the replayed service throws.
        record("no", "--max-instructions", "4000");
        for (List<String> command : replays()) {
            Said said = withProperty(Misbehaving.OTHER, "throw", () -> on(command.toArray(String[]::new)));
            assertThat(said.status()).as("%s: %s", command, said.err()).isEqualTo(Ending.BROKEN);
            assertThat(said.lastLine())
                    .as("%s", command)
                    .startsWith("trapline: exit 1, service-failed: service 'misbehaving' threw");
            assertThat(said.err()).as("%s", command).contains("\tat " + Misbehaving.class.getName());
        }
    }

    @Test
    void aReplayWithAnotherVersionOfAServiceWarnsAndItsDivergenceNamesWhoHadAPart() {
        record("no", "--max-instructions", "4000");
        for (List<String> command : replays()) {
            Said same = on(command.toArray(String[]::new));
            assertThat(same.status()).as("%s: %s", command, same.err()).isZero();
            assertThat(same.err()).as("%s: nothing to warn of", command).doesNotContain("another version");
            Said warned = withProperty(Misbehaving.VERSION, "2", () -> on(command.toArray(String[]::new)));
            assertThat(warned.status()).as("%s: it behaves alike", command).isZero();
            assertThat(warned.err())
                    .as("%s", command)
                    .contains("another version of service 'misbehaving' (1; here: 2)");
            Said diverged = withProperty(
                    Misbehaving.VERSION,
                    "2",
                    () -> withProperty(Misbehaving.OTHER, "answer", () -> on(command.toArray(String[]::new))));
            assertThat(diverged.status()).as("%s: %s", command, diverged.err()).isEqualTo(Ending.DIVERGED);
            assertThat(diverged.err())
                    .as("%s: whether the host was involved", command)
                    .contains(
                            "vCPU: vcpu0",
                            "function: HVC ",
                            "service 'misbehaving' (recorded: version 1; here: version 2)");
        }
    }

    @Test
    void aRunThatIsContinuedWarnsOfAnotherVersionOfAService() {
        record("memory");
        List<String> command = List.of(
                "run",
                "--continue",
                recording().toString(),
                "--timeout",
                "1s",
                "--plugin",
                plugin.jar().toString());
        Said said = withProperty(Misbehaving.VERSION, "2", () -> perform(command));
        assertThat(said.err()).contains("another version of service 'misbehaving' (1; here: 2)");
        assertThat(said.lastLine())
                .as("it continues to the same call, and fails there again")
                .contains("service-failed: service 'misbehaving' threw java.lang.OutOfMemoryError");
    }

    private void record(String how, String... options) {
        List<String> arguments = run(how, "apply", false);
        arguments.addAll(List.of(options));
        perform(arguments);
        assertThat(recording()).isDirectory();
    }

    private static Said withProperty(String name, String value, Supplier<Said> command) {
        System.setProperty(name, value);
        try {
            return command.get();
        } finally {
            System.clearProperty(name);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "loop, apply, false, INT",
        "loop, apply, true, TERM",
        "loop, notice, false, INT",
        "allocate, apply, false, INT",
        "loop, start, false, INT",
    })
    void aSignalEndsTheProcessAlthoughAServiceDoesNotReturn(String how, String where, boolean resident, String signal) {
        CommandProcess process = CommandProcess.start(run(how, where, resident).toArray(String[]::new));
        awaitLoop(process);
        process.signal(signal);
        assertEnded(process, Ending.INTERRUPTED, where);
        if (!resident && how.equals("loop") && where.equals("apply")) {
            assertHeldAgainInEveryReplay();
        }
    }

    @Test
    void aTimeoutEndsTheProcessAlthoughAServiceDoesNotReturn() {
        List<String> arguments = run("loop", "apply", false);
        // Long enough for the guest to make the call on a busy host.
        arguments.addAll(List.of("--timeout", "10s", "--set", "firmware.services.misbehaving.nth=1"));
        assertEnded(CommandProcess.start(arguments.toArray(String[]::new)), Ending.LIMIT, "apply");
    }

    @ParameterizedTest
    @CsvSource({
        "Endless, INT",
        "Verbose, TERM",
        "Loading, INT",
        "Endless, timeout",
        "Verbose, timeout",
        "Loading, timeout",
    })
    void aServiceThatIsNeverMadeOrNeverSaysWhatItIsDoesNotHoldTheProcess(String kind, String end) throws IOException {
        String broken = UselessServices.class.getName() + "$" + kind;
        Path jar = jar(kind + ".jar", broken);
        List<String> arguments = new ArrayList<>(
                List.of("run", "--plugin", jar.toString(), plugin.guest().toString()));
        if (end.equals("timeout")) {
            arguments.addAll(List.of("--timeout", "1s"));
        }
        CommandProcess process = CommandProcess.start(arguments.toArray(String[]::new));
        if (!end.equals("timeout")) {
            assertThat(awaitLoopOrEnd(process)).as("the service loops").isTrue();
            process.signal(end);
        }
        CommandProcess.Ended ended = process.await();
        assertThat(ended.status()).as(ended.err()).isEqualTo(end.equals("timeout") ? Ending.LIMIT : Ending.INTERRUPTED);
        assertThat(ended.lastLine()).contains("a firmware service did not return: " + broken);
    }

    @Test
    void aServiceThatInterruptsItsThreadChangesNothing() {
        List<String> command = run("interrupt", "entropy", false);
        command.addAll(List.of("--max-instructions", "4000"));
        Said said = perform(command);
        assertThat(said.status()).as(said.err()).isEqualTo(Ending.LIMIT);
    }

    /// It may also end by itself, with status 7: the plugin's interrupts reach different threads each time.
    @Test
    void aServiceThatInterruptsAllThreadsAgainAndAgainDoesNotHoldTheProcess() {
        List<String> command = run("interrupt all", "apply", false);
        command.addAll(List.of("--timeout", "4s"));
        CommandProcess.Ended ended =
                CommandProcess.start(command.toArray(String[]::new)).await();
        assertThat(ended.status()).as(ended.err()).isIn(Ending.LIMIT, Ending.STORAGE, Ending.BROKEN);
        Said verified = perform(List.of("journal", "verify", recording().toString()));
        assertThat(verified.status()).as(verified.err()).isZero();
    }

    @Test
    void anExceptionThatCannotBePrintedIsTheServicesOwnTime() {
        List<String> command = run("endless", "apply", false);
        command.addAll(List.of("--timeout", "3s"));
        CommandProcess process = CommandProcess.start(command.toArray(String[]::new));
        process.type("");
        CommandProcess.Ended ended = process.await();
        assertThat(ended.status()).as(ended.err()).isEqualTo(Ending.LIMIT);
        assertThat(ended.lastLine()).contains("service 'misbehaving' did not return");
    }

    @ParameterizedTest
    @ValueSource(strings = {"loop", "unreadable refusal"})
    void aTimeoutEndsTheProcessAlthoughAServiceDoesNotStart(String how) {
        List<String> arguments = run(how, "start", false);
        arguments.addAll(List.of("--timeout", "1s"));
        assertEnded(CommandProcess.start(arguments.toArray(String[]::new)), Ending.LIMIT, "start");
    }

    @ParameterizedTest
    @CsvSource({"unreadable refusal, INT", "inherited, timeout", "inherited, INT"})
    void theLastLineIsADocumentForAProgramAlsoBeforeTheRun(String how, String end) {
        List<String> arguments = run(how, "start", false);
        arguments.addAll(List.of("--format", "json"));
        if (end.equals("timeout")) {
            arguments.addAll(List.of("--timeout", "2s"));
        }
        CommandProcess process = CommandProcess.start(arguments.toArray(String[]::new));
        process.type("");
        if (!end.equals("timeout") && awaitLoopOrEnd(process)) {
            process.signal(end);
        }
        CommandProcess.Ended ended = process.await();
        assertThat(ended.lastLine())
                .startsWith("{\"schema\":{\"name\":\"trapline.result\"")
                .contains("misbehaving");
    }

    private void assertEnded(CommandProcess process, int status, String where) {
        CommandProcess.Ended ended = process.await();
        assertThat(ended.status()).as(ended.err()).isEqualTo(status);
        assertThat(ended.err())
                .as("the service that did not return, and its stack")
                .containsIgnoringCase("service")
                .contains(Misbehaving.class.getName());
        if (where.equals("start")) {
            return;
        }
        assertThat(ended.lastLine()).contains("service 'misbehaving' did not return");
        Said verified = perform(List.of("journal", "verify", recording().toString()));
        assertThat(verified.status()).as(verified.err()).isZero();
        assertThat(verified.lastLine())
                .as("the outcome of the run, which said: %s", ended.err())
                .contains("is sound up to its last whole segment: its run ended with: exit " + status)
                .contains("service 'misbehaving' did not return");
    }

    /// In the replay, the service does not return either, at the end of the recording.
    private void assertHeldAgainInEveryReplay() {
        for (List<String> options :
                List.of(List.<String>of(), List.of("--from", "0"), List.of("--jobs", "2"), List.of("--at", "99"))) {
            List<String> command = new ArrayList<>(List.of(
                    "replay", recording().toString(), "--plugin", plugin.jar().toString()));
            command.addAll(options);
            CommandProcess process = CommandProcess.start(command.toArray(String[]::new));
            process.type("");
            if (awaitLoopOrEnd(process)) {
                process.signal("INT");
            }
            CommandProcess.Ended ended = process.await();
            if (ended.status() == Ending.INTERRUPTED) {
                assertThat(ended.lastLine()).as("%s", command).contains("service");
            } else {
                assertThat(ended.status()).as("%s: %s", command, ended.err()).isIn(Ending.OK, Ending.USAGE);
            }
        }
    }

    private static void awaitLoop(CommandProcess process) {
        assertThat(awaitLoopOrEnd(process)).as("the service loops").isTrue();
    }

    /// Waits until a thread dump of the process shows a thread in the service.
    private static boolean awaitLoopOrEnd(CommandProcess process) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (process.isAlive() && System.nanoTime() < end) {
            String stacks = Stacks.of(process.pid());
            if (stacks.contains(Misbehaving.class.getName() + ".misbehave")
                    || stacks.contains(Misbehaving.class.getName() + ".loop")) {
                return true;
            }
        }
        return false;
    }
}
