package dev.trapline.timeline;

import dev.trapline.machine.firmware.state.UnsupportedStateException;
import dev.trapline.timeline.checkpoint.CheckpointSeal;
import dev.trapline.timeline.checkpoint.CheckpointStore;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The checkpoints beside a recording, and what a person should know of them.
///
/// @param recording its directory
/// @param inUse whether they are used at all. An image that is not what its hash says makes other machines: theirs
///     would be taken for the recording's
/// @param seal that they must have
/// @param budget for all of them, in bytes; 0 to add none
/// @param spacing how far apart, in nanoseconds of replay
/// @param nanoTime the host's clock
/// @param notices takes a sentence without its end
public record Checkpoints(
        Path recording,
        boolean inUse,
        CheckpointSeal seal,
        long budget,
        long spacing,
        LongSupplier nanoTime,
        Consumer<String> notices) {

    /// The same, with somebody else who takes the notices.
    public Checkpoints telling(Consumer<String> other) {
        return new Checkpoints(recording, inUse, seal, budget, spacing, nanoTime, other);
    }

    /// Opens the store of a playback, or says why there is none.
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
    /// @param store null for checkpoints in memory alone
    /// @param observer told how far it is
    public Seeker seeker(Playback playback, @Nullable CheckpointStore store, LongConsumer observer) {
        Seeker seeker = new Seeker(playback, store, spacing, Seeker.BUDGET, nanoTime);
        seeker.tell(observer);
        return seeker;
    }

    /// Says where a way began, if it was shortened.
    public void tellOrigin(Seeker seeker) {
        if (seeker.origin().stored()) {
            notices.accept("from the checkpoint at slice " + seeker.origin().slice());
        }
    }

    /// Says what came up on the way.
    public void tellTrouble(Seeker seeker, @Nullable CheckpointStore store) {
        if (seeker.unsupported() != null) {
            tellUnsupported(seeker.unsupported());
        }
        tellNotice(store);
    }

    /// Says what was wrong with checkpoints that were there, once.
    public void tellNotice(@Nullable CheckpointStore store) {
        String notice = store == null ? null : store.takeNotice();
        if (notice != null) {
            notices.accept(notice);
        }
    }

    /// Says that what rests on stored checkpoints is looked at again without them.
    public void tellAgain() {
        notices.accept("the replay from a checkpoint failed, or the checkpoint could not be read: replaying from"
                + " the start to make sure");
    }

    private void tellUnsupported(@Nullable String why) {
        notices.accept("no checkpoints are kept beside the recording: " + why);
    }
}
