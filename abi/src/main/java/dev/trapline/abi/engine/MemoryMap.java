package dev.trapline.abi.engine;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The physical address space of a machine, the same for all of its vCPUs.
///
/// @param regions disjoint and page-aligned; in ascending order of address
public record MemoryMap(List<Region> regions) {

    /// Granularity of addresses and sizes, in bytes.
    public static final long PAGE = 4096;

    public MemoryMap {
        regions = List.copyOf(regions);
        long end = 0;
        for (Region region : regions) {
            if (region.base() % PAGE != 0 || region.size() % PAGE != 0 || region.size() <= 0) {
                throw new IllegalArgumentException("not whole pages of " + PAGE + " bytes: " + region);
            }
            if (Long.compareUnsigned(region.base(), end) < 0) {
                throw new IllegalArgumentException("overlaps the region below it, or stands before it: " + region);
            }
            end = region.base() + region.size();
        }
    }

    /// The regions of devices that do not fill their pages.
    public List<Device> partialDevices() {
        List<Device> partial = new ArrayList<>();
        for (Region region : regions) {
            if (region instanceof Device device && device.device() instanceof PartialDevice) {
                partial.add(device);
            }
        }
        return List.copyOf(partial);
    }

    /// The memory that contains a physical address; null if there is none.
    public @Nullable Memory memoryAt(long address) {
        for (Region region : regions) {
            if (region instanceof Memory block && address >= block.base() && address - block.base() < block.size()) {
                return block;
            }
        }
        return null;
    }

    /// One range of physical addresses.
    public sealed interface Region {
        /// First guest physical address.
        long base();

        /// Length in bytes.
        long size();
    }

    /// Memory: one native block, mapped into every engine.
    ///
    /// @param base first guest physical address
    /// @param bytes the host's memory behind it; outlives every engine
    /// @param writable whether the guest may write it; it ignores writes otherwise
    /// @param ignoredWrites is notified of writes to memory that is not writable
    public record Memory(long base, MemorySegment bytes, boolean writable, IgnoredWrites ignoredWrites)
            implements Region {

        /// Memory whose ignored writes are not reported.
        public Memory(long base, MemorySegment bytes, boolean writable) {
            this(base, bytes, writable, IgnoredWrites.UNHEARD);
        }

        @Override
        public long size() {
            return bytes.byteSize();
        }

        @Override
        public String toString() {
            return "memory 0x" + Long.toHexString(base) + " + 0x" + Long.toHexString(size());
        }
    }

    /// A device's registers.
    ///
    /// @param base first guest physical address
    /// @param size length in bytes
    /// @param device the device that answers
    public record Device(long base, long size, MmioDevice device) implements Region {
        @Override
        public String toString() {
            return "device 0x" + Long.toHexString(base) + " + 0x" + Long.toHexString(size);
        }
    }
}
