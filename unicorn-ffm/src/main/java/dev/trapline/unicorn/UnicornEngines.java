package dev.trapline.unicorn;

import dev.trapline.abi.engine.AccessListener;
import dev.trapline.abi.engine.CodeListener;
import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.engine.EngineLibrary;
import dev.trapline.abi.engine.EngineSpec;
import dev.trapline.unicorn.a32.Aarch32;
import dev.trapline.unicorn.a64.Aarch64;
import dev.trapline.unicorn.counting.Shortcut;
import dev.trapline.unicorn.ffi.Host;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import dev.trapline.unicorn.ffi.ZeroPages;
import dev.trapline.unicorn.layout.Layouts;
import dev.trapline.unicorn.slice.Architecture;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Opens engines of one loaded library. Machines and threads may share it.
public final class UnicornEngines implements EngineFactory {

    private final Layouts layouts;
    private final Set<Shortcut> wanted;
    private @Nullable Shortcuts shortcuts;

    /// Engines with the shortcuts of [Shortcut#standard].
    ///
    /// @throws dev.trapline.abi.engine.EngineException if the library cannot be used
    public UnicornEngines(UnicornLibrary library) {
        this(library, Shortcut.standard());
    }

    /// Engines with shortcuts.
    ///
    /// @param wanted the shortcuts that are used, except those that fail their tests with this library
    /// @throws dev.trapline.abi.engine.EngineException if the library cannot be used
    public UnicornEngines(UnicornLibrary library, Set<Shortcut> wanted) {
        this.layouts = Layouts.of(library);
        this.wanted = EnumSet.noneOf(Shortcut.class);
        this.wanted.addAll(wanted);
    }

    /// Opens a CPU, which takes a millisecond. Each CPU reserves 1 GiB of address space for translated code; memory
    /// is only used as the code is written.
    @Override
    public Engine open(EngineSpec spec) {
        return open(spec, shortcuts(), UnicornEngine.Listeners.NONE);
    }

    private Engine open(EngineSpec spec, Shortcuts taken, UnicornEngine.Listeners listeners) {
        Architecture architecture = switch (spec.width()) {
            case AARCH64 -> new Aarch64();
            case AARCH32 -> new Aarch32(spec.wiring() != null);
        };
        return UnicornEngine.open(layouts, architecture, spec, taken, listeners);
    }

    /// Only AArch64 engines with the shortcut [Shortcut#BUDGETS] tell which code they reach.
    @Override
    public EngineFactory reporting(CodeListener listener) {
        return new Listened(this, shortcuts(), new UnicornEngine.Listeners(listener, null));
    }

    /// These engines have no shortcuts, which pass over some stores. They do not tell which code they reach.
    @Override
    public EngineFactory watching(AccessListener listener) {
        Shortcuts none = Shortcuts.of(layouts, EnumSet.noneOf(Shortcut.class), Host.current());
        return new Listened(this, none, new UnicornEngine.Listeners(null, listener));
    }

    /// The same engines with listeners.
    private record Listened(UnicornEngines engines, Shortcuts shortcuts, UnicornEngine.Listeners listeners)
            implements EngineFactory {
        @Override
        public Engine open(EngineSpec spec) {
            return engines.open(spec, shortcuts, listeners);
        }

        @Override
        public EngineFactory reporting(CodeListener other) {
            return new Listened(engines, shortcuts, new UnicornEngine.Listeners(other, listeners.accesses()));
        }

        @Override
        public EngineFactory watching(AccessListener other) {
            return engines.watching(other);
        }

        @Override
        public EngineLibrary library() {
            return engines.library();
        }

        @Override
        public MemorySegment allocateMemory(long bytes, Arena arena) {
            return engines.allocateMemory(bytes, arena);
        }
    }

    @Override
    public EngineLibrary library() {
        return layouts.library().identity();
    }

    @Override
    public MemorySegment allocateMemory(long bytes, Arena arena) {
        return ZeroPages.allocate(bytes, arena);
    }

    /// The test results of the wanted shortcuts. The first call tests them, which takes some milliseconds.
    public synchronized Shortcuts shortcuts() {
        Shortcuts known = shortcuts;
        if (known == null) {
            known = Shortcuts.of(layouts, wanted, Host.current());
            shortcuts = known;
        }
        return known;
    }

    /// The library itself, for uses that the port does not offer.
    public UnicornLibrary unicorn() {
        return layouts.library();
    }
}
