package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a trace shows of a recording: all of its calls, a part, its slices, or counts.
class TraceTest {

    private static final Pattern NUMBER = Pattern.compile("(?m)^hypercall#([0-9]+) +([0-9]+) ");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path directory;

    @SuppressWarnings("NullAway.Init")
    private static String recording;

    private record Said(int status, String out, String err) {
        List<String> lines() {
            return out.lines().toList();
        }
    }

    @BeforeAll
    static void record() {
        recording = directory.resolve("rec").toString();
        assertThat(perform("run", "--cpus", "4", "--record", recording, guest("smp-hello"))
                        .status())
                .isZero();
    }

    private static Said perform(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringWriter err = new StringWriter();
        Terminal terminal = new Terminal(InputStream.nullInputStream(), out, new PrintWriter(err, true));
        int status = new Trapline(terminal).execute(List.of(arguments));
        return new Said(status, out.toString(StandardCharsets.UTF_8), err.toString());
    }

    private static Said trace(String options) {
        String[] words = ("trace " + recording + " " + options).strip().split(" +");
        return perform(words);
    }

    private static List<Integer> numbers(String trace) {
        return NUMBER.matcher(trace)
                .results()
                .map(found -> Integer.parseInt(found.group(1)))
                .toList();
    }

    @Test
    void callsAreNumberedFromOneWithoutAGap() {
        List<Integer> numbers = numbers(trace("").out());
        assertThat(numbers)
                .as("a machine of four says hello in 22 calls")
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 22).boxed().toList());
    }

    @Test
    void aNumberIsTheSameHoweverMuchIsShown() {
        for (String line : trace("--function PSCI_CPU_ON").lines()) {
            assertThat(trace("").lines()).contains(line);
        }
        String last = trace("--from 15 --cpu 0").lines().getLast();
        assertThat(trace("").lines().getLast()).isEqualTo(last);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        --from hypercall#3 --to hypercall#5 | 3 | 5
        --to hypercall#1                    | 1 | 1
        --from hypercall#22                 | 22 | 22
        --from 2 --to 5                     | 3 | 5
        --from 2:1 --to 5:1                 | 3 | 5
        --to 22                             | 1 | 22
        --from 8us --to 20us                | 3 | 5
        """)
    void aPartHasTheCallsBetweenItsPositions(String options, int first, int last) {
        assertThat(numbers(trace(options).out()))
                .as("call N ends slice N - 1, which begins at (N - 1) * 4.096 us")
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(first, last).boxed().toList());
    }

    @Test
    void theScheduleHasEverySliceWithWhoRanForHowLongAndWhyItEnded() {
        List<String> slices = trace("--schedule").lines();
        assertThat(slices).hasSize(22);
        for (int n = 0; n < 22; n++) {
            assertThat(slices.get(n))
                    .as("each ends in a call, and a slice that is cut short costs 256 ticks of 16 ns")
                    .matches(" *" + n + " +0\\.0000[0-9]+ vcpu[0-3] +256 ticks  HVC PSCI_[A-Z_]+ \\(hypercall#"
                            + (n + 1) + "\\)");
        }
        assertThat(trace("--schedule --cpu 2").lines())
                .as("one slice of vCPU 2")
                .containsExactlyElementsOf(
                        slices.stream().filter(line -> line.contains(" vcpu2 ")).toList())
                .isNotEmpty();
    }

    @Test
    void theScheduleNamesEveryKindOfEnd() {
        String patched = directory.resolve("patched").toString();
        perform("run", "--cpus", "2", "--slice", "100", "--record", patched, guest("smp-patch"));
        assertThat(perform("trace", patched, "--schedule").out())
                .containsPattern(" 100 ticks  budget used\n")
                .contains("maintenance: instruction cache of 0x");
        String waits = directory.resolve("waits").toString();
        perform("run", "--cpus", "2", "--record", waits, guest("wfi-all"));
        assertThat(perform("trace", waits, "--schedule").out()).contains("waits for an interrupt\n");
        String fault = directory.resolve("fault").toString();
        perform("run", "--record", fault, guest("fault-write"));
        assertThat(perform("trace", fault, "--schedule").out())
                .contains("guest fault: write to unmapped memory at 0x8000010\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        --from 0 --to 4        | 0 | 3
        --from 3:1 --to 4:1    | 3 | 4
        --from hypercall#3 --to hypercall#4 | 2 | 3
        """)
    void aPartOfTheScheduleHasTheSlicesThatRanInIt(String options, int first, int last) {
        List<String> slices = trace("--schedule " + options).lines();
        assertThat(slices).hasSize(last - first + 1);
        assertThat(slices.getFirst()).startsWith(String.format("%10d ", first));
        assertThat(slices.getLast()).startsWith(String.format("%10d ", last));
    }

    @Test
    void theCountIsThatOfTheLines() {
        String counted = trace("--count").out();
        long calls = 0;
        Matcher row =
                Pattern.compile("(?m)^ *([0-9]+)  (PSCI_[A-Z_]+) +(\\S+) ").matcher(counted);
        while (row.find()) {
            String function = row.group(2);
            String result = " = " + row.group(3) + " ";
            long lines = trace("--function " + function).lines().stream()
                    .filter(line -> line.contains(result))
                    .count();
            assertThat(lines).as(function + result).isEqualTo(Long.parseLong(row.group(1)));
            calls += lines;
        }
        assertThat(calls).isEqualTo(22);
    }

    @Test
    void aLatencyIsHowLongTheCallerDidNotRun() {
        assertThat(trace("--count").out())
                .as("the vCPU that was turned on has its one slice of 256 ticks before the caller goes on")
                .containsPattern("(?m)^ +3  PSCI_CPU_ON +SUCCESS +3 +256 +256 +256$")
                .as("one vCPU by itself goes on at once")
                .containsPattern("(?m)^ +12  PSCI_AFFINITY_INFO +OFF +12 +0 +0 +0$")
                .as("nobody comes back from CPU_OFF")
                .containsPattern("(?m)^ +3  PSCI_CPU_OFF +\\? +0 +- +- +-$");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        --schedule --count                  | --schedule prints slices, and --count counts calls: give one of them
        --schedule --function PSCI_CPU_ON   | --function names calls, and --schedule prints slices
        --from 5 --to 3                     | --from comes after --to: slice 5, and slice 3
        --from hypercall#23                 | there is no hypercall#23
        --to 99                             | there is no slice 99
        """)
    void whatDoesNotGoTogetherIsRefused(String options, String reason) {
        Said said = trace(options);
        assertThat(said.status()).isEqualTo(Ending.USAGE);
        assertThat(said.err()).contains(reason);
        assertThat(said.out()).isEmpty();
    }
}
