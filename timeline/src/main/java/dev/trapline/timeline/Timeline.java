package dev.trapline.timeline;

import dev.trapline.abi.Position;
import dev.trapline.machine.ConsoleOutput;
import dev.trapline.machine.RunReport;
import dev.trapline.timeline.checkpoint.CheckpointStore;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// A recording that one can move in. It is played from the nearest checkpoint before a position, and leaves checkpoints
/// on its way.
///
/// What is said of a recording rests on the recording alone: where the replay fails behind a checkpoint that another
/// process made, it is done again without.
public final class Timeline {

    private final RecordedRun run;
    private final Checkpoints checkpoints;
    private final LongConsumer passed;

    /// @param passed told now and then at which slice the playback is; may throw to end it
    public Timeline(RecordedRun run, Checkpoints checkpoints, LongConsumer passed) {
        this.run = run;
        this.checkpoints = checkpoints;
        this.passed = passed;
    }

    /// What somebody does in a recording.
    public interface Journey {

        /// Does it. May be called twice, the second time with another seeker.
        ///
        /// @return where it led; null if the replay failed
        @Nullable
        Position make(Seeker seeker);
    }

    /// What became of a journey.
    public sealed interface Result {

        /// It was made: all that was replayed is as recorded.
        ///
        /// @param origin where the last seek on it began
        record Arrived(Position position, Seeker.Origin origin) implements Result {}

        /// The replay failed.
        record Failed(RunReport report) implements Result {}
    }

    /// Makes a journey.
    ///
    /// @param console where what the guest prints on it goes
    public Result make(Journey journey, ConsoleOutput console) {
        Playback first = run.playback(console);
        try (CheckpointStore store = checkpoints.open(first);
                Seeker seeker = checkpoints.seeker(first, store, passed)) {
            Position reached = journey.make(seeker);
            checkpoints.tellTrouble(seeker, store);
            if (reached != null || !seeker.reliesOnStore()) {
                return result(reached, seeker);
            }
        }
        checkpoints.tellAgain();
        try (Seeker seeker = checkpoints.seeker(run.playback(console), null, passed)) {
            return result(journey.make(seeker), seeker);
        }
    }

    private static Result result(@Nullable Position reached, Seeker seeker) {
        return reached == null
                ? new Result.Failed(seeker.playback().report())
                : new Result.Arrived(reached, seeker.origin());
    }
}
