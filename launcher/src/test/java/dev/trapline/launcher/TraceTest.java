package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static dev.trapline.launcher.InProcess.perform;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.launcher.CommandProcess.Ended;
import dev.trapline.launcher.output.Ending;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The output of a trace: all calls, a part, slices, or counts.
class TraceTest {

    private static final Pattern NUMBER = Pattern.compile("(?m)^hypercall#([0-9]+) +([0-9]+) ");
    private static final Pattern SLICE = Pattern.compile(
            " *([0-9]+) +([0-9]+\\.[0-9]{9}) vcpu([0-3]) +([0-9]+) ticks, executed ([0-9]+) of ([0-9]+)  (.*)");

    /// The number of slices of the recording, which is also its number of calls, because each slice ends in a call.
    private static int calls;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path directory;

    @SuppressWarnings("NullAway.Init")
    private static String recording;

    @BeforeAll
    static void record() {
        recording = directory.resolve("rec").toString();
        assertThat(perform("run", "--cpus", "4", "--record", recording, guest("smp-hello"))
                        .status())
                .isZero();
        calls = trace("--schedule").out().lines().toList().size();
    }

    private static Ended trace(String options) {
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
        assertThat(numbers(trace("").out()))
                .as("each slice of this guest ends in a call")
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, calls).boxed().toList());
    }

    @Test
    void aNumberIsTheSameHoweverMuchIsShown() {
        for (String line : trace("--function PSCI_CPU_ON").out().lines().toList()) {
            assertThat(trace("").out().lines().toList()).contains(line);
        }
        String last = trace("--from 15 --cpu 0").out().lines().toList().getLast();
        assertThat(trace("").out().lines().toList().getLast()).isEqualTo(last);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        --from hypercall#3 --to hypercall#5 | 3 | 5
        --to hypercall#1                    | 1 | 1
        --from hypercall#12 --to 13         | 12 | 13
        --from 2 --to 5                     | 3 | 5
        --from 2:1 --to 5:1                 | 3 | 5
        --to 22                             | 1 | 22
        """)
    void aPartHasTheCallsBetweenItsPositions(String options, int first, int last) {
        assertThat(numbers(trace(options).out()))
                .as("call N ends slice N - 1")
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(first, last).boxed().toList());
    }

    @Test
    void aTimeIsTheFirstSliceThatBeginsThenOrLater() {
        List<MatchResult> slices = slices();
        int last = numbers(trace("--to 20us").out()).getLast();
        assertThat(begin(slices.get(last - 1))).isLessThan(1_250);
        assertThat(begin(slices.get(last))).as("20 us are 1250 ticks of 16 ns").isGreaterThanOrEqualTo(1_250);
        int first = numbers(trace("--from 20us").out()).getFirst();
        assertThat(first).as("one part continues where the other one ends").isEqualTo(last + 1);
        assertThat(slices.subList(last, calls))
                .as("a vCPU with a later turn in the round begins earlier in virtual time, but is later in the history")
                .anyMatch(slice -> begin(slice) < 1_250);
    }

    private static List<MatchResult> slices() {
        return trace("--schedule").out().lines().toList().stream()
                .map(line -> {
                    Matcher matcher = SLICE.matcher(line);
                    assertThat(matcher.matches()).as(line).isTrue();
                    return matcher.toMatchResult();
                })
                .toList();
    }

    private static long number(MatchResult slice, int group) {
        return Long.parseLong(slice.group(group));
    }

    /// In ticks.
    private static long begin(MatchResult slice) {
        return new BigDecimal(slice.group(2))
                .movePointRight(9)
                .divide(BigDecimal.valueOf(16))
                .longValueExact();
    }

    @Test
    void theScheduleHasEverySliceWithWhoRanForHowLongAndWhyItEnded() {
        List<MatchResult> slices = slices();
        long[] clocks = new long[4];
        long made = 0;
        for (int n = 0; n < calls; n++) {
            MatchResult slice = slices.get(n);
            int vcpu = (int) number(slice, 3);
            assertThat(number(slice, 1)).isEqualTo(n);
            assertThat(slice.group(7)).matches("HVC PSCI_[A-Z_]+ \\(hypercall#" + (n + 1) + "\\)");
            assertThat(number(slice, 4))
                    .as("slice %d: a tick for each instruction, and 100 for the call", n)
                    .isEqualTo(number(slice, 5) + 100);
            assertThat(number(slice, 5)).isLessThanOrEqualTo(number(slice, 6));
            long begin = begin(slice);
            if (clocks[vcpu] > 0 || vcpu == 0) {
                assertThat(begin)
                        .as("slice %d: no vCPU waits, so each slice of a vCPU begins where its last one ended", n)
                        .isEqualTo(clocks[vcpu]);
            } else {
                assertThat(begin)
                        .as("slice %d: a vCPU begins when the one that turned it on has made its call", n)
                        .isLessThan(made);
            }
            clocks[vcpu] = begin + number(slice, 4);
            made = clocks[0];
        }
        assertThat(trace("--schedule --cpu 2").out().lines().toList())
                .as("one slice of vCPU 2")
                .containsExactlyElementsOf(trace("--schedule").out().lines().toList().stream()
                        .filter(line -> line.contains(" vcpu2 "))
                        .toList())
                .hasSize(1);
    }

    @Test
    void theScheduleNamesEveryKindOfEnd() {
        String patched = directory.resolve("patched").toString();
        perform("run", "--cpus", "2", "--slice", "100", "--record", patched, guest("smp-patch"));
        assertThat(perform("trace", patched, "--schedule").out())
                .containsPattern(" 100 ticks, executed 100 of 100  budget used\n")
                .contains("maintenance: instruction cache of 0x");
        String waits = directory.resolve("waits").toString();
        perform("run", "--cpus", "2", "--record", waits, guest("wfi-all"));
        assertThat(perform("trace", waits, "--schedule").out()).contains("waits for an interrupt\n");
        String fault = directory.resolve("fault").toString();
        perform("run", "--record", fault, guest("fault-write"));
        assertThat(perform("trace", fault, "--schedule").out())
                .contains("guest fault: write to unmapped memory at 0xd000010\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        --from 0 --to 4        | 0 | 3
        --from 3:1 --to 4:1    | 3 | 4
        --from hypercall#3 --to hypercall#4 | 2 | 3
        """)
    void aPartOfTheScheduleHasTheSlicesThatRanInIt(String options, int first, int last) {
        List<String> slices = trace("--schedule " + options).out().lines().toList();
        assertThat(slices).hasSize(last - first + 1);
        assertThat(slices.getFirst()).startsWith(String.format("%10d ", first));
        assertThat(slices.getLast()).startsWith(String.format("%10d ", last));
    }

    @Test
    void theCountIsThatOfTheLines() {
        String table = trace("--count").out();
        long counted = 0;
        Matcher row =
                Pattern.compile("(?m)^ *([0-9]+)  (PSCI_[A-Z_]+) +(\\S+) ").matcher(table);
        while (row.find()) {
            String function = row.group(2);
            String result = " = " + row.group(3) + " ";
            long lines = trace("--function " + function)
                    .out()
                    .lines()
                    .filter(line -> line.contains(result))
                    .count();
            assertThat(lines).as(function + result).isEqualTo(Long.parseLong(row.group(1)));
            counted += lines;
        }
        assertThat(counted).isEqualTo(calls);
    }

    @Test
    void aLatencyIsWhatTheCallCostsItsCaller() {
        assertThat(trace("--count").out())
                .as("a caller continues after the cost of the call, also if others have turns in between")
                .containsPattern("(?m)^ +3  PSCI_CPU_ON +SUCCESS +3 +100 +100 +100$")
                .containsPattern("(?m)^ +[0-9]+  PSCI_AFFINITY_INFO +ON +[0-9]+ +100 +100 +100$")
                .as("CPU_OFF does not return")
                .containsPattern("(?m)^ +3  PSCI_CPU_OFF +\\? +0 +- +- +-$");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        --schedule --count                  | --count
        --schedule --function PSCI_CPU_ON   | --schedule
        --from 5 --to 3                     | --from comes after --to: slice 5, and slice 3
        --from hypercall#999                | there is no hypercall#999
        --to 999                            | there is no slice 999
        """)
    void whatDoesNotGoTogetherIsRefused(String options, String reason) {
        Ended said = trace(options);
        assertThat(said.status()).isEqualTo(Ending.USAGE);
        assertThat(said.err()).contains(reason);
        assertThat(said.out()).isEmpty();
    }
}
