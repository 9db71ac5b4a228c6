package dev.trapline.timeline.checkpoint;

import dev.trapline.abi.file.BoundedFile;
import dev.trapline.abi.file.BoundedFile.Links;
import dev.trapline.abi.file.FileKind;
import dev.trapline.journal.file.LinkFreePath;
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
    private static final String LOCK = "lock";

    private CheckpointPlace() {}

    static LinkFreePath file(Path recording) {
        return in(recording, STORE);
    }

    /// What takes the file's place when it is written anew.
    static LinkFreePath fresh(Path recording) {
        return in(recording, FRESH);
    }

    /// Held by who adds some.
    static LinkFreePath lock(Path recording) {
        return in(recording, LOCK);
    }

    private static LinkFreePath in(Path recording, String name) {
        return new LinkFreePath(directory(recording).resolve(name), 2);
    }

    /// The directory of all these.
    static Path directory(Path recording) {
        return recording.resolve(DIRECTORY);
    }

    /// What stands in that place and was not put there by Trapline, in words; null if nothing does. A symbolic link
    /// would lead out of the recording.
    static @Nullable String foreign(Path recording) {
        Path directory = directory(recording);
        Path file = file(recording).file();
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

    /// Whether checkpoints can be made there: nothing of another kind stands in the lock's place. What exists
    /// already can be read all the same.
    static boolean isWritable(Path recording) {
        try {
            BoundedFile.requireRegularOrNothing(lock(recording).file(), Links.REFUSED);
            return Files.isWritable(recording);
        } catch (IOException e) {
            return false;
        }
    }
}
