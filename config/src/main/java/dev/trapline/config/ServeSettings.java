package dev.trapline.config;

import dev.trapline.abi.machine.StoragePolicy;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The settings of `trapline serve`.
///
/// @param host the address to listen at
/// @param port the port; 0 for any free one
/// @param keyStore the file with the server's own key and certificate
/// @param trustStore the file with the certificates that sign the drivers' certificates
/// @param passwordFile the file with the password of both stores
/// @param recordings the directory for recordings; null if nothing is recorded
/// @param machines the largest number of machines at the same time
/// @param memory the most RAM of one machine, in bytes
/// @param storage how recordings are stored
/// @param plugins JAR files with services
/// @param library the engine's library; null to search for one
/// @param shortcuts the engine's shortcuts to use, in the engine's text form
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
