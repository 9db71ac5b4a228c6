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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `trapline minimize`: recordings of failing runs, made in any way.
@Tag("native")
class MinimizeTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private String file(String name) {
        return directory.resolve(name).toString();
    }

    private Ended record(String name, String guest, String... options) {
        List<String> arguments = new ArrayList<>(List.of("run", "--cpus", "4", "--record", file(name)));
        arguments.addAll(List.of(options));
        arguments.add(guest(guest));
        return perform(arguments.toArray(String[]::new));
    }

    private JsonNode minimized(String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("minimize", "--format", "json"));
        arguments.addAll(List.of(more));
        Ended said = perform(arguments.toArray(String[]::new));
        assertThat(said.status()).as(said.err()).isZero();
        return new Schemas().validated(said.out());
    }

    private void assertReplays(String recording) {
        Ended replayed = perform("replay", recording);
        assertThat(replayed.status()).as(replayed.err()).isZero();
        assertThat(replayed.lastLine()).startsWith("trapline: exit 0, replayed: no divergence");
    }

    @Test
    void aRunByTheRandomScheduleIsShrunkToItsTurns() throws IOException {
        String[] random = {"--set", "run.schedule=random", "--seed", "21"};
        assertThat(record("rec", "bugs/sdei-update", random).status()).isEqualTo(1);
        JsonNode left = minimized(file("rec"));
        assertThat(left.get("failure").asText()).isEqualTo("exit-status");
        assertThat(left.get("minimal").asBoolean()).isTrue();
        assertThat(left.get("story").size()).isBetween(1, 3);
        assertThat(left.get("smallest").asText()).isEqualTo(file("rec-smallest"));
        assertReplays(file("rec-smallest"));
        assertThat(minimized(file("rec-smallest"), "--out", file("again"))
                        .get("story")
                        .size())
                .as("the smaller one cannot be shrunk")
                .isEqualTo(left.get("story").size());
    }

    @Test
    void aRunOfAnExplorationIsShrunkAsTheExplorationDoes() throws IOException {
        Ended explored = perform(
                "explore",
                "--cpus",
                "4",
                "--schedule",
                "pct:3",
                "--seeds",
                "243..243",
                "--out",
                file("found"),
                guest("bugs/hotplug"));
        assertThat(explored.status()).as(explored.err()).isEqualTo(Ending.GUEST_FAILED);
        Path group = directory.resolve("found").resolve("exit-status-36c20fdc");
        JsonNode left = minimized(group.resolve("seed-243").toString(), "--out", file("small"));
        assertThat(left.get("story").toString())
                .contains("and vcpu0 runs from hvc+0x4 (called from cpu_state+0x2c), for 1,456 ticks");
        assertThat(left.get("story").size()).isLessThanOrEqualTo(3);
        assertReplays(file("small"));
    }

    @Test
    void aRunIsShrunkFromAPositionOnAndItsPlanCountsFromPowerOn() throws IOException {
        Files.writeString(directory.resolve("plan.conf"), """
            faults = [
              { name = slow, at { function = AFFINITY_INFO }, when { probability = 0.5 }, do { delay = 1us } }
              { name = denied, at { function = PSCI_CPU_ON }, when { nth = 2 }, do { refuse = DENIED } }
            ]
            """);
        String[] plan = {"--faults", file("plan.conf"), "--max-instructions", "50000"};
        assertThat(record("rec", "bugs/ignores-denied", plan).status()).isEqualTo(Ending.LIMIT);
        JsonNode left = minimized(file("rec"), "--from", "hypercall#4", "--out", file("small"));
        assertThat(left.get("story")).hasSize(1);
        assertThat(left.get("story").toString()).contains("PSCI_CPU_ON: refused");
        assertReplays(file("small"));
        Ended again = perform(
                "run",
                "--cpus",
                "4",
                "--max-instructions",
                "50000",
                "--faults",
                left.get("plan").asText(),
                guest("bugs/ignores-denied"));
        assertThat(again.status())
                .as("its plan does it from power-on: %s", again.err())
                .isEqualTo(Ending.LIMIT);
        assertThat(again.err()).contains("1 fault: ");
        Ended beyond = perform("minimize", file("rec"), "--from", "99999", "--out", file("other"));
        assertThat(beyond.status()).isEqualTo(Ending.USAGE);
        assertThat(beyond.err()).contains("there is no slice 99999");
    }

    @Test
    void faultsOfCallsAndOfTheMachineAreShrunkToThoseThatMatter() throws IOException {
        Files.writeString(directory.resolve("plan.conf"), """
            faults = [
              { name = denied, at { function = PSCI_CPU_ON }, when { nth = 2 }, do { refuse = DENIED } }
              { name = bits, at { moment = "time:1us", interval = 2us }, when { times = 20 }, do { flip-memory = "0x40180000-0x401fffff" } }
              { name = held, at { service = psci }, when { every = 3, times = 9 }, do { hold = 1us } }
            ]
            """);
        String[] faults = {"--faults", file("plan.conf"), "--max-instructions", "100000"};
        assertThat(record("rec", "bugs/ignores-denied", faults).status()).isEqualTo(Ending.LIMIT);
        JsonNode left = minimized(file("rec"));
        assertThat(left.get("choices").asInt()).isGreaterThan(20);
        assertThat(left.get("story").toString()).contains("PSCI_CPU_ON: refused");
        assertThat(left.get("story")).hasSize(1);
        assertReplays(file("rec-smallest"));
        Ended again = perform(
                "run",
                "--cpus",
                "4",
                "--max-instructions",
                "100000",
                "--faults",
                left.get("plan").asText(),
                guest("bugs/ignores-denied"));
        assertThat(again.status()).as(again.err()).isEqualTo(Ending.LIMIT);
    }

    /// The guest waits for ever until its UART is not full.
    @Test
    void ofManyDefectsOfDevicesThatWhichMattersIsLeft() throws IOException {
        Files.writeString(directory.resolve("plan.conf"), """
            faults = [
              { name = line, at { moment = "time:1us", interval = 2us }, when { times = 20 }, do { stick-line = 33, level = high, duration = 1us } }
              { name = full, at { moment = "time:4us" }, do { misread = 0x9000018, set = 0x20 } }
            ]
            """);
        String[] faults = {"--faults", file("plan.conf"), "--max-instructions", "100000"};
        assertThat(record("rec", "smp-hello", faults).status()).isEqualTo(Ending.LIMIT);
        JsonNode left = minimized(file("rec"));
        assertThat(left.get("choices").asInt()).isGreaterThan(20);
        assertThat(left.get("story").toString()).contains("each read of 0x9000018 wrong, bits 0x20 set");
        assertThat(left.get("story")).hasSize(1);
        assertReplays(file("rec-smallest"));
        Path plan = Path.of(left.get("plan").asText());
        assertThat(Files.readString(plan)).contains("do { misread = 0x9000018, set = \"0x20\" }");
        Ended again = perform(
                "run", "--cpus", "4", "--max-instructions", "100000", "--faults", plan.toString(), guest("smp-hello"));
        assertThat(again.status()).as(again.err()).isEqualTo(Ending.LIMIT);
    }

    @Test
    void typedKeysThatTheFailureNeedsStay() throws IOException {
        Files.writeString(directory.resolve("keys"), "x\rbad\rq");
        assertThat(record("rec", "echo", "--input", file("keys")).status()).isZero();
        JsonNode left = minimized(file("rec"), "--fail-on", "bad");
        assertThat(left.get("failure").asText()).isEqualTo("console");
        assertThat(left.get("story").toString()).contains("the user types 'b'").doesNotContain("'x'");
        assertReplays(file("rec-smallest"));
    }

    @Test
    void aRunThatDidNotFailHasNothingToShrink() {
        record("rec", "smp-hello");
        Ended said = perform("minimize", file("rec"));
        assertThat(said.status()).isEqualTo(Ending.USAGE);
        assertThat(said.lastLine()).contains("the recorded run did not fail, so there is nothing to shrink");
        assertThat(directory.resolve("rec-smallest")).doesNotExist();
    }

    @Test
    void whatExistsIsNotReplaced() throws IOException {
        record("rec", "smp-hello");
        Files.createDirectory(directory.resolve("rec-smallest"));
        Ended said = perform("minimize", file("rec"));
        assertThat(said.status()).isEqualTo(Ending.USAGE);
        assertThat(said.lastLine()).contains("rec-smallest exists: name a new directory with --out");
    }

    @Test
    void fewRunsLeaveMoreThanIsNeeded() throws IOException {
        String[] random = {"--set", "run.schedule=random", "--seed", "21"};
        record("rec", "bugs/sdei-update", random);
        JsonNode left = minimized(file("rec"), "--minimize-runs", "1");
        assertThat(left.get("minimal").asBoolean()).isFalse();
        assertReplays(file("rec-smallest"));
    }
}
