package dev.trapline.unicorn;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Engines of both libraries, each with all shortcuts and with none: what holds for an engine holds for each of them.
final class EveryEngine {

    private static final UnicornLibrary BUNDLED =
            UnicornLibrary.load(LibrarySearch.standard(null).withoutSystem());
    private static final UnicornLibrary FOUND = UnicornLibrary.load(LibrarySearch.standard(null));

    static final List<UnicornEngines> ALL = List.of(
            new UnicornEngines(BUNDLED, EnumSet.allOf(Shortcut.class)),
            new UnicornEngines(BUNDLED, Set.of()),
            new UnicornEngines(FOUND, EnumSet.allOf(Shortcut.class)),
            new UnicornEngines(FOUND, Set.of()));

    private EveryEngine() {}
}
