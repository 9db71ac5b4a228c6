package dev.trapline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Where all engines of a machine are replaced.
class RenewalPointsTest {

    private static List<Long> renewals(RenewalPoints points, long from, long to, long sliceLength) {
        List<Long> due = new ArrayList<>();
        for (long slice = from; slice <= to; slice++) {
            if (points.pass(slice, slice * sliceLength)) {
                due.add(slice);
            }
        }
        return due;
    }

    @Test
    void theyAreAnIntervalOfInstructionsApartAndASliceCountsAThousandMore() {
        assertThat(renewals(new RenewalPoints(10_000), 0, 10, 1500))
                .as("a slice of 1500 counts as 2500")
                .containsExactly(4L, 8L);
        assertThat(renewals(new RenewalPoints(10_000), 0, 30, 0))
                .as("slices without instructions")
                .containsExactly(10L, 20L, 30L);
        assertThat(renewals(new RenewalPoints(1000), 0, 3, 5000))
                .as("each slice is longer than the interval: there is one before each but the first")
                .containsExactly(1L, 2L, 3L);
    }

    @Test
    void theBeginningOfARunIsOneWithoutAnyReplacement() {
        RenewalPoints points = new RenewalPoints(10_000);
        assertThat(points.pass(0, 0)).as("engines are fresh already").isFalse();
        assertThat(points.isHere()).isTrue();
        points.pass(1, 100);
        assertThat(points.isHere()).as("an engine has run").isFalse();
    }

    @Test
    void aMachineThatIsRestoredHasTheSameOnes() {
        RenewalPoints straight = new RenewalPoints(10_000);
        renewals(straight, 0, 8, 1500);
        assertThat(straight.isHere()).isTrue();
        StateWriter state = new StateWriter();
        straight.save(state);
        RenewalPoints restored = new RenewalPoints(10_000);
        restored.load(new StateReader(state.toBytes()));
        assertThat(restored.isHere()).as("where it was saved").isTrue();
        assertThat(renewals(restored, 9, 40, 1500))
                .isEqualTo(renewals(straight, 9, 40, 1500))
                .isNotEmpty();
    }
}
