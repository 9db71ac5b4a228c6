package dev.trapline.launcher;

import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.unicorn.LibrarySearch;
import dev.trapline.unicorn.UnicornEngines;
import dev.trapline.unicorn.UnicornLibrary;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The choice of what executes guest code.
final class Engines {

    private Engines() {}

    /// Opens the engine's library.
    ///
    /// @param library the one to take; null for the system's, else the one that came with Trapline
    /// @throws EngineException if there is none, or it cannot run AArch64, with what to do
    static EngineFactory open(@Nullable Path library) {
        return new UnicornEngines(UnicornLibrary.load(LibrarySearch.standard(library)));
    }
}
