package dev.trapline.launcher.recording;

import dev.trapline.timeline.checkpoint.CheckpointSeal;
import java.nio.file.Path;
import java.util.Map;

/// Finds the file with the key that seals the user's own checkpoints.
///
/// Source: XDG Base Directory Specification 0.8.
public final class CheckpointKeyFile {

    private static final String STATE = "XDG_STATE_HOME";
    private static final String HOME = "HOME";

    private CheckpointKeyFile() {}

    /// The seal of this process's user.
    public static CheckpointSeal seal() {
        return CheckpointSeal.of(of(System.getenv(), Path.of(System.getProperty("user.home", ""))));
    }

    /// The file that the environment names, or else `trapline/checkpoint.key` in the user's state directory.
    ///
    /// @param home the home directory, if the environment names none
    public static Path of(Map<String, String> environment, Path home) {
        String named = environment.getOrDefault(CheckpointSeal.VARIABLE, "");
        if (!named.isEmpty()) {
            return Path.of(named);
        }
        Path states = Path.of(environment.getOrDefault(STATE, ""));
        if (!states.isAbsolute()) {
            // "All paths set in these environment variables must be absolute. If an implementation encounters a
            // relative path ... it should consider the path invalid and ignore it."
            Path given = Path.of(environment.getOrDefault(HOME, ""));
            states = (given.isAbsolute() ? given : home).resolve(".local/state");
        }
        return states.resolve("trapline/checkpoint.key");
    }
}
