package dev.trapline.config;

import dev.trapline.abi.machine.StoragePolicy;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a process lets others drive machines in it.
///
/// @param host the address to listen at
/// @param port 0 for any that is free
/// @param keyStore own key and certificate
/// @param trustStore certificates of those who sign the drivers'
/// @param passwordFile file that holds the password of both
/// @param recordings directory in which runs are recorded; null if none are
/// @param machines how many may run at the same time
/// @param memory the most RAM of one machine, in bytes
/// @param storage how recordings are stored
/// @param plugins JAR files with services
/// @param library the engine's library; null to look for one
/// @param shortcuts which of the engine's shortcuts may be used, as the engine takes it
public record ServeSettings(
        String host,
        int port,
        @Nullable Path keyStore,
        @Nullable Path trustStore,
        @Nullable Path passwordFile,
        @Nullable Path recordings,
        int machines,
        long memory,
        StoragePolicy storage,
        List<Path> plugins,
        @Nullable Path library,
        String shortcuts) {
    public ServeSettings {
        plugins = List.copyOf(plugins);
    }
}
