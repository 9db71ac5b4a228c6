package dev.trapline.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TapTest {

    @Test
    void checksSkipsAndThePlanAreRead() {
        Tap tap = Tap.of("""
            TAP version 13
            ok 1 - it is there (DEN0022 5.3)
            not ok 2 - it is right
            # got 1, expected 2
            ok 3 - it is big # SKIP needs 2 CPUs
            1..3
            """);
        assertThat(tap.plan()).isEqualTo(3);
        assertThat(tap.checks())
                .containsExactly(
                        new Tap.Check(1, true, "it is there (DEN0022 5.3)", ""),
                        new Tap.Check(2, false, "it is right", ""),
                        new Tap.Check(3, true, "it is big", "needs 2 CPUs"));
        assertThat(tap.checks().get(2).isMade())
                .as("a skipped check was not made")
                .isFalse();
        assertThat(tap.strange()).as("a diagnostic is no strange line").isEmpty();
    }

    @Test
    void aGuestThatDoesNotReachItsEndHasNoPlan() {
        Tap tap = Tap.of("TAP version 13\nok 1 - first\nBail out! exception 0 at 0\n");
        assertThat(tap.plan()).isEqualTo(-1);
        assertThat(tap.strange()).containsExactly("Bail out! exception 0 at 0");
    }
}
