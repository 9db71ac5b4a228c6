package dev.trapline.launcher.process;

import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.engine.EngineLibrary;
import dev.trapline.launcher.output.CommandException;
import dev.trapline.launcher.output.OthersOutput;
import dev.trapline.unicorn.UnicornEngines;
import dev.trapline.unicorn.counting.Shortcut;
import dev.trapline.unicorn.ffi.LibraryOpening;
import dev.trapline.unicorn.ffi.LibrarySearch;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Chooses the engine that executes guest code.
public final class Engines {

    /// A description of the engine, for users.
    ///
    /// @param shortcuts all shortcuts
    public record Description(EngineLibrary library, List<ShortcutUse> shortcuts) {}

    /// A shortcut of the engine.
    ///
    /// @param line whether it is used, and if not, why
    public record ShortcutUse(String id, boolean used, String line) {}

    private static final AtomicBoolean LOADING = new AtomicBoolean();

    private Engines() {}

    /// Opens the engine's library, and tests its shortcuts.
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
    /// @param library the library to open; null for the system's, or else the one that comes with Trapline
    /// @param shortcuts the shortcuts to use, in the form of [Shortcut#parse]; null for [Shortcut#standard].
    ///     Shortcuts that the JVM's property leaves out are never used
    /// @throws EngineException if there is no library, or it cannot run AArch64; the message says what to do
    public static EngineFactory open(@Nullable Path library, @Nullable String shortcuts) {
        return load(library, shortcuts);
    }

    /// Whether the engine's library is being opened: a thread that does something for the first time may never come
    /// back then.
    static boolean isLoading() {
        return LOADING.get();
    }

    /// Ends the process if it waits for a library that is being opened: Java cannot do that then. Does nothing
    /// else.
    static void endProcessWhileOpening(int status) {
        // The class that it takes is not loaded for this.
        if (LOADING.get()) {
            LibraryOpening.endProcess(status);
        }
    }

    private static UnicornEngines load(@Nullable Path library, @Nullable String shortcuts) {
        Set<Shortcut> wanted = Shortcut.standard();
        if (shortcuts != null) {
            wanted.retainAll(parse(shortcuts));
        }
        try {
            if (library != null) {
                // What the JVM calls for the first time it looks for in the system's libraries, and that waits for
                // the same lock.
                OthersOutput.prepare();
            }
            LOADING.set(true);
            return new UnicornEngines(UnicornLibrary.load(LibrarySearch.standard(library)), wanted);
        } finally {
            LOADING.set(false);
        }
    }

    private static Set<Shortcut> parse(String shortcuts) {
        try {
            return Shortcut.parse(shortcuts);
        } catch (IllegalArgumentException e) {
            throw CommandException.usage("engine.shortcuts (--shortcuts): " + e.getMessage(), e);
        }
    }
}
