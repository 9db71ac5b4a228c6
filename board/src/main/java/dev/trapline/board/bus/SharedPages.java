package dev.trapline.board.bus;

import dev.trapline.abi.engine.PartialDevice;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whole pages that contain several devices, or one that does not fill them. An access is routed to a device if it is
/// entirely in that device.
final class SharedPages implements PartialDevice {

    private final long start;
    private final Bus.Mapped[] devices;

    /// @param start guest physical address of the first page
    /// @param devices in ascending order of address, disjoint
    SharedPages(long start, List<Bus.Mapped> devices) {
        this.start = start;
        this.devices = devices.toArray(Bus.Mapped[]::new);
    }

    @Override
    public boolean answers(long offset, int size) {
        return at(start + offset, size) != null;
    }

    @Override
    public long read(long offset, int size) {
        Bus.Mapped mapped = at(start + offset, size);
        return mapped == null
                ? 0
                : mapped.device().read(start + offset - mapped.range().start(), size);
    }

    @Override
    public void write(long offset, int size, long value) {
        Bus.Mapped mapped = at(start + offset, size);
        if (mapped != null) {
            mapped.device().write(start + offset - mapped.range().start(), size, value);
        }
    }

    private Bus.@Nullable Mapped at(long address, int size) {
        int low = 0;
        int high = devices.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            Bus.Mapped mapped = devices[middle];
            if (Long.compareUnsigned(address, mapped.range().start()) < 0) {
                high = middle - 1;
            } else if (Long.compareUnsigned(address, mapped.range().end()) >= 0) {
                low = middle + 1;
            } else {
                return mapped.range().end() - address >= size ? mapped : null;
            }
        }
        return null;
    }
}
