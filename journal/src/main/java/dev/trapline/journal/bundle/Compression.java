package dev.trapline.journal.bundle;

import com.github.luben.zstd.util.Native;
import dev.trapline.abi.file.WriteFailure;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.history.RecordingException.Kind;

/// Loads the native compression library: it is in a JAR, and is unpacked into the directory for temporary files.
final class Compression {

    private Compression() {}

    /// Loads it, unless it is already loaded.
    ///
    /// @throws RecordingException if it cannot be unpacked, on a full disk for instance
    static void require() {
        try {
            Native.load();
        } catch (LinkageError e) {
            throw new RecordingException(
                    Kind.STORAGE,
                    "cannot load the library that compresses: " + WriteFailure.reason(e)
                            + "; make room in the directory for temporary files, or name another one:"
                            + " JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=DIR",
                    e);
        }
    }
}
