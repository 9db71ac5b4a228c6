package dev.trapline.timeline;

import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.Position;
import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.state.StateDamagedException;
import dev.trapline.machine.ConsoleOutput;
import dev.trapline.machine.RunReport;
import dev.trapline.timeline.checkpoint.CheckpointStore;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// A recording in which the caller can move. It is replayed from the nearest checkpoint before a position, and saves
/// checkpoints on the way.
///
/// Results depend only on the recording: if the replay fails after a checkpoint of another process, it is repeated
/// without that checkpoint.
public final class Timeline {

    private final RecordedRun run;
    private final Checkpoints checkpoints;
    private final LongConsumer passed;

    /// @param passed is told from time to time the current slice; may throw to end the replay
    public Timeline(RecordedRun run, Checkpoints checkpoints, LongConsumer passed) {
        this.run = run;
        this.checkpoints = checkpoints;
        this.passed = passed;
    }

    /// Work in a recording.
    public interface Journey {

        /// Does the work. May be called twice, the second time with another seeker.
        ///
        /// @return the result; null if the replay failed
        @Nullable
        Position make(Seeker seeker);
    }

    /// The result of work in a recording.
    public sealed interface Result {

        /// Success: everything that was replayed matches the recording.
        ///
        /// @param origin where the last seek began
        record Arrived(Position position, Seeker.Origin origin) implements Result {}

        /// The replay failed.
        record Failed(RunReport report) implements Result {}
    }

    /// Does work in a recording.
    ///
    /// @param console receives the console output during the work
    public Result make(Journey journey, ConsoleOutput console) {
        Playback first = run.playback(console);
        try (CheckpointStore store = checkpoints.open(first);
                Seeker seeker = checkpoints.seeker(first, store, passed)) {
            Position reached = attempt(journey, seeker);
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

    /// A wrong checkpoint can make the machine fail, or have other slices than the recording. What the caller's own
    /// parts throw is of none of these types.
    ///
    /// @return null if the replay failed
    private static @Nullable Position attempt(Journey journey, Seeker seeker) {
        try {
            return journey.make(seeker);
        } catch (NotInRecordingException
                | StateDamagedException
                | InvariantViolation
                | EngineException
                | IndexOutOfBoundsException
                | IllegalArgumentException
                | IllegalStateException e) {
            if (!seeker.reliesOnStore()) {
                throw e;
            }
            return null;
        }
    }

    private static Result result(@Nullable Position reached, Seeker seeker) {
        return reached == null
                ? new Result.Failed(seeker.playback().report())
                : new Result.Arrived(reached, seeker.origin());
    }
}
