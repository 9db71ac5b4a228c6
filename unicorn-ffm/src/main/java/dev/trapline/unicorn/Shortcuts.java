package dev.trapline.unicorn;

import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.engine.MemoryMap;
import java.lang.foreign.SymbolLookup;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which shortcuts are used with a library: those that were asked for and that were shown to be right with it. A
/// refusal is no error: the engine is then as slow as the library is.
public final class Shortcuts {

    /// Nothing is wrong with it.
    private static final String FINE = "";

    private final Map<Shortcut, String> refusals = new EnumMap<>(Shortcut.class);
    private final UnicornLibrary library;
    private final SymbolLookup symbols;
    private final Host host;
    private @Nullable FastStores stores;
    private @Nullable FastBudgets budgets;

    private Shortcuts(UnicornLibrary library, SymbolLookup symbols, Host host) {
        this.library = library;
        this.symbols = symbols;
        this.host = host;
    }

    /// Tries out what is wanted. Some milliseconds.
    ///
    /// @param symbols what the library exports
    /// @param host what this process runs on
    static Shortcuts of(UnicornLibrary library, SymbolLookup symbols, Set<Shortcut> wanted, Host host) {
        Shortcuts shortcuts = new Shortcuts(library, symbols, host);
        for (Shortcut shortcut : Shortcut.values()) {
            if (wanted.contains(shortcut)) {
                shortcuts.refusals.put(shortcut, shortcuts.tryOut(shortcut));
            }
        }
        return shortcuts;
    }

    private String tryOut(Shortcut shortcut) {
        try {
            return switch (shortcut) {
                case STORES -> tryStores();
                case BUDGETS -> tryBudgets();
            };
        } catch (EngineException e) {
            return Objects.requireNonNullElse(e.getMessage(), "it failed");
        }
    }

    private String tryStores() {
        stores = FastStores.calibrate(library, symbols, host);
        return FINE;
    }

    private String tryBudgets() {
        if (stores == null) {
            return "it needs " + Shortcut.STORES.id();
        }
        budgets = FastBudgets.calibrate(library, symbols, stores, host);
        boolean right = false;
        try {
            BudgetTrial.run(library, this, new Shortcuts(library, symbols, host));
            right = true;
        } finally {
            if (!right) {
                budgets = null;
            }
        }
        return FINE;
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

    /// Where AArch64 instances keep their CPU; empty if that is not known.
    Optional<CpuLayout> cpuLayout() {
        return stores == null ? library.cpuLayout() : Optional.of(stores.layout());
    }

    /// Uses them in an AArch64 engine that has its memory and has not run.
    ///
    /// @return what runs it; null where the library itself counts instructions
    @Nullable
    CountedRun install(Unicorn engine, MemoryMap memory, EngineHooks hooks) {
        if (stores == null) {
            return null;
        }
        FastStores.Pages pages = stores.install(engine, memory);
        return budgets == null ? null : budgets.install(engine, hooks, pages);
    }
}
