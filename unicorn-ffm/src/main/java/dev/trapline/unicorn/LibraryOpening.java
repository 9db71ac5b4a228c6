package dev.trapline.unicorn;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;

/// The moment in which the system opens a library. The library's own code runs then, and may never return. The system
/// holds a lock meanwhile, for which the end of a process waits too: neither `System.exit` nor `Runtime.halt` ends the
/// process then.
///
/// Source: dlopen(3), exit(3) and _exit(2) of Linux.
public final class LibraryOpening {

    private static final AtomicReference<MemorySegment> UNDER_WAY = new AtomicReference<>(MemorySegment.NULL);

    private LibraryOpening() {}

    /// Ends the process if a library is being opened, and else does nothing. Nothing of Java's runs at that end.
    ///
    /// @param status the process's exit status
    public static void endProcess(int status) {
        MemorySegment end = UNDER_WAY.get();
        if (end.address() != 0) {
            NativeCalls.endProcess(end, status);
        }
    }

    /// Opens a library.
    ///
    /// @throws IllegalArgumentException if the system cannot
    @SuppressWarnings("restricted")
    static SymbolLookup open(Path file) {
        // Found before: looking for it takes the same lock.
        UNDER_WAY.set(Linker.nativeLinker().defaultLookup().find("_exit").orElse(MemorySegment.NULL));
        try {
            // SAFETY: the global arena never unloads the library, so no function pointer can dangle.
            return SymbolLookup.libraryLookup(file.toAbsolutePath(), Arena.global());
        } finally {
            UNDER_WAY.set(MemorySegment.NULL);
        }
    }
}
