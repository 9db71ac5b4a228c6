package dev.trapline.board.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineTest {

    private final Line line = new Line("rtc alarm");
    private final List<String> heard = new ArrayList<>();

    @Test
    void aLineIsLowUntilItIsDriven() {
        assertThat(line.isHigh()).isFalse();
        line.drive(true);
        assertThat(line.isHigh()).isTrue();
        line.drive(false);
        assertThat(line.isHigh()).isFalse();
    }

    @Test
    void aListenerIsNotifiedOfEachChangeAndOfNothingElse() {
        line.listen((from, high) -> heard.add("first " + from.name() + " " + high));
        line.listen((_, high) -> heard.add("second " + high));
        line.drive(false);
        line.drive(true);
        line.drive(true);
        line.drive(false);
        assertThat(heard)
                .as("in the order in which they were added")
                .containsExactly("first rtc alarm true", "second true", "first rtc alarm false", "second false");
    }

    @Test
    void theLevelIsThereWhenItIsHeardOf() {
        line.listen((from, high) -> heard.add(from.isHigh() + " " + high));
        line.drive(true);
        assertThat(heard).containsExactly("true true");
    }

    @Test
    void nobodyIsNotifiedOfALevelThatWasLoaded() {
        line.listen((_, high) -> heard.add("heard " + high));
        line.restore(true);
        assertThat(line.isHigh()).isTrue();
        line.drive(true);
        assertThat(heard).as("it is high already").isEmpty();
        line.drive(false);
        assertThat(heard).containsExactly("heard false");
    }
}
