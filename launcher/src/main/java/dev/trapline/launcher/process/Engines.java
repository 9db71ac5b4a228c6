package dev.trapline.launcher.process;

import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.engine.EngineLibrary;
import dev.trapline.launcher.output.CommandException;
import dev.trapline.unicorn.LibrarySearch;
import dev.trapline.unicorn.Shortcut;
import dev.trapline.unicorn.UnicornEngines;
import dev.trapline.unicorn.UnicornLibrary;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The choice of what executes guest code.
public final class Engines {

    /// What executes guest code, as it is told to people.
    ///
    /// @param shortcuts every one there is
    public record Description(EngineLibrary library, List<ShortcutUse> shortcuts) {}

    /// A shortcut of the engine.
    ///
    /// @param line says whether it is used, and why not if it is not
    public record ShortcutUse(String id, boolean used, String line) {}

    private Engines() {}

    /// Opens the engine's library, and tries its shortcuts out.
    ///
    /// @throws EngineException as [#open]
    public static Description describe(@Nullable Path library, @Nullable String shortcuts) {
        UnicornEngines engines = load(library, shortcuts);
        return new Description(
                engines.library(),
                Stream.of(Shortcut.values())
                        .map(shortcut -> new ShortcutUse(
                                shortcut.id(),
                                engines.shortcuts().uses(shortcut),
                                engines.shortcuts().line(shortcut)))
                        .toList());
    }

    /// Opens the engine's library.
    ///
    /// @param library the one to take; null for the system's, else the one that came with Trapline
    /// @param shortcuts which may be used, as [Shortcut#parse] takes it; null for [Shortcut#standard]. Those that
    ///     the JVM's property does not name are not used in any case
    /// @throws EngineException if there is none, or it cannot run AArch64, with what to do
    public static EngineFactory open(@Nullable Path library, @Nullable String shortcuts) {
        return load(library, shortcuts);
    }

    private static UnicornEngines load(@Nullable Path library, @Nullable String shortcuts) {
        UnicornLibrary loaded = UnicornLibrary.load(LibrarySearch.standard(library));
        if (shortcuts == null) {
            return new UnicornEngines(loaded);
        }
        Set<Shortcut> wanted = parse(shortcuts);
        wanted.retainAll(Shortcut.standard());
        return new UnicornEngines(loaded, wanted);
    }

    private static Set<Shortcut> parse(String shortcuts) {
        try {
            return Shortcut.parse(shortcuts);
        } catch (IllegalArgumentException e) {
            throw CommandException.usage("engine.shortcuts (--shortcuts): " + e.getMessage(), e);
        }
    }
}
