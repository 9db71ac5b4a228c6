package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static dev.trapline.launcher.InProcess.perform;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trapline.launcher.CommandProcess.Ended;
import dev.trapline.launcher.output.Ending;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `trapline explore` finds planted bugs, shrinks them to their causes, and finds nothing in the same guests without
/// them.
class ExploreTest {

    /// How many seeds a guest without the bug has to survive.
    private static final String SURVIVED = Boolean.getBoolean("trapline.full") ? "100000" : "1000";

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

    private Ended explore(String guest, String seeds, String... more) {
        List<String> arguments = new ArrayList<>(List.of("explore", "--cpus", "4", "--seeds", seeds));
        arguments.addAll(List.of(more));
        if (!arguments.contains("--max-instructions")) {
            arguments.addAll(List.of("--max-instructions", "1000000"));
        }
        arguments.add(guest("bugs/" + guest));
        return perform(arguments.toArray(String[]::new));
    }

    private JsonNode found(String guest, String seeds, String... more) throws IOException {
        List<String> options = new ArrayList<>(List.of(more));
        options.addAll(List.of("--format", "json"));
        Ended said = explore(guest, seeds, options.toArray(String[]::new));
        assertThat(said.status()).as(said.err()).isEqualTo(Ending.GUEST_FAILED);
        assertThat(said.lastLine()).contains("\"kind\":\"failures-found\"");
        return new Schemas().validated(said.out());
    }

    @ParameterizedTest
    @CsvSource({
        "ticket-lock, random, 350..399, no-progress, 10",
        "ticket-lock, jitter, 420..450, exit-status, 10",
        "hotplug, pct:3, 200..299, exit-status, 3",
        "sdei-update, pct:3, 0..99, exit-status, 3",
        "sdei-update, random, 0..99, exit-status, 7",
        "ticket-lock, shared:2, 0..199, no-progress, 10",
        "hotplug, shared:3, 0..49, exit-status, 3",
        "sdei-update, shared:2, 0..49, exit-status, 3",
        "needle, shared:2, 0..49, exit-status, 3",
    })
    void bugsOfInterleavingAreFoundAndShrunk(String guest, String schedule, String seeds, String kind, int most)
            throws IOException {
        Path out = directory.resolve("found");
        JsonNode document = found(guest, seeds, "--schedule", schedule, "--out", out.toString());
        JsonNode failure = null;
        for (JsonNode each : document.get("failures")) {
            failure = each.get("failure").asText().equals(kind) ? each : failure;
        }
        assertThat(failure).as("%s", document).isNotNull();
        if (failure == null) {
            return;
        }
        assertThat(failure.get("minimal").asBoolean()).as("%s", failure).isTrue();
        assertThat(failure.get("story").size()).as("%s", failure).isBetween(1, most);
        for (String recording : List.of("recording", "smallest")) {
            Ended replayed = perform("replay", failure.get(recording).asText());
            assertThat(replayed.status()).as(replayed.err()).isZero();
            assertThat(replayed.lastLine()).startsWith("trapline: exit 0, replayed: no divergence");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ignores-denied, 'of vcpu0, PSCI_CPU_ON: refused', no-progress",
        "trusts-x4, 'of vcpu0, PSCI_AFFINITY_INFO: returns x4=0xdead', exit-status",
        "retries-forever, the fault 'stays-dry', no-progress",
    })
    void bugsOfErrorHandlingAreShrunkToTheirFaults(String guest, String cause, String kind) throws IOException {
        Path out = directory.resolve("found");
        JsonNode document = found(
                guest,
                "0..20",
                "--faults",
                directory.resolve("plan.conf").toString(),
                "--max-instructions",
                "100000",
                "--out",
                out.toString());
        assertThat(document.get("failures")).hasSize(1);
        JsonNode failure = document.get("failures").get(0);
        assertThat(failure.get("failure").asText()).isEqualTo(kind);
        List<String> story = new ArrayList<>();
        failure.get("story").forEach(line -> story.add(line.asText()));
        assertThat(story).as("%s", failure).hasSizeLessThanOrEqualTo(2);
        assertThat(String.join("; ", story)).contains(cause);
        assertThat(perform("replay", failure.get("smallest").asText()).status()).isZero();

        // The plan alone does the same to an ordinary run.
        Ended again = perform(
                "run",
                "--cpus",
                "4",
                "--max-instructions",
                "100000",
                "--faults",
                failure.get("plan").asText(),
                guest("bugs/" + guest));
        assertThat(again.status()).as(again.err()).isEqualTo(kind.equals("exit-status") ? 1 : Ending.LIMIT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ticket-lock",
                "hotplug",
                "sdei-update",
                "needle",
                "ignores-denied",
                "retries-forever",
                "trusts-x4",
            })
    void theSameGuestsWithoutTheirBugsSurvive(String guest) {
        Ended said = explore(guest + "-fixed", SURVIVED);
        assertThat(said.status()).as(said.out()).isZero();
        assertThat(said.out()).startsWith(SURVIVED.equals("1000") ? "1,000 runs" : "100,000 runs");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ticket-lock", "hotplug", "sdei-update", "needle"})
    void theSameGuestsWithoutTheirBugsSurviveInterruptionsWhereTheyShare(String guest) {
        Ended said = explore(guest + "-fixed", "300", "--schedule", "shared:3");
        assertThat(said.status()).as(said.out()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ignores-denied", "retries-forever", "trusts-x4"})
    void guestsThatExpectTheFaultsSurviveThem(String guest) {
        for (String swarm : List.of("--swarm", "--jobs=1")) {
            Ended said = explore(
                    guest + "-fixed",
                    "200",
                    "--faults",
                    directory.resolve("plan.conf").toString(),
                    swarm);
            assertThat(said.status()).as(said.out()).isZero();
        }
    }

    @Test
    void theResultDependsOnTheSeedsAlone() {
        Ended one = explore("ticket-lock", "0..99", "--jobs", "1");
        Ended two = explore("ticket-lock", "0..99", "--jobs", "3");
        assertThat(two.out()).isEqualTo(one.out()).contains("100 runs with the seeds 0..99, schedule random: ");
        assertThat(explore("ticket-lock", "195..195").out()).contains("1 failed", "first with seed 195;");
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "KILL"})
    void anExplorationThatWasEndedGoesOn(String signal) throws IOException {
        Path out = directory.resolve("found");
        String[] command = {
            "explore",
            "--cpus",
            "4",
            "--max-instructions",
            "200000",
            "--seeds",
            "3000",
            "--minimize-runs",
            "0",
            "--out",
            out.toString(),
            guest("bugs/hotplug")
        };
        CommandProcess process = CommandProcess.start(command);
        Path file = out.resolve("exploration.json");
        while (process.isAlive()
                && !(Files.exists(file) && !Files.readString(file).contains("\"runs\":0,"))) {
            Thread.onSpinWait();
        }
        process.signal(signal);
        CommandProcess.Ended ended = process.await();
        assertThat(ended.out()).as("it was not over").isEmpty();
        if (signal.equals("INT")) {
            assertThat(ended.lastLine())
                    .contains("exit 130, interrupted: the exploration was interrupted after ", "continues from there");
        }
        Ended rest = perform(command);
        assertThat(rest.err()).contains("continues after ");
        String[] whole = command.clone();
        whole[10] = directory.resolve("whole").toString();
        assertThat(rest.out().replace(out.toString(), "OUT"))
                .isEqualTo(perform(whole).out().replace(whole[10], "OUT"))
                .startsWith("3,000 runs");
    }

    @Test
    void aDirectoryOfAnotherExplorationIsRefused() throws IOException {
        String out = directory.resolve("found").toString();
        explore("ticket-lock-fixed", "5", "--out", out);
        Ended other = explore("hotplug-fixed", "5", "--out", out);
        assertThat(other.status()).isEqualTo(Ending.USAGE);
        assertThat(other.lastLine()).contains("has an exploration of another guest, place, plan or schedule");
        assertThat(explore("ticket-lock-fixed", "5", "--schedule", "jitter", "--out", out)
                        .status())
                .isEqualTo(Ending.USAGE);
        Path mine = Files.createDirectory(directory.resolve("mine"));
        Ended strange = explore("ticket-lock-fixed", "5", "--out", mine.toString());
        assertThat(strange.status()).isEqualTo(Ending.USAGE);
        assertThat(strange.lastLine()).contains("has no exploration that can be continued");
        assertThat(mine).as("nothing is written into it").isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{\"from\": 3}", "[[[[", "{\"from\": 3} trailing"})
    void aDamagedFileOfAnExplorationIsRefused(String damage) throws IOException {
        Path out = directory.resolve("found");
        explore("ticket-lock-fixed", "5", "--out", out.toString());
        String deep = damage.equals("[[[[") ? damage.repeat(15_000) : damage;
        Files.writeString(out.resolve("exploration.json"), deep);
        Ended said = explore("ticket-lock-fixed", "5", "--out", out.toString());
        assertThat(said.status()).as(said.err()).isEqualTo(Ending.USAGE);
        assertThat(said.lastLine()).contains("has no exploration that can be continued");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        --seeds;0           | are no seeds
        --schedule;pct:0    | a depth of 0
        --schedule;shared:x | is no schedule
        --schedule;shared:0 | a depth of 0
        --schedule;fair     | is no schedule
        --jobs;0            | --jobs '0' is no number from 1 to 64
        --minimize-runs;x   | --minimize-runs 'x' is no number from 0 to 100000
        --fail-on;(         | is no regular expression
        --swarm             | --swarm has no effect
        """)
    void wrongOptionsAreRefused(String options, String words) {
        List<String> arguments = new ArrayList<>(List.of("explore"));
        arguments.addAll(List.of(options.split(";", -1)));
        arguments.add(guest("exit-42"));
        Ended said = perform(arguments.toArray(String[]::new));
        assertThat(said.status()).as(said.err()).isEqualTo(Ending.USAGE);
        assertThat(said.lastLine()).contains(words);
    }

    @Test
    void aLineOfTheConsoleCanBeAFailure() {
        Ended said = perform("explore", "--cpus", "2", "--seeds", "3", "--fail-on", "vCPU \\d+", guest("smp-hello"));
        assertThat(said.status()).isEqualTo(Ending.GUEST_FAILED);
        assertThat(said.out()).contains("console-", "the guest printed \"");
    }
}
