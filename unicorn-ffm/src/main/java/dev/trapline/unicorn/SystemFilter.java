package dev.trapline.unicorn;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.IntPredicate;

/// Machine code before the hooks on MRS, MSR and SYS (`filter.s`), which calls them only for the registers that they
/// have to see. A kernel reads SP_EL0 or TPIDR_EL1 every few hundred instructions, and a call into Java takes longer
/// than all of these.
final class SystemFilter {

    private static final String CODE = "filter";
    private static final int ENCODINGS = 1 << 16;
    /// The least encoding of SYS, and then of MRS and MSR: op0 is 1 to 3.
    private static final int FIRST = 1 << 14;

    private SystemFilter() {}

    /// Loads a filter. A hook whose callback it is gets the address of the function to call as its data.
    ///
    /// @param concerns whether the function has to be called, for each encoding
    /// @return the address of the filter; 0 if there is none for this host
    static long load(IntPredicate concerns, Arena arena) {
        Host host = Host.current();
        if (host.machineCode().isEmpty()) {
            return 0;
        }
        MemorySegment pages = MachineCode.load(MachineCode.bytes(CODE, host), ENCODINGS, arena);
        MemorySegment table = pages.asSlice(2 * NativePages.PAGE, ENCODINGS);
        pages.set(JAVA_LONG, NativePages.PAGE, table.address());
        for (int encoding = FIRST; encoding < ENCODINGS; encoding++) {
            if (concerns.test(encoding)) {
                table.set(JAVA_BYTE, encoding, (byte) 1);
            }
        }
        return pages.address();
    }
}
