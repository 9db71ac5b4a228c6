package dev.trapline.unicorn;

import dev.trapline.abi.CpuModel;
import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.testkit.Assembler;
import dev.trapline.unicorn.counting.Shortcut;
import dev.trapline.unicorn.ffi.Host;
import dev.trapline.unicorn.ffi.LibrarySearch;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import dev.trapline.unicorn.layout.Layouts;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.EnumSet;

/// Loads a library, which may be any file, and prints the result. It runs in a separate process, which must not crash.
public final class LibraryTrial {

    private LibraryTrial() {}

    /// Loads a library, tests its shortcuts, and runs a guest on it.
    ///
    /// @param arguments the library's file, and the file whose functions the shortcuts look up
    @SuppressWarnings("restricted")
    public static void main(String[] arguments) {
        try {
            UnicornLibrary library = UnicornLibrary.load(LibrarySearch.standard(Path.of(arguments[0])));
            // SAFETY: looks up functions in a library that is already loaded and stays loaded.
            SymbolLookup symbols = SymbolLookup.libraryLookup(Path.of(arguments[1]), Arena.global());
            Shortcuts shortcuts = Shortcuts.of(
                    Layouts.of(library.withSymbols(symbols)), EnumSet.allOf(Shortcut.class), Host.current());
            for (Shortcut shortcut : Shortcut.values()) {
                System.out.println(shortcuts.line(shortcut));
            }
            try (Snippet guest = Snippet.with(
                    new GivenShortcuts(Layouts.of(library), shortcuts),
                    CpuModel.CORTEX_A57,
                    Assembler.a64("mov x1, #0x40000000; mov x2, #7; str x2, [x1, #0x800]; ldr x3, [x1, #0x800];"
                            + "mrs x4, cntvct_el0; hvc #3"))) {
                System.out.println(guest.run() instanceof HypercallExit call ? "called " + call.immediate() : "failed");
                System.out.println("x3 " + guest.x(3));
                System.out.println("executed " + guest.engine().executed() + ", time " + guest.x(4));
            }
        } catch (EngineException e) {
            System.out.println("error: " + e.getMessage());
        }
    }
}
