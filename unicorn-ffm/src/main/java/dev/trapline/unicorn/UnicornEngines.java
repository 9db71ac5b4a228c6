package dev.trapline.unicorn;

import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.engine.EngineLibrary;
import dev.trapline.abi.engine.EngineSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Opens engines of one loaded library. Safe to share between machines and threads.
public final class UnicornEngines implements EngineFactory {

    private final UnicornLibrary library;

    public UnicornEngines(UnicornLibrary library) {
        this.library = library;
    }

    /// Opens a CPU. A millisecond; each reserves 1 GiB of address space for translated code, which is touched as it
    /// is used.
    @Override
    public Engine open(EngineSpec spec) {
        Architecture architecture = switch (spec.width()) {
            case AARCH64 -> new Aarch64();
            case AARCH32 -> new Aarch32();
        };
        return UnicornEngine.open(library, architecture, spec);
    }

    @Override
    public EngineLibrary library() {
        return library.identity();
    }

    @Override
    public MemorySegment allocateMemory(long bytes, Arena arena) {
        return ZeroPages.allocate(bytes, arena);
    }

    /// The library itself, for whoever needs more than the port.
    public UnicornLibrary unicorn() {
        return library;
    }
}
