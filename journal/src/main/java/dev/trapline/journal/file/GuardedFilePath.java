package dev.trapline.journal.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;

/// A file system for the store that opens only regular files, and follows no links: a stranger may have replaced the
/// file.
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
    static String nameOf(LinkFreePath path) {
        return SCHEME + ":" + path.text();
    }

    private static LinkFreePath path(String name) {
        return LinkFreePath.parse(name.substring(SCHEME.length() + 1));
    }

    @Override
    protected FilePath unwrap(String fileName) {
        return FilePath.get(path(fileName).file().toString());
    }

    @Override
    public String getScheme() {
        return SCHEME;
    }

    @Override
    public FileChannel open(String mode) throws IOException {
        LinkFreePath path = path(name);
        return mode.equals("r") ? path.open() : path.openToWrite();
    }
}
