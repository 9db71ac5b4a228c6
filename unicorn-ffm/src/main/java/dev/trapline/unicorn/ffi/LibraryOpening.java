package dev.trapline.unicorn.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;

/// Opens a library. While the system opens it, the library's own code runs, and may never return. The system holds a
/// lock during that time, and the end of the process waits for the same lock: neither `System.exit` nor `Runtime.halt`
/// can end the process.
///
/// Source: dlopen(3), exit(3) and _exit(2) of Linux.
public final class LibraryOpening {

    private static final AtomicReference<MemorySegment> UNDER_WAY = new AtomicReference<>(MemorySegment.NULL);

    private LibraryOpening() {}

    /// Ends the process if a library is being opened; otherwise does nothing. No Java code runs at that end.
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
    /// @throws IllegalArgumentException if the system cannot open it
    @SuppressWarnings("restricted")
    static SymbolLookup open(Path file) {
        // Looked up before opening, because the look-up needs the same lock.
        UNDER_WAY.set(Linker.nativeLinker().defaultLookup().find("_exit").orElse(MemorySegment.NULL));
        try {
            // SAFETY: the global arena never unloads the library, so no function pointer can dangle.
            return SymbolLookup.libraryLookup(file.toAbsolutePath(), Arena.global());
        } finally {
            UNDER_WAY.set(MemorySegment.NULL);
        }
    }
}
