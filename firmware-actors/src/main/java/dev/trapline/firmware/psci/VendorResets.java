package dev.trapline.firmware.psci;

import dev.trapline.abi.firmware.Effect.SystemReset.Reset;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The vendor-specific resets that SYSTEM_RESET2 of a machine supports: bit 31 of their type is set.
///
/// @param kinds the effect of each on memory, by type
record VendorResets(SortedMap<Integer, Reset> kinds) {

    VendorResets {
        kinds = Collections.unmodifiableSortedMap(new TreeMap<>(kinds));
    }

    /// The effect of a type on memory; null if the type is not supported.
    @Nullable
    Reset kind(int type) {
        return kinds.get(type);
    }
}
