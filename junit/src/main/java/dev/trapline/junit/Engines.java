package dev.trapline.junit;

import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.unicorn.UnicornEngines;
import dev.trapline.unicorn.counting.Shortcut;
import dev.trapline.unicorn.ffi.LibrarySearch;
import dev.trapline.unicorn.ffi.UnicornLibrary;

/// The engine of all tests.
final class Engines {

    private static final EngineFactory ENGINES =
            new UnicornEngines(UnicornLibrary.load(LibrarySearch.standard(null)), Shortcut.standard());

    private Engines() {}

    /// The engine. It is opened when the first test needs it.
    ///
    /// @throws dev.trapline.abi.engine.EngineException if there is no library: the message says what to do
    static EngineFactory standard() {
        return ENGINES;
    }
}
