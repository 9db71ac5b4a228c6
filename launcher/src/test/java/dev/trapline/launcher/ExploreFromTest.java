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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `trapline explore --from`: runs that begin at a place of a recording.
@Tag("native")
class ExploreFromTest {

    /// The guest calls CPU_ON for vCPU 1, 2 and 3, and waits for all of them, whatever the calls return.
    private static final String GUEST = "bugs/ignores-denied";

    private static final String PLAN = """
        faults = [
          { name = denied, at { function = PSCI_CPU_ON }, when { nth = 1 }, do { refuse = DENIED } }
        ]
        """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private String file(String name) {
        return directory.resolve(name).toString();
    }

    private Ended explore(String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("explore", "--from", file("rec"), "--seeds", "20", "--max-instructions", "100000"));
        arguments.addAll(List.of(more));
        return perform(arguments.toArray(String[]::new));
    }

    @BeforeEach
    void record() throws IOException {
        Files.writeString(directory.resolve("plan.conf"), PLAN);
        Ended recorded = perform("run", "--cpus", "4", "--record", file("rec"), guest(GUEST));
        assertThat(recorded.status()).as(recorded.err()).isZero();
    }

    @Test
    void rulesCountFromThePlaceOn() throws IOException {
        String place = callOf("target_cpu=0x2");
        Ended said = explore("--at", place, "--faults", file("plan.conf"), "--out", file("found"), "--format", "json");
        assertThat(said.status()).as(said.err()).isEqualTo(Ending.GUEST_FAILED);
        JsonNode failures = new Schemas().validated(said.out()).get("failures");
        assertThat(failures).hasSize(1);
        JsonNode failure = failures.get(0);
        assertThat(failure.get("story").toString()).contains("PSCI_CPU_ON: refused");
        for (String recording : List.of("recording", "smallest")) {
            String made = failure.get(recording).asText();
            Ended trace = perform("trace", made, "--function", "PSCI_CPU_ON");
            assertThat(trace.out().lines().toList())
                    .as("it is the second call of the run, and the first one behind the place")
                    .hasSize(3)
                    .element(1)
                    .asString()
                    .contains("target_cpu=0x2", "= DENIED", "{fault: refused");
            Ended replayed = perform("replay", made);
            assertThat(replayed.status()).as(replayed.err()).isZero();
        }
    }

    /// The position before a CPU_ON is answered that the place must be in front of: that of the call before it.
    private String callOf(String argument) {
        List<String> calls = perform("trace", file("rec"), "--function", "PSCI_CPU_ON")
                .out()
                .lines()
                .toList();
        String before = calls.get(0);
        assertThat(calls.get(1)).contains(argument);
        return before.substring(0, before.indexOf(' '));
    }

    @Test
    void theResultDependsNeitherOnThreadsNorOnInterruptions() throws IOException {
        String[] common = {"--at", "1", "--faults", file("plan.conf"), "--format", "json"};
        List<String> one = new ArrayList<>(List.of(common));
        one.addAll(List.of("--jobs", "1", "--out", file("one")));
        List<String> two = new ArrayList<>(List.of(common));
        two.addAll(List.of("--jobs", "2", "--out", file("two")));
        Ended first = explore(one.toArray(String[]::new));
        String expected = Files.readString(directory.resolve("one").resolve("exploration.json"));
        assertThat(explore(two.toArray(String[]::new)).status()).isEqualTo(first.status());
        assertThat(Files.readString(directory.resolve("two").resolve("exploration.json")))
                .isEqualTo(expected);
        assertThat(explore(one.toArray(String[]::new)).out()).as("continued").isEqualTo(first.out());
        Ended elsewhere = explore("--at", "2", "--faults", file("plan.conf"), "--out", file("one"));
        assertThat(elsewhere.status()).isEqualTo(Ending.USAGE);
        assertThat(elsewhere.lastLine()).contains("has an exploration of another guest, place, plan or schedule");
    }

    @Test
    void aRunThatIsOverInTimeHasNotFailed() {
        Ended said = explore("--at", "1", "--faults", file("plan.conf"), "--for", "2us", "--format", "json");
        assertThat(said.status()).as(said.err()).isZero();
        assertThat(said.lastLine()).contains("no run failed");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        --at 99999                        | there is no slice 99999
        --cpus 2                          | --cpus 2 has no effect: with --from, the machine is that of the recording
        guest.elf                         | the argument guest.elf has no effect: with --from, the machine is that
        --for 5                           | --for '5' is no time that a run can last
        --for 0s                          | --for '0s' is no time that a run can last
        --for 10000000h                   | --for '10000000h' is no time that a run can last
        --at 2 --set run.interrupts=["0@slice:0"]| an injection is planned before slice 0, and the runs begin at slice 2
        --at 2 --set run.faults=early     | the fault 'bit' is planned at 0.000000016 s, and the runs begin at slice 2
        """)
    void whatCannotBeIsRefused(String options, String message) throws IOException {
        Files.writeString(
                directory.resolve("early"),
                "faults = [ { name = bit, at { moment = \"time:16ns\" }, do { flip-register = x1 } } ]");
        Ended said = explore(options.replace("early", file("early")).split(" "));
        assertThat(said.err()).contains(message);
        assertThat(said.status()).isEqualTo(Ending.USAGE);
    }

    @Test
    void aPlaceNeedsItsRecording() {
        Ended said = perform("explore", "--at", "2", guest(GUEST));
        assertThat(said.status()).isEqualTo(Ending.USAGE);
        assertThat(said.lastLine()).contains("--at 2 has no effect: it is a place in the recording of --from");
        Ended absent = perform("explore", "--from", file("nowhere"));
        assertThat(absent.status()).isEqualTo(Ending.USAGE);
        assertThat(absent.lastLine()).contains("there is no recording at");
    }
}
