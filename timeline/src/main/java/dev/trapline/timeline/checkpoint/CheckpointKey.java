package dev.trapline.timeline.checkpoint;

import dev.trapline.abi.engine.EngineLibrary;
import java.util.List;

/// Identifies the recording, library and services of checkpoints: checkpoints with another key cannot be used.
///
/// @param recording digest of the recording's header
/// @param library SHA-256 of the library's file
/// @param services in the order of their names: name, version and what their states are made of
public record CheckpointKey(long recording, String library, List<String> services) {

    public CheckpointKey {
        services = List.copyOf(services);
    }

    /// Whether they were made by this build of the library.
    public boolean isOf(EngineLibrary present) {
        return library.equals(present.sha256());
    }
}
