package dev.trapline.unicorn;

import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.engine.EngineLibrary;
import dev.trapline.abi.engine.EngineSpec;
import dev.trapline.unicorn.a64.Aarch64;
import dev.trapline.unicorn.layout.Layouts;

/// AArch64 engines with shortcuts that were tested in a special way.
record GivenShortcuts(Layouts layouts, Shortcuts shortcuts) implements EngineFactory {

    @Override
    public Engine open(EngineSpec spec) {
        return UnicornEngine.open(layouts, new Aarch64(), spec, shortcuts, UnicornEngine.Listeners.NONE);
    }

    @Override
    public EngineLibrary library() {
        return layouts.library().identity();
    }
}
