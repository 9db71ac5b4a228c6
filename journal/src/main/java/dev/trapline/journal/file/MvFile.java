package dev.trapline.journal.file;

import dev.trapline.abi.file.BoundedFile;
import dev.trapline.abi.file.BoundedFile.Links;
import dev.trapline.abi.file.WriteFailure;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.history.RecordingException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;

/// Opens the files of recordings and checkpoints. Anything that a stranger put in their place is refused or harmless.
public final class MvFile {

    /// Rows are read in order and once: a small cache is enough.
    private static final int CACHE_MIB = 4;

    private MvFile() {}

    /// Opens a file to write. Space is never reused, so that after a kill at any time the committed data remains,
    /// and a reader never sees a block change. Nothing is compacted or committed automatically.
    ///
    /// @param name that the store's own file systems know
    /// @throws RecordingException if it cannot be written, or another process writes it
    public static MVStore openForRecording(Path file, String name) {
        try {
            if (name.equals(file.toAbsolutePath().toString())) {
                makeIfAbsent(file);
                return openToWrite(GuardedFilePath.nameOf(LinkFreePath.of(file)));
            }
            return openToWrite(name);
        } catch (IOException | MVStoreException | IllegalStateException e) {
            throw cannotWrite(file, e);
        }
    }

    /// Opens a file to write, which a stranger may have made, or makes it.
    ///
    /// @throws RecordingException if it cannot be written, or another process writes it
    public static MVStore openToAdd(LinkFreePath path) {
        try {
            makeIfAbsent(path.file());
            return appending(BoundedStore.open(GuardedFilePath.nameOf(path), false, CACHE_MIB));
        } catch (IOException | MVStoreException | IllegalStateException e) {
            throw cannotWrite(path.file(), e);
        }
    }

    /// The store would give it all permissions that the umask allows.
    private static void makeIfAbsent(Path file) throws IOException {
        BoundedFile.requireRegularOrNothing(file, Links.REFUSED);
        if (!Files.exists(file)) {
            Permissions.makeFile(file);
        }
    }

    private static MVStore openToWrite(String name) {
        MVStore store = new MVStore.Builder()
                .fileName(name)
                .autoCommitDisabled()
                .autoCompactFillRate(0)
                .cacheSize(CACHE_MIB)
                .open();
        return appending(store);
    }

    private static MVStore appending(MVStore store) {
        store.setReuseSpace(false);
        store.setVersionsToKeep(0);
        return store;
    }

    /// Opens a file to read, even if another process has it open.
    ///
    /// @param limit as if the file ended there, in bytes
    public static MVStore openToRead(LinkFreePath path, long limit) {
        return BoundedStore.open(UnlockedFilePath.nameOf(path, limit), true, CACHE_MIB);
    }

    public static RecordingException cannotWrite(Path file, Throwable cause) {
        return new RecordingException(
                Kind.STORAGE,
                "cannot write the recording's file " + file + ": " + WriteFailure.reason(cause)
                        + "; make room or choose another place, and record again",
                cause);
    }
}
