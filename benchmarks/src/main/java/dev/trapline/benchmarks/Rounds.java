package dev.trapline.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Runs trials alternately, so that other work on the host affects all of them.
///
/// @param warmups rounds that are not counted
/// @param counted rounds that are counted
record Rounds(int warmups, int counted) {

    /// One measured run.
    interface Trial {

        /// Runs it once.
        ///
        /// @return the seconds that it took, without the preparation
        double seconds();
    }

    /// The times of one trial.
    ///
    /// @param median in seconds
    /// @param best in seconds
    /// @param worst in seconds
    record Times(double median, double best, double worst) {

        /// The best and the worst time, as text.
        String spread() {
            return String.format(Locale.ROOT, "%.3f to %.3f s", best, worst);
        }
    }

    /// Runs all trials, round by round.
    ///
    /// @return their times, in the same order
    List<Times> of(Trial... trials) {
        double[][] seconds = new double[trials.length][counted];
        for (int round = -warmups; round < counted; round++) {
            for (int trial = 0; trial < trials.length; trial++) {
                double once = trials[trial].seconds();
                if (round >= 0) {
                    seconds[trial][round] = once;
                }
            }
        }
        return Arrays.stream(seconds).map(Rounds::times).toList();
    }

    private static Times times(double[] seconds) {
        double[] sorted = seconds.clone();
        Arrays.sort(sorted);
        return new Times(sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1]);
    }
}
