package dev.trapline.explore;

/// The runs that failed in one way.
///
/// @param runs how many
/// @param firstSeed the lowest of their seeds
/// @param seed the seed of the shortest of them; of equally long ones, the lowest
/// @param slices how many slices that run has
/// @param finding how that run failed
public record FailureGroup(long runs, long firstSeed, long seed, long slices, Finding finding) {

    /// A group of one.
    static FailureGroup of(long seed, Trial trial, Finding finding) {
        return new FailureGroup(1, seed, seed, trial.slices(), finding);
    }

    /// The same with one more run.
    FailureGroup and(FailureGroup other) {
        boolean shorter = other.slices < slices || (other.slices == slices && other.seed < seed);
        FailureGroup best = shorter ? other : this;
        return new FailureGroup(
                runs + other.runs, Math.min(firstSeed, other.firstSeed), best.seed, best.slices, best.finding);
    }
}
