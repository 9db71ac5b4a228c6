package dev.trapline.board.bus;

import dev.trapline.abi.engine.MemoryMap;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The writable memory on a bus, as devices use it. Memory that is added later is included.
final class BusMemory implements DeviceMemory {

    private final List<MemoryMap.Memory> blocks = new ArrayList<>();

    /// @param memory any memory; flash, which a guest cannot write, is left out
    void add(MemoryMap.Memory memory) {
        if (memory.writable()) {
            blocks.add(memory);
        }
    }

    @Override
    public boolean contains(long address, long length) {
        return block(address, length) != null;
    }

    @Override
    public boolean read(long address, byte[] into, int at, int length) {
        MemoryMap.Memory block = block(address, length);
        if (block == null) {
            return false;
        }
        MemorySegment.copy(block.bytes(), ValueLayout.JAVA_BYTE, address - block.base(), into, at, length);
        return true;
    }

    @Override
    public boolean write(long address, byte[] from, int at, int length) {
        MemoryMap.Memory block = block(address, length);
        if (block == null) {
            return false;
        }
        MemorySegment.copy(from, at, block.bytes(), ValueLayout.JAVA_BYTE, address - block.base(), length);
        return true;
    }

    private MemoryMap.@Nullable Memory block(long address, long length) {
        for (MemoryMap.Memory block : blocks) {
            long offset = address - block.base();
            if (length >= 0 && Long.compareUnsigned(offset, block.size()) <= 0 && length <= block.size() - offset) {
                return block;
            }
        }
        return null;
    }
}
