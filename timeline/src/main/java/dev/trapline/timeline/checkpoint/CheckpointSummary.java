package dev.trapline.timeline.checkpoint;

import dev.trapline.journal.file.LinkFreePath;
import dev.trapline.journal.file.MvFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.h2.mvstore.MVStore;
import org.jspecify.annotations.Nullable;

/// What there is of checkpoints beside a recording, without a look into them.
///
/// @param count how many
/// @param bytes what they and their pages take
/// @param last slice of the last one
/// @param key what they are of
/// @param isSealed whether they were made with the user's key: others are not used
public record CheckpointSummary(int count, long bytes, long last, CheckpointKey key, boolean isSealed) {

    /// Looks at a recording. Writes nothing.
    ///
    /// @return null if there are none that can be read
    public static @Nullable CheckpointSummary of(Path recording, CheckpointSeal seal) {
        LinkFreePath file = CheckpointPlace.file(recording);
        if (CheckpointPlace.foreign(recording) != null || !Files.isReadable(file.file())) {
            return null;
        }
        try {
            MVStore store = MvFile.openToRead(file, Long.MAX_VALUE);
            try {
                CheckpointKey key = CheckpointFile.key(store, CheckpointStore.FORMAT);
                var slices = CheckpointFile.slices(store);
                return key == null || slices.isEmpty()
                        ? null
                        : new CheckpointSummary(
                                slices.size(),
                                CheckpointFile.bytes(store),
                                slices.getLast(),
                                key,
                                isSealed(store, key, seal));
            } finally {
                store.closeImmediately();
            }
            // WIDE: in bytes that are not its own the store comes upon anything.
        } catch (RuntimeException e) {
            return null;
        }
    }

    private static boolean isSealed(MVStore store, CheckpointKey key, CheckpointSeal seal) {
        try {
            seal.find();
            return CheckpointFile.areSealed(store, key, seal);
        } catch (IOException e) {
            return false;
        }
    }
}
