package dev.trapline.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

@Isolated("it sets a system property")
class MachineExtensionTest {

    /// The results of a class's tests.
    private static List<TestExecutionResult> run(Class<?> tests) {
        List<TestExecutionResult> results = new ArrayList<>();
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(tests))
                .build();
        LauncherFactory.create().execute(request, new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (test.isTest()) {
                    results.add(result);
                }
            }
        });
        return results;
    }

    private static String failure(Class<?> tests) {
        List<TestExecutionResult> results = run(tests);
        assertThat(results).hasSize(1);
        return results.getFirst()
                .getThrowable()
                .map(Throwable::getMessage)
                .orElseThrow(() -> new AssertionError("it did not fail: " + results));
    }

    @Test
    void aFailingSeedIsShrunkRecordedAndReported() {
        String message = failure(Samples.Hotplug.class);
        assertThat(message)
                .contains(
                        "Expected the guest to end the run with status 0.",
                        "PSCI_CPU_ON",
                        "Seed 1 of 300, schedule pct:3; to run it alone: -Dtrapline.seed=1",
                        "it needs:",
                        "vcpu0 continues in _start+0x4, for ")
                .doesNotContain("differs");
        for (String recording : List.of("seed-1", "seed-1-smallest")) {
            Path directory = Path.of("target", "trapline", "Hotplug.theThirdVcpuIsStartedByItsOwner", recording);
            assertThat(message).contains("trapline replay " + directory);
            assertThat(Files.isDirectory(directory)).isTrue();
        }
    }

    @Test
    void aFaultIsNamedInItsStory() {
        assertThat(failure(Samples.Denied.class))
                .contains("Expected the guest to end the run with status 0, or to turn its machine off.")
                .containsPattern("it needs:\n  call [567] of vcpu0, PSCI_CPU_ON: refused");
    }

    @Test
    void aPropertyRunsOneSeedAlone() {
        System.setProperty("trapline.seed", "2");
        try {
            assertThat(run(Samples.Hotplug.class))
                    .allMatch(result -> result.getStatus() == TestExecutionResult.Status.SUCCESSFUL);
            System.setProperty("trapline.seed", "1");
            assertThat(failure(Samples.Hotplug.class)).contains("Seed 1 of 300");
        } finally {
            System.clearProperty("trapline.seed");
        }
    }

    @Test
    void anInterleavingIsTakenWhole() {
        assertThat(failure(Samples.Interleaved.class))
                .contains("Expected the guest to end the run with status 0.", "Exited[status=1]");
        assertThat(run(Samples.LessInterleaved.class))
                .hasSize(1)
                .allMatch(result -> result.getStatus() == TestExecutionResult.Status.SUCCESSFUL);
    }

    /// The numbers are those of `trapline run --seed`.
    @ParameterizedTest
    @ValueSource(classes = {Samples.UsualSeed.class, Samples.AnotherSeed.class})
    void theSeedDecidesWhatAPlanLeavesOpen(Class<?> tests) {
        assertThat(run(tests))
                .hasSize(1)
                .allMatch(result -> result.getStatus() == TestExecutionResult.Status.SUCCESSFUL);
    }

    @Test
    void anAssumptionThatDoesNotHoldSkipsTheTest() {
        assertThat(run(Samples.Assuming.class))
                .hasSize(1)
                .allMatch(result -> result.getStatus() == TestExecutionResult.Status.ABORTED);
    }

    static List<Arguments> mistakes() {
        return List.of(
                Arguments.of(Samples.Idle.class, "does not run its machine: call TestMachine.run() in it"),
                Arguments.of(Samples.Twice.class, "a test runs its machine once"),
                Arguments.of(Samples.Absent.class, "absent.elf cannot be read: "),
                Arguments.of(Samples.Unfair.class, "@ExploreSeeds: 'fair' is no schedule"),
                Arguments.of(Samples.MoreVcpus.class, "@Interleaving: there is no vcpu4: the machine has 4"),
                Arguments.of(Samples.Both.class, "itRuns has @Interleaving and @ExploreSeeds: make two tests of it"),
                Arguments.of(Samples.TooMany.class, "@MachineTest: "));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void mistakesOfATestSayWhatIsWrong(Class<?> tests, String words) {
        assertThat(failure(tests)).contains(words);
    }
}
