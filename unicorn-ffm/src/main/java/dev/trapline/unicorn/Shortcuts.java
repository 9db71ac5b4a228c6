package dev.trapline.unicorn;

import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.engine.MemoryMap;
import java.lang.foreign.SymbolLookup;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which shortcuts are used with a library: those that were asked for and that were shown to be right with it. A
/// refusal is no error: the engine is then as slow as the library is.
public final class Shortcuts {

    /// Nothing is wrong with it.
    private static final String FINE = "";

    private final Map<Shortcut, String> refusals = new EnumMap<>(Shortcut.class);
    private @Nullable FastStores stores;

    private Shortcuts() {}

    /// Tries out what is wanted. Some milliseconds.
    static Shortcuts of(UnicornLibrary library, SymbolLookup symbols, Set<Shortcut> wanted) {
        Shortcuts shortcuts = new Shortcuts();
        for (Shortcut shortcut : wanted) {
            try {
                shortcuts.stores = switch (shortcut) {
                    case STORES -> FastStores.calibrate(library, symbols);
                };
                shortcuts.refusals.put(shortcut, FINE);
            } catch (EngineException e) {
                shortcuts.refusals.put(shortcut, e.getMessage());
            }
        }
        return shortcuts;
    }

    /// Whether a shortcut is used.
    public boolean uses(Shortcut shortcut) {
        return FINE.equals(refusals.get(shortcut));
    }

    /// One line: whether a shortcut is used, and why not.
    public String line(Shortcut shortcut) {
        String refusal = refusals.get(shortcut);
        if (refusal == null) {
            return shortcut.id() + ": off (not asked for)";
        }
        return shortcut.id()
                + (refusal.isEmpty() ? ": on (" + shortcut.meaning() + ")" : ": refused (" + refusal + ")");
    }

    /// Uses them in an AArch64 engine that has its memory and has not run.
    void install(Unicorn engine, MemoryMap memory) {
        if (stores != null) {
            stores.install(engine, memory);
        }
    }
}
