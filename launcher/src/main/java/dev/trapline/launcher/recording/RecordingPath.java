package dev.trapline.launcher.recording;

import dev.trapline.abi.file.BoundedFile;
import dev.trapline.abi.file.FileKind;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.launcher.output.CommandException;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.launcher.output.Watch;
import java.io.IOException;
import java.nio.file.Path;

/// Opens the recording that a command was given.
public final class RecordingPath {

    private RecordingPath() {}

    /// Opens it.
    ///
    /// @param terminal shows the progress of reading
    /// @throws CommandException if the path is something for another command
    public static WatchedReader open(Terminal terminal, Path path, OpenOptions options) {
        require(path);
        return new WatchedReader(Recordings.open(path, options), terminal.watch("reading " + path));
    }

    /// Opens a recording to follow it while it is written.
    ///
    /// @param terminal ends the wait at Ctrl-C
    /// @throws CommandException as above
    public static WatchedReader follow(Terminal terminal, Path path, OpenOptions options) {
        require(path);
        Watch watch = terminal.watch("following " + path);
        return new WatchedReader(FollowedReader.open(path, options, watch), watch);
    }

    private static String words(Path path) {
        try {
            return FileKind.of(path).words();
        } catch (IOException e) {
            return BoundedFile.reason(e);
        }
    }

    /// Refuses a path that is not a recording, and says what it is.
    public static void require(Path path) {
        InputKind kind = InputKind.of(path);
        switch (kind) {
            case RECORDING -> {}
            case GUEST, EXPORT, DEVICE_TREE -> throw CommandException.usage(kind.hint(path));
            case OTHER ->
                throw CommandException.usage(path + " " + words(path)
                        + ", and a recording is a directory: give the DIR of 'trapline run --record DIR'");
            case DIRECTORY ->
                throw CommandException.usage("there is no recording in the directory " + path
                        + ": give the DIR of 'trapline run --record DIR'");
            case ABSENT -> throw CommandException.usage("there is no recording at " + path + ": no such directory");
        }
    }
}
