package dev.trapline.explore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.Turn;
import dev.trapline.machine.choice.Choice;
import dev.trapline.machine.choice.Choices;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChosenTurnsTest {

    private static final long ALL = 0b11;
    private static final Turn USUAL = turn(1, 20_000);

    private static Turn turn(int vcpu, long length) {
        return new Turn(new VcpuId(vcpu), length);
    }

    private static ChoicePoint point(int after, long at, long round) {
        return new ChoicePoint(new VcpuId(after), at, round);
    }

    @Test
    void theyAreWrittenByTime() {
        ChosenTurns turns = ChosenTurns.of(List.of(
                new Choice.OfTurn(point(1, 1676, 1), turn(0, 1456)),
                new Choice.OfTurn(point(1, 0, 0), turn(0, 1)),
                new Choice.RoundEnd(1)));
        List<String> lines = List.of(
                "first: vcpu0 for 1 tick",
                "at 0.000000016 s: the round ends",
                "at 0.000026816 s, after vcpu1: vcpu0 for 1456 ticks");
        assertThat(turns.lines(2)).isEqualTo(lines);
        assertThat(ChosenTurns.parse(lines, 2)).isEqualTo(turns);
    }

    @Test
    void aLongTimeIsExact() {
        // 2^53 + 1 ticks of 16 ns: more than a floating-point number can tell.
        String line = "at 144115188.075855888 s, after vcpu0: vcpu1 for 7 ticks";
        ChosenTurns turns = ChosenTurns.parse(List.of(line), 2);
        assertThat(turns.turns().firstKey().at()).isEqualTo((1L << 53) + 1);
        assertThat(turns.lines(2)).containsExactly(line);
    }

    @Test
    void theFirstTurnAndTheOneBehindItAreJoined() {
        ChosenTurns turns = ChosenTurns.parse(List.of("at 0.000000016 s, after vcpu0: vcpu0 for 1456 ticks"), 2);
        assertThat(turns.withFirstJoined()).isEqualTo(turns);
        assertThat(turns.startingWith(turn(0, 1), 2).withFirstJoined().lines(2))
                .containsExactly("first: vcpu0 for 1457 ticks");
        assertThat(turns.startingWith(turn(1, 1), 2).withFirstJoined().lines(2)).hasSize(2);
    }

    @Test
    void aTurnIsTakenOnceAtItsPlaceInAnyRound() {
        Choices choices = ChosenTurns.parse(List.of("at 0.000000160 s, after vcpu1: vcpu0 for 5 ticks"), 2)
                .over(Choices.defaults());
        assertThat(choices.turn(point(1, 9, 0), ALL, USUAL)).isEqualTo(USUAL);
        assertThat(choices.turn(point(0, 10, 0), ALL, USUAL)).isEqualTo(USUAL);
        assertThat(choices.turn(point(1, 10, 3), 0b10, USUAL))
                .as("vcpu0 cannot run")
                .isEqualTo(USUAL);
        assertThat(choices.turn(point(1, 10, 3), ALL, USUAL)).isEqualTo(turn(0, 5));
        assertThat(choices.turn(point(1, 10, 3), ALL, USUAL)).isEqualTo(USUAL);
    }

    @Test
    void aRoundEndsEarlyUnlessNothingRuns() {
        Choices choices = ChosenTurns.parse(List.of("at 0.000000160 s: the round ends"), 2)
                .over(Choices.defaults());
        assertThat(choices.arrivalBetween(0, 20_000, false)).isEqualTo(10);
        assertThat(choices.arrivalBetween(10, 20_000, false)).isEqualTo(Choices.NEVER);
        assertThat(choices.arrivalBetween(0, 20_000, true)).isEqualTo(Choices.NEVER);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        vcpu0 for 5 ticks                                  | is no turn
        first: vcpu0 for -5 ticks                          | is no turn
        at 0.00000016 s, after vcpu0: vcpu0 for 5 ticks    | is no turn
        first: vcpu2 for 5 ticks                           | there is no vcpu2: the machine has 2
        at 0.000000160 s, after vcpu9: vcpu0 for 5 ticks   | there is no vcpu9: the machine has 2
        at 0.000000161 s, after vcpu0: vcpu0 for 5 ticks   | 0.000000161 s are no whole ticks: a tick has 16 ns
        at 9999999999.999999999 s: the round ends          | are no whole ticks
        """)
    void aWrongLineIsRefused(String line, String words) {
        assertThatThrownBy(() -> ChosenTurns.parse(List.of(line), 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words);
    }

    @Test
    void twoLinesForOnePlaceAreRefused() {
        List<String> lines = List.of("first: vcpu0 for 5 ticks", "first: vcpu1 for 5 ticks");
        assertThatThrownBy(() -> ChosenTurns.parse(lines, 2))
                .hasMessage("'first: vcpu1 for 5 ticks' has the place of another line");
    }
}
