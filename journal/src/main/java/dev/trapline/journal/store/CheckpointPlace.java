package dev.trapline.journal.store;

import dev.trapline.abi.file.BoundedFile;
import dev.trapline.abi.file.BoundedFile.Links;
import dev.trapline.abi.file.FileKind;
import java.io.IOException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where the checkpoints of a recording are.
final class CheckpointPlace {

    private static final String DIRECTORY = "checkpoints";

    private CheckpointPlace() {}

    static Path file(Path recording) {
        return recording.resolve(DIRECTORY).resolve("store.mv");
    }

    /// Held by who adds some.
    static Path lock(Path store) {
        return store.resolveSibling("lock");
    }

    /// What stands in that place and was not put there by Trapline, in words; null if nothing does. A symbolic link
    /// would lead out of the recording.
    static @Nullable String foreign(Path recording) {
        Path directory = recording.resolve(DIRECTORY);
        Path store = file(recording);
        Path looked = directory;
        try {
            FileKind kind = FileKind.of(directory, LinkOption.NOFOLLOW_LINKS);
            if (kind != FileKind.DIRECTORY && kind != FileKind.NOTHING) {
                return directory + " " + kind.words();
            }
            for (Path file : List.of(store, lock(store))) {
                looked = file;
                BoundedFile.requireRegularOrNothing(file, Links.REFUSED);
            }
            return null;
        } catch (IOException e) {
            return looked + " " + BoundedFile.reason(e);
        }
    }
}
