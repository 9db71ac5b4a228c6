package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static dev.trapline.launcher.InProcess.perform;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trapline.launcher.CommandProcess.Ended;
import dev.trapline.launcher.output.Ending;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// The JUnit tests that `trapline explore` and `trapline minimize` write fail with the guest that has the bug, and pass
/// with the one that has not.
@Tag("native")
class GeneratedTestTest {

    private static final String PLAN = """
        faults = [
          { name = denied, at { function = PSCI_CPU_ON }, when { probability = 0.2 }, do { refuse = DENIED } }
          { name = dry, at { function = TRNG_RND64 }, when { probability = 0.2 }, do { refuse = NO_ENTROPY } }
          { name = stays-dry, at { function = TRNG_RND64 }, when { after = dry }, do { refuse = NO_ENTROPY } }
          { name = clobber, at { function = PSCI_AFFINITY_INFO }, when { probability = 0.02 }, do { result { x4 = 57005 } } }
        ]
        """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @BeforeEach
    void writePlan() throws IOException {
        Files.writeString(directory.resolve("plan.conf"), PLAN);
    }

    private List<String> exploring(String guest, String seeds, String... more) {
        List<String> arguments = new ArrayList<>(List.of("explore", "--seeds", seeds, "--max-instructions", "200000"));
        arguments.addAll(List.of("--out", directory.resolve("found").toString()));
        arguments.addAll(List.of(more));
        arguments.add(guest(guest));
        return arguments;
    }

    /// The only failure of an exploration.
    private JsonNode explored(String guest, String seeds, String... more) throws IOException {
        List<String> arguments = exploring(guest, seeds, more);
        arguments.addAll(List.of("--format", "json"));
        Ended said = perform(arguments);
        assertThat(said.status()).as(said.err()).isEqualTo(Ending.GUEST_FAILED);
        JsonNode failures = new Schemas().validated(said.out()).get("failures");
        assertThat(failures).as("%s", failures).hasSize(1);
        return failures.get(0);
    }

    /// Compiles a test, and runs it.
    private TestExecutionResult tested(String source, String className) throws IOException {
        Path file = Files.writeString(directory.resolve(className + ".java"), source);
        Path classes = Files.createTempDirectory(directory, "classes");
        int errors = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-d", classes.toString(), file.toString());
        assertThat(errors).as(source).isZero();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
            List<TestExecutionResult> results = new ArrayList<>();
            LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                    .selectors(selectClass(loader.loadClass(className)))
                    .build();
            LauncherFactory.create().execute(request, new TestExecutionListener() {
                @Override
                public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                    if (test.isTest()) {
                        results.add(result);
                    }
                }
            });
            assertThat(results).as(source).hasSize(1);
            return results.getFirst();
        } catch (ClassNotFoundException e) {
            throw new AssertionError(source, e);
        }
    }

    private static String message(TestExecutionResult result) {
        return result.getThrowable().map(Throwable::getMessage).orElse("it passed");
    }

    private void assertFailsUntilMended(Path test, String buggy, String words) throws IOException {
        String source = Files.readString(test);
        String className = String.valueOf(test.getFileName()).replace(".java", "");
        assertThat(message(tested(source, className))).as(source).contains(words);
        String mended = source.replace(guest(buggy), guest(buggy + "-fixed"));
        assertThat(mended).isNotEqualTo(source);
        assertThat(tested(mended, className).getStatus()).as(source).isEqualTo(TestExecutionResult.Status.SUCCESSFUL);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        ticket-lock | 195 | random | TicketLockNoProgressTest | Expected the run to end before its limit.
        ticket-lock | 448 | jitter | TicketLockExitStatusTest | Expected the guest to end the run with status 0.
        hotplug     | 1   | pct:3  | HotplugExitStatusTest    | Expected the guest to end the run with status 0.
        hotplug     | 243 | pct:3  | HotplugExitStatusTest    | Expected the guest to end the run with status 0.
        sdei-update | 17  | random | SdeiUpdateExitStatusTest | Expected the guest to end the run with status 0.
        """)
    void turnsAreTheSameInATest(String guest, String seed, String schedule, String name, String words)
            throws IOException {
        JsonNode failure = explored("bugs/" + guest, seed + ".." + seed, "--cpus", "4", "--schedule", schedule);
        Path test = Path.of(failure.get("test").asText());
        assertThat(test.resolveSibling("seed-" + seed + "-smallest")).isDirectory();
        assertThat(test).hasFileName(name + ".java").content().contains("@Interleaving(");
        assertFailsUntilMended(test, "bugs/" + guest, words);
    }

    @Test
    void thePageShowsTheTestOfItsExample() throws IOException {
        JsonNode failure = explored("bugs/hotplug", "243..243", "--cpus", "4", "--schedule", "pct:3");
        String source = Files.readString(Path.of(failure.get("test").asText()));
        assertThat(CommandProcess.HOME.resolve("docs/testing-your-guest.md"))
                .content()
                .contains("```java\n" + source.replace(guest("bugs/hotplug"), "guests/bugs/hotplug.elf") + "```\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        ignores-denied  | IgnoresDeniedNoProgressTest  | Expected the run to end before its limit.
        trusts-x4       | TrustsX4ExitStatusTest       | Expected the guest to end the run with status 0.
        retries-forever | RetriesForeverNoProgressTest | Expected the run to end before its limit.
        """)
    void faultsAreTheSameInATest(String guest, String name, String words) throws IOException {
        String plan = directory.resolve("plan.conf").toString();
        JsonNode failure = explored("bugs/" + guest, "0..20", "--cpus", "4", "--faults", plan);
        Path test = Path.of(failure.get("test").asText());
        assertThat(test)
                .hasFileName(name + ".java")
                .content()
                .contains("    @Test\n")
                .doesNotContain("@Interleaving");
        assertFailsUntilMended(test, "bugs/" + guest, words);
    }

    @Test
    void aRecordingHasATestToo() throws IOException {
        String recording = directory.resolve("rec").toString();
        Ended run = perform(List.of(
                "run",
                "--cpus",
                "4",
                "--set",
                "run.schedule=random",
                "--seed",
                "21",
                "--record",
                recording,
                guest("bugs/sdei-update")));
        assertThat(run.status()).as(run.err()).isEqualTo(1);
        Path small = directory.resolve("small");
        Ended said = perform(List.of("minimize", recording, "--out", small.toString()));
        Path test = small.resolve("SdeiUpdateExitStatusTest.java");
        assertThat(said.out()).as(said.err()).contains("a test of it: " + test + "\n");
        assertThat(test).content().contains("The recording does not say where the guest is: give its path.");
        String guest = guest("bugs/sdei-update");
        Files.writeString(test, Files.readString(test).replace("\"sdei-update.elf\"", "\"" + guest + "\""));
        assertFailsUntilMended(test, "bugs/sdei-update", "Expected the guest to end the run with status 0.");
        assertThat(perform(List.of("replay", small.toString())).status()).isZero();
    }

    @Test
    void guestsThatDeadlockFaultOrPrintAFailureHaveTests() throws IOException {
        JsonNode waits = explored("wfi-all", "1");
        assertThat(message(tested(Files.readString(Path.of(waits.get("test").asText())), "WfiAllDeadlockTest")))
                .contains("Expected no deadlock.");
        directory = Files.createDirectory(directory.resolve("next"));
        JsonNode faults = explored("fault-read", "1", "--set", "machine.board=bare");
        assertThat(message(tested(Files.readString(Path.of(faults.get("test").asText())), "FaultReadGuestFaultTest")))
                .contains("Expected the guest to do nothing that the machine cannot handle.");
        directory = Files.createDirectory(directory.resolve("last"));
        JsonNode prints = explored("smp-hello", "1", "--cpus", "2", "--fail-on", "\"?vCPU \\d+.*\\\\?$");
        assertThat(message(tested(Files.readString(Path.of(prints.get("test").asText())), "SmpHelloConsoleTest")))
                .contains("Expected the guest to print no line with \"?vCPU \\d+.*\\\\?$, and the guest printed ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        --set;machine.cpu-model=cortex-a53;exit-42   | cannot say what is different about the machine: its CPUs
        --slice;10000;exit-42                        | cannot say what is different about the machine: the length of a round
        --set;firmware.services.psci.version=1.0;exit-42 | cannot say what is different about the machine: the settings of its services
        """)
    void whatATestCannotDescribeIsTold(String options, String words) {
        List<String> more = new ArrayList<>(List.of(options.split(";", -1)));
        String guest = more.removeLast();
        Ended said = perform(exploring(guest, "1", more.toArray(String[]::new)));
        assertThat(said.out()).as(said.err()).contains("  no test of it: @MachineTest " + words + "\n");
    }

    @Test
    void typedKeysAreNoPartOfATest() throws IOException {
        String keys = Files.writeString(directory.resolve("keys"), "bad\rq").toString();
        String[] typed = {"--set", "run.input=" + keys, "--fail-on", "bad"};
        assertThat(perform(exploring("echo", "1", typed)).out())
                .contains("  no test of it: @MachineTest gives its guest no input\n");
    }
}
