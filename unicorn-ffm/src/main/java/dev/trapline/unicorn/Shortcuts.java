package dev.trapline.unicorn;

import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.unicorn.counting.CountedRun;
import dev.trapline.unicorn.counting.FastBudgets;
import dev.trapline.unicorn.counting.FastStores;
import dev.trapline.unicorn.counting.Shortcut;
import dev.trapline.unicorn.ffi.Host;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.layout.CpuFlags;
import dev.trapline.unicorn.layout.Layouts;
import dev.trapline.unicorn.slice.EngineHooks;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The shortcuts that are used with a library: those that were requested and that passed their tests with it. A refusal
/// is not an error: the engine is then as slow as the library.
public final class Shortcuts {

    /// No refusal.
    private static final String FINE = "";

    private final Map<Shortcut, String> refusals = new EnumMap<>(Shortcut.class);
    private final Layouts layouts;
    private final Host host;
    private @Nullable FastStores stores;
    private @Nullable FastBudgets budgets;
    private String inline = FINE;

    private Shortcuts(Layouts layouts, Host host) {
        this.layouts = layouts;
        this.host = host;
    }

    /// Tests the wanted shortcuts, which takes some milliseconds.
    ///
    /// @param host the platform of this process
    public static Shortcuts of(Layouts layouts, Set<Shortcut> wanted, Host host) {
        Shortcuts shortcuts = new Shortcuts(layouts, host);
        for (Shortcut shortcut : Shortcut.values()) {
            if (wanted.contains(shortcut)) {
                shortcuts.refusals.put(shortcut, shortcuts.tryOut(shortcut, wanted));
            }
        }
        return shortcuts;
    }

    private String tryOut(Shortcut shortcut, Set<Shortcut> wanted) {
        try {
            return switch (shortcut) {
                case STORES -> tryStores();
                case BUDGETS -> tryBudgets(wanted.contains(Shortcut.INLINE));
                case INLINE -> budgets == null ? "it needs " + Shortcut.BUDGETS.id() : inline;
            };
        } catch (EngineException e) {
            return reason(e);
        }
    }

    private static String reason(EngineException refusal) {
        return Objects.requireNonNullElse(refusal.getMessage(), "it failed");
    }

    private String tryStores() {
        stores = FastStores.calibrate(layouts, host);
        return FINE;
    }

    /// Tests both counting shortcuts together, and if that fails, `budgets` alone.
    private String tryBudgets(boolean alsoInline) {
        if (stores == null) {
            return "it needs " + Shortcut.STORES.id();
        }
        FastBudgets counting = FastBudgets.calibrate(layouts.library(), stores, host);
        if (!alsoInline || !usesInline(counting)) {
            tryOut(counting);
        }
        return FINE;
    }

    private boolean usesInline(FastBudgets counting) {
        counting.setInline(true);
        try {
            if (tryOut(counting) == 0) {
                throw new EngineException("no block calls its hook as in version 2.0.1");
            }
            counting.setProven();
            inline = FINE;
        } catch (EngineException e) {
            inline = reason(e);
            counting.setInline(false);
        }
        return inline.equals(FINE);
    }

    private int tryOut(FastBudgets counting) {
        boolean right = false;
        budgets = counting;
        try {
            int countingBlocks =
                    BudgetTrial.run(layouts, this, new Shortcuts(layouts, host)).countingBlocks();
            right = true;
            return countingBlocks;
        } finally {
            if (!right) {
                budgets = null;
            }
        }
    }

    /// Whether a shortcut is used.
    public boolean uses(Shortcut shortcut) {
        return FINE.equals(refusals.get(shortcut));
    }

    /// One line that says whether a shortcut is used, and if not, why.
    public String line(Shortcut shortcut) {
        String refusal = refusals.get(shortcut);
        if (refusal == null) {
            return shortcut.id() + ": off (not asked for)";
        }
        return shortcut.id()
                + (refusal.isEmpty() ? ": on (" + shortcut.meaning() + ")" : ": refused (" + refusal + ")");
    }

    /// Installs them in an AArch64 engine that has its memory and has not run.
    ///
    /// @return the object that runs it; null if the library itself counts instructions
    @Nullable
    CountedRun install(Unicorn engine, CpuFlags flags, MemoryMap memory, EngineHooks hooks) {
        if (stores == null) {
            return null;
        }
        FastStores.Pages pages = stores.install(engine, memory);
        return budgets == null ? null : budgets.install(engine, flags, hooks, pages);
    }
}
