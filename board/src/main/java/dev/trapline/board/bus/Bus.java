package dev.trapline.board.bus;

import dev.trapline.abi.AddressRange;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.devicetree.TreeNode;
import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.abi.engine.MmioDevice;
import dev.trapline.abi.history.RecordingHeader.DeviceRef;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The physical address space of a machine: the addresses of its memory and devices.
///
/// Engines access memory directly, without the bus. An access to a device's registers is routed to that device. An
/// access that is not entirely in one device or in memory is an access to an unmapped address.
public final class Bus {

    /// Memory or a device with its addresses.
    sealed interface Tenant {
        AddressRange range();

        String name();
    }

    /// Memory with its addresses.
    record Block(String name, MemoryMap.Memory memory, AddressRange range) implements Tenant {}

    /// A device with its addresses.
    ///
    /// @param range the addresses of its registers
    record Placed(Device device, AddressRange range) implements Tenant {
        @Override
        public String name() {
            return device.name();
        }
    }

    /// In ascending order of address, disjoint.
    private final List<Tenant> tenants = new ArrayList<>();

    private final List<Device> devices = new ArrayList<>();
    private final BusMemory ram = new BusMemory();
    /// What is between the devices and the guest; null for nothing.
    private @Nullable Misreads misreads;

    /// Adds a device to the bus.
    ///
    /// @param base guest physical address of its first register
    /// @throws IllegalArgumentException if its addresses are not free, or its size is 0; the message names the
    ///     device that has the addresses
    public void device(long base, Device device) {
        add(new Placed(device, range(device.name(), base, device.size())));
        devices.clear();
        for (Tenant tenant : tenants) {
            if (tenant instanceof Placed placed) {
                devices.add(placed.device());
            }
        }
    }

    /// Adds memory to the bus.
    ///
    /// @param name its name, for messages
    /// @throws IllegalArgumentException as for a device
    public void memory(String name, MemoryMap.Memory memory) {
        add(new Block(name, memory, range(name, memory.base(), memory.size())));
        ram.add(memory);
    }

    /// The RAM, for devices that access it by themselves: the memory on the bus that a guest can write. A device
    /// can get it before the memory is added.
    public DeviceMemory ram() {
        return ram;
    }

    /// Lets guests read registers as they are with these defects. What was mapped before stays as it is.
    public void readThrough(Misreads wrong) {
        misreads = wrong;
    }

    private static AddressRange range(String name, long base, long size) {
        if (size <= 0 || !AddressRange.fits(base, size)) {
            throw new IllegalArgumentException("%s cannot have %d bytes at 0x%x: give it a size and an address that are"
                            .formatted(name, size, base)
                    + " in the address space");
        }
        return AddressRange.of(base, size);
    }

    private void add(Tenant added) {
        int at = 0;
        for (Tenant tenant : tenants) {
            if (tenant.range().overlaps(added.range())) {
                throw new IllegalArgumentException("%s (%s) overlaps %s (%s) on the bus: move one of them"
                        .formatted(added.name(), added.range(), tenant.name(), tenant.range()));
            }
            if (Long.compareUnsigned(tenant.range().start(), added.range().start()) < 0) {
                at++;
            }
        }
        tenants.add(at, added);
    }

    /// Checks that a CPU with short addresses can access all devices and memory.
    ///
    /// @param end the first address that it cannot access
    /// @throws IllegalArgumentException if it cannot; the message names the device or memory
    public void requireBelow(long end) {
        for (Tenant tenant : tenants) {
            if (Long.compareUnsigned(tenant.range().end(), end) > 0) {
                throw new IllegalArgumentException(
                        "%s (%s) is beyond the last address that the CPUs can access, 0x%x: move it"
                                .formatted(tenant.name(), tenant.range(), end - 1));
            }
        }
    }

    /// All devices, in ascending order of address.
    public List<Device> devices() {
        return devices;
    }

    /// All devices as in a recording's header, in ascending order of address.
    public List<DeviceRef> described() {
        List<DeviceRef> described = new ArrayList<>();
        for (Tenant tenant : tenants) {
            if (tenant instanceof Placed(Device device, AddressRange range)) {
                described.add(
                        new DeviceRef(device.name(), device.version(), range.start(), range.end() - range.start()));
            }
        }
        return described;
    }

    /// The nodes of the devices that have one, in ascending order of address.
    public List<TreeNode> nodes() {
        List<TreeNode> nodes = new ArrayList<>();
        for (Tenant tenant : tenants) {
            if (tenant instanceof Placed placed) {
                placed.device().node(placed.range().start()).ifPresent(nodes::add);
            }
        }
        return nodes;
    }

    /// The registers of a device with their addresses, as engines map them.
    ///
    /// @param device the device, or its view for one vCPU
    record Mapped(MmioDevice device, AddressRange range) {}

    /// The address space as engines map it, in whole pages, without the views that devices have for each vCPU. A
    /// device that fills its pages is mapped separately. Devices that share pages, or do not fill them, are mapped
    /// together.
    public MemoryMap map() {
        return map(device -> device);
    }

    /// The address space as the engine of one vCPU maps it: as [#map()], with the view that each device has for
    /// this vCPU.
    public MemoryMap map(VcpuId vcpu) {
        return map(device -> device.seenBy(vcpu));
    }

    private MemoryMap map(Function<Device, MmioDevice> view) {
        List<MemoryMap.Region> regions = new ArrayList<>();
        List<Mapped> sharing = new ArrayList<>();
        long end = 0;
        for (Tenant tenant : tenants) {
            if (!sharing.isEmpty() && Long.compareUnsigned(tenant.range().start(), end) >= 0) {
                regions.add(pages(sharing));
                sharing.clear();
            }
            switch (tenant) {
                case Block block -> regions.add(block.memory());
                case Placed(Device device, AddressRange range) -> {
                    MmioDevice seen = view.apply(device);
                    sharing.add(new Mapped(misreads == null ? seen : misreads.inFrontOf(seen, range.start()), range));
                    end = upToPage(range.end());
                }
            }
        }
        if (!sharing.isEmpty()) {
            regions.add(pages(sharing));
        }
        return new MemoryMap(regions);
    }

    private static MemoryMap.Device pages(List<Mapped> devices) {
        long start = devices.getFirst().range().start() & -MemoryMap.PAGE;
        long end = upToPage(devices.getLast().range().end());
        AddressRange first = devices.getFirst().range();
        if (first.start() == start && first.end() == end) {
            return new MemoryMap.Device(start, end - start, devices.getFirst().device());
        }
        return new MemoryMap.Device(start, end - start, new SharedPages(start, devices));
    }

    private static long upToPage(long address) {
        return (address + MemoryMap.PAGE - 1) & -MemoryMap.PAGE;
    }
}
