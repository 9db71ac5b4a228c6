package dev.trapline.launcher;

import dev.trapline.config.ReplaySettings;
import dev.trapline.machine.firmware.state.UnsupportedStateException;
import dev.trapline.timeline.Playback;
import dev.trapline.timeline.Seeker;
import dev.trapline.timeline.checkpoint.CheckpointStore;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// The checkpoints beside a recording, and what is to be said of them.
///
/// @param recording its directory
/// @param settings how far apart, and how many
/// @param inUse whether they are used at all. An image that is not what its hash says makes other machines: theirs
///     would be taken for the recording's
record Checkpoints(Path recording, ReplaySettings settings, boolean inUse, PrintWriter err) {

    /// Opens the store of a playback, or says why there is none.
    ///
    /// @return null if there is none
    @Nullable
    CheckpointStore open(Playback playback) {
        if (!inUse) {
            return null;
        }
        try {
            return CheckpointStore.open(recording, playback.key(), CheckpointKeyFile.seal(), settings.budget());
        } catch (UnsupportedStateException e) {
            tellUnsupported(e.getMessage());
            return null;
        }
    }

    /// A seeker over a playback.
    ///
    /// @param store null for checkpoints in memory alone
    /// @param observer told how far it is
    Seeker seeker(Playback playback, @Nullable CheckpointStore store, LongConsumer observer) {
        Seeker seeker = new Seeker(playback, store, settings.spacing().toNanos(), Seeker.BUDGET, System::nanoTime);
        seeker.tell(observer);
        return seeker;
    }

    /// Says where a way began, if it was shortened.
    void tellOrigin(Seeker seeker) {
        if (seeker.origin().stored()) {
            err.println(
                    "trapline: from the checkpoint at slice " + seeker.origin().slice());
        }
    }

    /// Says what came up on the way.
    void tellTrouble(Seeker seeker, @Nullable CheckpointStore store) {
        if (seeker.unsupported() != null) {
            tellUnsupported(seeker.unsupported());
        }
        tellNotice(store);
    }

    /// Says what was wrong with checkpoints that were there, once.
    void tellNotice(@Nullable CheckpointStore store) {
        String notice = store == null ? null : store.takeNotice();
        if (notice != null) {
            err.println("trapline: " + notice);
        }
    }

    /// Says that what rests on stored checkpoints is looked at again without them.
    void tellAgain() {
        err.println("trapline: the replay from a checkpoint failed, or the checkpoint could not be read: replaying from"
                + " the start to make sure");
    }

    private void tellUnsupported(@Nullable String why) {
        err.println("trapline: no checkpoints are kept beside the recording: " + why);
    }
}
