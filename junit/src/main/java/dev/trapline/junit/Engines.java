package dev.trapline.junit;

import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.unicorn.UnicornEngines;
import dev.trapline.unicorn.counting.Shortcut;
import dev.trapline.unicorn.ffi.LibrarySearch;
import dev.trapline.unicorn.ffi.UnicornLibrary;

/// The engine of all tests.
final class Engines {

    private Engines() {}

    private static final class Loaded {
        private static final EngineFactory ENGINES =
                new UnicornEngines(UnicornLibrary.load(LibrarySearch.standard(null)), Shortcut.standard());
    }

    /// Opens it, the first time.
    ///
    /// @throws dev.trapline.abi.engine.EngineException if there is no library: the message says what to do
    static EngineFactory standard() {
        return Loaded.ENGINES;
    }
}
