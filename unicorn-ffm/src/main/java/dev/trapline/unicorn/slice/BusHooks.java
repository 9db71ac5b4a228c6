package dev.trapline.unicorn.slice;

import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.unicorn.ffi.Hooks;

/// Hooks of an instance that accesses the memory map of a machine.
public interface BusHooks extends Hooks {

    /// What is behind its gaps.
    BusErrors bus();

    @Override
    default boolean invalidAccess(int access, long address) {
        return bus().mayGoOn(access, address);
    }

    @Override
    default long loadElsewhere(long address, int size) {
        MemoryMap.Device region = bus().partial(address, size);
        if (region == null) {
            nobodyAnswers(address, false);
            return 0;
        }
        return bus().behind(region.device()).read(address - region.base(), size);
    }

    @Override
    default void storeElsewhere(long address, int size, long value) {
        MemoryMap.Device region = bus().partial(address, size);
        if (region == null) {
            nobodyAnswers(address, true);
        } else {
            bus().behind(region.device()).write(address - region.base(), size, value);
        }
    }
}
