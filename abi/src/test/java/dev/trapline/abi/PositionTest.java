package dev.trapline.abi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Positions are in the order in which a machine passes them.
class PositionTest {

    private static final List<Position> PASSED = List.of(
            Position.START,
            Position.within(0, 1),
            Position.within(0, Long.MAX_VALUE),
            Position.atExit(0),
            Position.ofSlice(1),
            Position.atExit(1),
            Position.ofSlice(2));

    @Test
    void aSlicesExitComesBehindAllOfItsInstructionsAndBeforeTheNextSlice() {
        List<Position> shuffled = new ArrayList<>(PASSED.reversed());
        Collections.sort(shuffled);
        assertThat(shuffled).as("in order").isEqualTo(PASSED);
    }

    @Test
    void onlyTheBeginningOfASliceIsNotInsideOne() {
        assertThat(PASSED.stream().filter(position -> !position.isInside()))
                .containsExactly(Position.START, Position.ofSlice(1), Position.ofSlice(2));
    }

    @Test
    void anExitCountsNoInstructionsAndNothingIsNegative() {
        assertThatThrownBy(() -> new Position(3, 1, Position.Phase.EXIT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("slice 3");
        assertThatThrownBy(() -> Position.ofSlice(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Position.within(1, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPositionReadsAsItIsWrittenOnTheCommandLine() {
        assertThat(PASSED)
                .extracting(Position::toString)
                .startsWith("slice 0", "slice 0:1")
                .contains("slice 1, at the exit that ends it");
    }
}
