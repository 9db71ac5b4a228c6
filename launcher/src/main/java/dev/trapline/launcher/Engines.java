package dev.trapline.launcher;

import dev.trapline.abi.engine.EngineException;
import dev.trapline.unicorn.LibrarySearch;
import dev.trapline.unicorn.Shortcut;
import dev.trapline.unicorn.UnicornEngines;
import dev.trapline.unicorn.UnicornLibrary;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The choice of what executes guest code.
final class Engines {

    private Engines() {}

    /// Opens the engine's library.
    ///
    /// @param library the one to take; null for the system's, else the one that came with Trapline
    /// @param shortcuts which may be used, as [Shortcut#parse] takes it; null for all. Those that the JVM's
    ///     property does not name are not used in any case
    /// @throws EngineException if there is none, or it cannot run AArch64, with what to do
    static UnicornEngines open(@Nullable Path library, @Nullable String shortcuts) {
        Set<Shortcut> wanted = Shortcut.standard();
        if (shortcuts != null) {
            wanted.retainAll(parse(shortcuts));
        }
        return new UnicornEngines(UnicornLibrary.load(LibrarySearch.standard(library)), wanted);
    }

    private static Set<Shortcut> parse(String shortcuts) {
        try {
            return Shortcut.parse(shortcuts);
        } catch (IllegalArgumentException e) {
            throw CommandException.usage("engine.shortcuts (--shortcuts): " + e.getMessage(), e);
        }
    }
}
