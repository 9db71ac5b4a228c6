package dev.trapline.explore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.fault.CallPattern;
import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.fault.FaultRule;
import dev.trapline.abi.fault.Occasion;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.VcpuState;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExploreValuesTest {

    @ParameterizedTest
    @CsvSource({"1, 0, 0", "1000, 0, 999", "17..17, 17, 17", "5..20, 5, 20", "0..0, 0, 0"})
    void seedsAreANumberOfRunsOrTheFirstAndTheLast(String text, long first, long last) {
        assertThat(Seeds.parse(text)).isEqualTo(new Seeds(first, last));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "x", "1..", "..1", "9..3", "1...2", "1.5", "9999999999999999999"})
    void otherTextsAreNoSeeds(String text) {
        assertThatThrownBy(() -> Seeds.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"random", "jitter", "pct:1", "pct:100"})
    void strategiesHaveNames(String text) {
        assertThat(Strategy.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Random", "pct", "pct:", "pct:0", "pct:101", "pct:-1", "round-robin"})
    void otherNamesAreNoStrategies(String text) {
        assertThatThrownBy(() -> Strategy.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        not ok 3 - the counter is right               | true
        not ok 3 - later # todo not done              | false
        not ok 3 - absent # skip no timer             | false
        ok 3 - not ok is only a name                  | false
        [    1.234567] not ok 2 kunit_case            | true
        Bail out! no console                          | true
        [    0.5] Kernel panic - not syncing: VFS     | true
        Unable to handle kernel NULL pointer          | true
        [    2.0] BUG: scheduling while atomic        | true
        DEBUG: nothing                                | false
        [    2.0] WARNING: CPU: 1 PID: 1 at kernel/x  | true
        all is well                                   | false
        """)
    void whatGuestsPrintWhenTheyFailIsKnown(String line, boolean fails) {
        assertThat(Oracle.STANDARD.judge(line) != null).isEqualTo(fails);
    }

    @Test
    void linesThatDifferOnlyInNumbersAreOneFailure() {
        Finding one = Oracle.STANDARD.judge("[ 1.25] BUG: bad page 0xffff0000 in cpu 3");
        Finding two = Oracle.STANDARD.judge("[ 7.50] BUG: bad page 0x1234 in cpu 12");
        assertThat(one).isNotNull();
        assertThat(two).isNotNull();
        if (one != null && two != null) {
            assertThat(one.isLike(two)).isTrue();
            assertThat(one.group()).isEqualTo(two.group()).startsWith("console-");
        }
    }

    @Test
    void theOrderOfVcpusDoesNotTellDeadlocksApart() {
        Finding one = Oracle.STANDARD.judge(new RunOutcome.Deadlock(List.of(VcpuState.OFF, VcpuState.SUSPENDED)));
        Finding two = Oracle.STANDARD.judge(new RunOutcome.Deadlock(List.of(VcpuState.SUSPENDED, VcpuState.OFF)));
        assertThat(one).isEqualTo(two).isNotNull();
        assertThat(Oracle.STANDARD.judge(new RunOutcome.PoweredOff())).isNull();
        assertThat(Oracle.STANDARD.judge(new RunOutcome.Exited(0))).isNull();
        assertThat(Oracle.STANDARD.judge(new RunOutcome.Exited(1))).isNotNull();
    }

    @Test
    void aListIsShrunkToTheElementsThatAreNeeded() {
        List<Integer> all = IntStream.range(0, 10_000).boxed().toList();
        for (List<Integer> needed :
                List.of(List.<Integer>of(), List.of(0), List.of(9_999), List.of(17, 4_711), List.of(1, 2, 3, 9_000))) {
            List<List<Integer>> tried = new ArrayList<>();
            List<Integer> left = Shrinking.without(all, some -> {
                tried.add(some);
                return some.containsAll(needed);
            });
            assertThat(left).isEqualTo(needed);
            assertThat(tried).as("runs for %s", needed).hasSizeLessThanOrEqualTo(200);
        }
        assertThat(Shrinking.without(List.<Integer>of(), _ -> false)).isEmpty();
    }

    @Test
    void aPartOfAPlanHasTheRulesThatOthersComeAfter() {
        FaultPlan plan = new FaultPlan(List.of(
                rule("a", Occasion.ALWAYS),
                rule("b", Occasion.ALWAYS.after("a")),
                rule("c", Occasion.ALWAYS.after("b")),
                rule("d", Occasion.ALWAYS)));
        assertThat(Plans.names(Plans.only(plan, Set.of("c")).rules())).containsExactly("a", "b", "c");
        assertThat(Plans.names(Plans.only(plan, Set.of("d")).rules())).containsExactly("d");
        assertThat(Plans.only(plan, Set.of()).isEmpty()).isTrue();
    }

    private static FaultRule rule(String name, Occasion when) {
        return new FaultRule(name, CallPattern.ANY, when, new CallFault.Repeated());
    }
}
