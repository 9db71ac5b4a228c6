package dev.trapline.journal.store;

import dev.trapline.abi.file.BoundedFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;

/// A file system for the store that opens regular files alone, and follows no link: somebody else may have put
/// something in the file's place.
///
/// Public only because the store makes instances by reflection.
public final class GuardedFilePath extends FilePathWrapper {

    private static final String SCHEME = "trapline-guarded";

    /// For the store alone.
    public GuardedFilePath() {}

    static {
        FilePath.register(new GuardedFilePath());
    }

    /// The name under which the store finds a file through this file system.
    static String nameOf(Path file) {
        return SCHEME + ":" + file.toAbsolutePath();
    }

    @Override
    public String getScheme() {
        return SCHEME;
    }

    @Override
    public FileChannel open(String mode) throws IOException {
        Path file = Path.of(getBase().toString());
        Path top = CheckpointPlace.top(file);
        return mode.equals("r") ? BoundedFile.openIn(top, file) : BoundedFile.openToWriteIn(top, file);
    }
}
