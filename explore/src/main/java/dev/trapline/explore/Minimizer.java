package dev.trapline.explore;

import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.machine.choice.Choices;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Takes choices out of a failing run as long as it fails in the same way: rules of faults first, then faults, turns,
/// and injections.
///
/// A run is its seed and its choices. What is taken out becomes the default: no fault, and the turn that the machine's
/// own schedule gives.
public final class Minimizer {

    /// How many runs a search has, unless it is told otherwise.
    public static final int RUNS = 200;

    private final EngineFactory engines;
    private final SeededChoices seeded;
    private final Oracle oracle;
    private final int budget;

    /// @param seeded the choices of the failing run
    /// @param budget how many runs the search may have, 1 or more
    public Minimizer(EngineFactory engines, SeededChoices seeded, Oracle oracle, int budget) {
        this.engines = engines;
        this.seeded = seeded;
        this.oracle = oracle;
        this.budget = budget;
    }

    /// Shrinks a failing run.
    ///
    /// @param seed the run's
    /// @param finding how it fails
    /// @return null if a run with this seed does not fail so
    public @Nullable Minimum minimize(long seed, Finding finding) {
        try (TrialMachine machine = new TrialMachine(engines, seeded.subject(), oracle)) {
            return minimize(seed, finding, machine::run);
        }
    }

    /// The same, where somebody else judges.
    ///
    /// @param runs has a run with some choices, and judges it
    public @Nullable Minimum minimize(long seed, Finding finding, Function<Choices, Trial> runs) {
        return new Search(new SeededRun(seeded, seed), runs, finding, budget).minimum();
    }

    /// Shrinks a failing run that was recorded.
    ///
    /// @param runs has a run with some choices, and judges it: on a machine of its subject
    /// @param finding how it fails
    /// @param budget how many runs the search may have, 1 or more
    /// @return null if it does not fail so when it is run again
    public static @Nullable Minimum minimize(
            RecordedRun run, Function<Choices, Trial> runs, Finding finding, int budget) {
        return new Search(run, runs, finding, budget).minimum();
    }

    /// The choices that make a minimum of a run.
    public Choices choices(long seed, Minimum minimum) {
        return Search.edited(new SeededRun(seeded, seed), minimum);
    }
}
