package dev.trapline.timeline;

import dev.trapline.machine.firmware.state.UnsupportedStateException;
import dev.trapline.timeline.checkpoint.CheckpointSeal;
import dev.trapline.timeline.checkpoint.CheckpointStore;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The checkpoints of a recording, and messages about them for the user.
///
/// @param recording its directory
/// @param inUse whether they are used at all. With a changed image, the machine differs, and its checkpoints must not
///     be mixed with the recording's
/// @param seal the seal that they must have
/// @param budget the disk space for all of them, in bytes; 0 to add none
/// @param spacing the distance between them, in nanoseconds of replay
/// @param nanoTime the host's clock
/// @param notices receives messages, without a full stop
public record Checkpoints(
        Path recording,
        boolean inUse,
        CheckpointSeal seal,
        long budget,
        long spacing,
        LongSupplier nanoTime,
        Consumer<String> notices) {

    /// The same, with another receiver of messages.
    public Checkpoints telling(Consumer<String> other) {
        return new Checkpoints(recording, inUse, seal, budget, spacing, nanoTime, other);
    }

    /// Opens the store of a playback, or reports why there is none.
    ///
    /// @return null if there is none
    public @Nullable CheckpointStore open(Playback playback) {
        if (!inUse) {
            return null;
        }
        try {
            return CheckpointStore.open(recording, playback.key(), seal, budget);
        } catch (UnsupportedStateException e) {
            tellUnsupported(e.getMessage());
            return null;
        }
    }

    /// A seeker over a playback.
    ///
    /// @param store null for checkpoints only in memory
    /// @param observer receives the progress
    public Seeker seeker(Playback playback, @Nullable CheckpointStore store, LongConsumer observer) {
        Seeker seeker = new Seeker(playback, store, spacing, Seeker.BUDGET, nanoTime);
        seeker.tell(observer);
        return seeker;
    }

    /// Reports the checkpoint at which a replay began, if there was one.
    public void tellOrigin(Seeker seeker) {
        if (seeker.origin().stored()) {
            notices.accept("from the checkpoint at slice " + seeker.origin().slice());
        }
    }

    /// Reports problems that were found on the way.
    public void tellTrouble(Seeker seeker, @Nullable CheckpointStore store) {
        if (seeker.unsupported() != null) {
            tellUnsupported(seeker.unsupported());
        }
        tellNotice(store);
    }

    /// Reports once what was wrong with existing checkpoints.
    public void tellNotice(@Nullable CheckpointStore store) {
        String notice = store == null ? null : store.takeNotice();
        if (notice != null) {
            notices.accept(notice);
        }
    }

    /// Reports that a result from stored checkpoints is checked again without them.
    public void tellAgain() {
        notices.accept("the replay from a checkpoint failed, or the checkpoint could not be read: replaying from"
                + " the start to make sure");
    }

    private void tellUnsupported(@Nullable String why) {
        notices.accept("no checkpoints are kept beside the recording: " + why);
    }
}
