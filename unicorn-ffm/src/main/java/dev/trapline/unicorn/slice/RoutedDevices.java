package dev.trapline.unicorn.slice;

import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.abi.engine.MmioDevice;
import dev.trapline.abi.engine.PartialDevice;
import java.util.List;

/// Devices that are mapped together with the gaps of an address space. Only there can an access end the library's run
/// in the middle of a block.
public final class RoutedDevices {

    private RoutedDevices() {}

    /// The same address space, with all its devices mapped with the gaps.
    public static MemoryMap in(MemoryMap memory) {
        List<MemoryMap.Region> regions = memory.regions().stream()
                .map(region -> switch (region) {
                    case MemoryMap.Memory block -> block;
                    case MemoryMap.Device device -> routed(device);
                })
                .toList();
        return new MemoryMap(regions);
    }

    private static MemoryMap.Region routed(MemoryMap.Device device) {
        return device.device() instanceof PartialDevice
                ? device
                : new MemoryMap.Device(device.base(), device.size(), new Routed(device.device()));
    }

    /// A device that fills its pages.
    private record Routed(MmioDevice device) implements PartialDevice {
        @Override
        public boolean answers(long offset, int size) {
            return true;
        }

        @Override
        public long read(long offset, int size) {
            return device.read(offset, size);
        }

        @Override
        public void write(long offset, int size, long value) {
            device.write(offset, size, value);
        }
    }
}
