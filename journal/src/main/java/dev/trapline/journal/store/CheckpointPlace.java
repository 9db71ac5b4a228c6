package dev.trapline.journal.store;

import dev.trapline.abi.file.BoundedFile;
import dev.trapline.abi.file.BoundedFile.Links;
import dev.trapline.abi.file.FileKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Where the checkpoints of a recording are.
final class CheckpointPlace {

    private static final String DIRECTORY = "checkpoints";
    private static final String STORE = "store.mv";
    private static final String FRESH = "store.new";

    private CheckpointPlace() {}

    static Path file(Path recording) {
        return recording.resolve(DIRECTORY).resolve(STORE);
    }

    /// What takes the file's place when it is written anew.
    static Path fresh(Path recording) {
        return recording.resolve(DIRECTORY).resolve(FRESH);
    }

    /// The directory that the user named, of a file of the store: those of checkpoints are one level down.
    static Path top(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        String name = String.valueOf(file.getFileName());
        Path above = parent == null || !(name.equals(STORE) || name.equals(FRESH)) ? parent : parent.getParent();
        return above == null ? file : above;
    }

    /// Held by who adds some.
    static Path lock(Path store) {
        return store.resolveSibling("lock");
    }

    /// What stands in that place and was not put there by Trapline, in words; null if nothing does. A symbolic link
    /// would lead out of the recording.
    static @Nullable String foreign(Path recording) {
        Path directory = recording.resolve(DIRECTORY);
        Path file = file(recording);
        try {
            FileKind kind = FileKind.of(directory, LinkOption.NOFOLLOW_LINKS);
            if (kind != FileKind.DIRECTORY && kind != FileKind.NOTHING) {
                return directory + " " + kind.words();
            }
            BoundedFile.requireRegularOrNothing(file, Links.REFUSED);
            return null;
        } catch (IOException e) {
            return file + " " + BoundedFile.reason(e);
        }
    }

    /// Whether checkpoints can be made there: nothing of another kind stands in the lock's place. What is there
    /// already can be read all the same.
    static boolean isWritable(Path recording) {
        try {
            BoundedFile.requireRegularOrNothing(lock(file(recording)), Links.REFUSED);
            return Files.isWritable(recording);
        } catch (IOException e) {
            return false;
        }
    }
}
