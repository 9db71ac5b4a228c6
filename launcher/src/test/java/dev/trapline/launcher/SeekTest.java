package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static dev.trapline.launcher.CommandProcess.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.launcher.CommandProcess.Ended;
import dev.trapline.launcher.output.Ending;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Seeking to positions in a recording, with the real command.
class SeekTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path directory;

    @SuppressWarnings("NullAway.Init")
    private static String recording;

    @SuppressWarnings("NullAway.Init")
    private static Ended recorded;

    @BeforeAll
    static void record() {
        recording = directory.resolve("rec").toString();
        recorded = run("run", "--cpus", "2", "--record", recording, guest("smp-hello"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"3", "5:150", "hypercall#2", "20us"})
    void whatIsPrintedUpToAPlaceAndFromItOnIsTheWhole(String place) {
        Ended before = run("replay", recording, "--to", place);
        Ended after = run("replay", recording, "--from", place);
        assertThat(before.status()).as(before.err()).isZero();
        assertThat(after.status()).as(after.err()).isZero();
        assertThat(before.out() + after.out())
                .as("nothing is lost at " + place + ", and nothing printed twice")
                .isEqualTo(recorded.out());
        assertThat(before.lastLine()).startsWith("trapline: exit 0, replayed: no divergence up to slice ");
    }

    @Test
    void aCallIsShownAsATraceHasIt() {
        String call = run("trace", recording, "--function", "PSCI_CPU_ON")
                .out()
                .lines()
                .findFirst()
                .orElseThrow();
        List<String> words = List.of(call.split(" +", -1));
        Ended ended = run("replay", recording, "--at", words.getFirst(), "--registers", "--format", "json");
        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.out())
                .as("CPU_ON's identifier and target (DEN0022 §5.4), not answered yet")
                .contains("\"position\":{\"slice\":" + words.get(1) + ",\"phase\":\"exit\"}")
                .contains("\"x0\":\"0xc4000003\",\"x1\":\"0x1\"")
                .contains("{\"vcpu\":1,\"state\":\"off\",\"next\":false}");
    }

    @Test
    void theBeginningShowsTheFirstVcpuAtItsEntryAndTheCodeThere() {
        Ended ended = run("replay", recording, "--at", "0", "--registers", "--disassemble");
        assertThat(ended.status()).as(ended.err()).isZero();
        Matcher pc = Pattern.compile(" pc +([0-9a-f]{16})").matcher(ended.out());
        assertThat(pc.find()).as(ended.out()).isTrue();
        assertThat(ended.out())
                .as("the first instruction shown is the one at PC")
                .contains("\n  " + pc.group(1) + "  ")
                .contains("vcpu0 on, runs next", "vcpu1 off")
                .startsWith("slice 0, 0.000000000 s");
    }

    @Test
    void memoryIsShownAsBytesAndCharacters() {
        Ended code = run("replay", recording, "--at", "0", "--disassemble");
        Matcher first = Pattern.compile("\n  ([0-9a-f]{16})  ([0-9a-f]{8})  ").matcher(code.out());
        assertThat(first.find()).as(code.out()).isTrue();
        Ended ended = run("replay", recording, "--at", "0", "--memory", "0x" + first.group(1), "20");
        String word = first.group(2);
        String bytes = word.substring(6, 8) + " " + word.substring(4, 6) + " " + word.substring(2, 4) + " "
                + word.substring(0, 2);
        assertThat(ended.out())
                .as("an instruction is in memory with its lowest byte first; 20 bytes are two rows")
                .contains("\n" + first.group(1) + "  " + bytes)
                .doesNotContain(" pc ");
    }

    @Test
    void theEndIsBehindTheLastSliceAndTheStartBeforeTheFirst() {
        String slices = run("journal", "info", recording, "--format", "json")
                .out()
                .replaceAll("(?s).*\"slices\":([0-9]+).*", "$1");
        Ended end = run("replay", recording, "--at", "end");
        assertThat(end.status()).as(end.err()).isZero();
        assertThat(end.out())
                .as("the same as the last position by its number")
                .isEqualTo(run("replay", recording, "--at", slices).out())
                .contains("slice " + slices + ",");
        assertThat(run("replay", recording, "--at", "start").out())
                .isEqualTo(run("replay", recording, "--at", "0").out());
        assertThat(run("replay", recording, "--from", "start", "--to", "end").out())
                .as("the whole console")
                .isEqualTo(recorded.out());
    }

    @Test
    void everyRangeOfMemoryThatIsAskedForIsShown() {
        Ended text =
                run("replay", recording, "--at", "0", "--memory", "0x40080000", "4", "--memory", "0x40090000", "8");
        assertThat(text.out()).as(text.err()).contains("0000000040080000  ", "0000000040090000  ");
        Ended json = run(
                "replay",
                recording,
                "--at",
                "0",
                "--format",
                "json",
                "--memory",
                "0x40080000",
                "4",
                "--memory",
                "0x40090000",
                "8");
        assertThat(json.out())
                .as(json.err())
                .containsPattern("\"memory\":\\[\\{\"address\":\"0x40080000\",\"data\":\"[0-9a-f]{8}\"\\},"
                        + "\\{\"address\":\"0x40090000\",\"data\":\"[0-9a-f]{16}\"\\}\\]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--at 100000 | there is no slice 100000; its last position is ",
                "--at hypercall#100000 | there is no hypercall#100000",
                "--at 3s | 3.000000000 s is past the end of the recording",
                "--at 0:19000000 | ends with or before its instruction 19000000",
                "--at soon | --at soon: ",
                "--at hypercall#0 | --at hypercall#0: ",
                "--from 3 --to 2 | --from comes after --to: slice 3, and slice 2",
                "--at 1 --to 2 | --at ",
                "--registers | --registers has no effect",
                "--memory 0x40000000 4 | --memory 0x40000000 4 has no effect",
                "--from 1 --disassemble | --disassemble has no effect",
                "--at 1 --jobs 2 | --jobs 2 has no effect",
                "--jobs 2 --no-checkpoints | --jobs 2 has no effect: --no-checkpoints",
                "--no-checkpoints | --no-checkpoints has no effect",
                "--set replay.checkpoints.budget=1G | --set replay.checkpoints.budget=1G has no effect",
                "--at 1 --set machine.cpus=2 | --set machine.cpus=2 has no effect",
                "--jobs 0 | --jobs 0: ",
                "--jobs 65 | --jobs 65: ",
                "--at 1 --at 2 | option '--at' (POS) should be specified only once",
                "--at 1 --memory 0x10 4 | 4 bytes at 0x10 are not all in the machine's RAM or flash",
            })
    void aPlaceThatIsNotThereIsAnErrorThatSaysWhatThereIs(String options, String message) {
        String[] words = ("replay " + recording + " " + options).split(" ");
        Ended ended = run(words);
        assertThat(ended.status()).as(ended.err()).isEqualTo(Ending.USAGE);
        assertThat(ended.lastLine()).contains(message);
        assertThat(ended.out()).as("nothing is shown").isEmpty();
    }
}
