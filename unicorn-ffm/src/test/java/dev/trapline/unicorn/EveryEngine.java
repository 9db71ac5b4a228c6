package dev.trapline.unicorn;

import dev.trapline.unicorn.counting.Shortcut;
import dev.trapline.unicorn.ffi.LibrarySearch;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Engines of both libraries, each with all shortcuts and with none. Tests of an engine run on each of them.
public final class EveryEngine {

    private static final UnicornLibrary BUNDLED =
            UnicornLibrary.load(LibrarySearch.standard(null).withoutSystem());
    private static final UnicornLibrary FOUND = UnicornLibrary.load(LibrarySearch.standard(null));

    public static final List<UnicornEngines> ALL = List.of(
            new UnicornEngines(BUNDLED, EnumSet.allOf(Shortcut.class)),
            new UnicornEngines(BUNDLED, Set.of()),
            new UnicornEngines(FOUND, EnumSet.allOf(Shortcut.class)),
            new UnicornEngines(FOUND, Set.of()));

    /// The same, and engines with each possible set of shortcuts.
    static final List<UnicornEngines> AND_EACH_SHORTCUT = Stream.concat(
                    ALL.stream(),
                    Stream.of(BUNDLED, FOUND)
                            .flatMap(library -> Stream.of(
                                    new UnicornEngines(library, EnumSet.of(Shortcut.STORES)),
                                    new UnicornEngines(library, EnumSet.of(Shortcut.STORES, Shortcut.BUDGETS)))))
            .toList();

    private EveryEngine() {}
}
