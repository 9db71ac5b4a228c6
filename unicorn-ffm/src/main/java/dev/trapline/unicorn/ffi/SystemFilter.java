package dev.trapline.unicorn.ffi;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Machine code before the hooks on MRS, MSR and SYS (`filter.s`). It calls them for each register until it is told
/// that this one does not concern them. A kernel reads SP_EL0 or TPIDR_EL1 every few hundred instructions, and a call
/// into Java takes longer than all of these.
///
/// @param address of the code: the callback of a hook whose data are the address of the function to call
/// @param passed a byte for each encoding
record SystemFilter(long address, MemorySegment passed) {

    private static final String CODE = "filter";
    private static final int ENCODINGS = 1 << 16;

    /// Loads a filter that lets nothing pass.
    ///
    /// @return null if there is none for this host
    static @Nullable SystemFilter load(Arena arena) {
        Host host = Host.current();
        if (host.machineCode().isEmpty()) {
            return null;
        }
        MemorySegment pages = MachineCode.load(MachineCode.bytes(CODE, host), ENCODINGS, arena);
        MemorySegment table = pages.asSlice(2 * NativePages.PAGE, ENCODINGS);
        pages.set(JAVA_LONG, NativePages.PAGE, table.address());
        return new SystemFilter(pages.address(), table);
    }

    /// From now on, the hooks are not called for an encoding.
    void pass(int encoding) {
        passed.set(JAVA_BYTE, encoding, (byte) 1);
    }
}
