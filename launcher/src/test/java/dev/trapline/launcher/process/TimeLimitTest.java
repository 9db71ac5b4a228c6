package dev.trapline.launcher.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.launcher.output.Terminal;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// The part of a time limit that is left for the run. Other tests check with the real command that the limit ends the
/// process.
class TimeLimitTest {

    private static final Duration LIMIT = Duration.ofHours(1);

    private final TimeLimit limit = new TimeLimit(Terminal.ofProcess());

    @Test
    void withoutALimitNothingIsLeftAndNothingEnds() {
        assertThat(limit.waitingFor("nobody", () -> 7)).isEqualTo(7);
        assertThat(limit.left()).as("none").isZero();
    }

    @Test
    void whatTraplineDoesByItselfIsNotCounted() {
        limit.set(LIMIT);
        assertThat(limit.withServices(() -> 7)).isEqualTo(7);
        assertThat(limit.left()).isEqualTo(LIMIT);
    }

    @Test
    void waitingIsCounted() {
        limit.set(LIMIT);
        limit.waitingFor("somebody", () -> 7);
        assertThat(limit.left()).isPositive().isLessThan(LIMIT);
    }

    @Test
    void waitingBeforeTheLimitIsKnownCountsAndLeavesALittle() {
        limit.waitingFor("somebody", () -> 7);
        limit.set(Duration.ofNanos(1));
        assertThat(limit.left()).as("zero would be no limit").isEqualTo(Duration.ofNanos(1));
    }
}
