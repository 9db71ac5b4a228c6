package dev.trapline.firmware.psci;

import dev.trapline.abi.firmware.Effect.SystemReset.Reset;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The vendor-specific resets of SYSTEM_RESET2 that a machine knows: bit 31 of their type is set.
///
/// @param kinds what each does to memory, by type
record VendorResets(SortedMap<Integer, Reset> kinds) {

    VendorResets {
        kinds = Collections.unmodifiableSortedMap(new TreeMap<>(kinds));
    }

    /// What a type does; null if it is not known.
    @Nullable
    Reset kind(int type) {
        return kinds.get(type);
    }
}
