package dev.trapline.unicorn;

import dev.trapline.abi.engine.MemoryMap;
import java.util.ArrayList;
import java.util.List;

/// The physical addresses at which a machine has nothing.
///
/// They are mapped too, to something that reports every access. Version 2.0 of the library looks for a mapping by
/// virtual address before it translates: without a mapping everywhere, a guest whose virtual addresses are not its
/// physical ones could not run.
final class AddressGaps {

    private static final long END_A32 = 1L << 32;

    private AddressGaps() {}

    /// The gaps of a memory map, as pairs of a first address and a length.
    ///
    /// @param a64 whether addresses have 64 bits; 32 otherwise
    static List<long[]> of(MemoryMap memory, boolean a64) {
        List<long[]> gaps = new ArrayList<>();
        long at = 0;
        for (MemoryMap.Region region : memory.regions()) {
            add(gaps, at, region.base());
            at = region.base() + region.size();
        }
        if (a64) {
            gaps.add(new long[] {at, -at});
        } else {
            add(gaps, at, END_A32);
        }
        return gaps;
    }

    private static void add(List<long[]> gaps, long from, long to) {
        if (from != to) {
            gaps.add(new long[] {from, to - from});
        }
    }
}
