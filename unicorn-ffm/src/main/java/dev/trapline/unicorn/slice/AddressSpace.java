package dev.trapline.unicorn.slice;

import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.abi.engine.PartialDevice;
import dev.trapline.unicorn.ffi.GapStubs;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.ffi.UnicornConstants;
import dev.trapline.unicorn.ffi.UnicornError;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// The physical address space of an engine: a machine's memory, its devices, and the gaps between them.
///
/// The gaps are mapped too, to a handler that reports every access. Version 2.0 of the library looks for a mapping by
/// virtual address before it translates the address. Without a mapping everywhere, a guest whose virtual addresses
/// differ from its physical ones could not run.
public record AddressSpace(Unicorn engine, MemoryMap memory) {

    private static final long END_A32 = 1L << 32;

    /// Maps memory and devices.
    public void map(BusErrors bus) {
        for (MemoryMap.Region region : memory.regions()) {
            switch (region) {
                case MemoryMap.Memory block
                when block.writable() ->
                    engine.mapMemory(
                            block.base(),
                            block.bytes(),
                            UnicornConstants.UC_PROT_READ
                                    | UnicornConstants.UC_PROT_WRITE
                                    | UnicornConstants.UC_PROT_EXEC);
                case MemoryMap.Memory block -> mapReadOnly(block.base(), block.bytes());
                case MemoryMap.Device device when device.device() instanceof PartialDevice -> {
                    // Mapped with the gaps: an access that it does not answer is an access to a gap.
                }
                case MemoryMap.Device device ->
                    engine.mapDevice(device.base(), device.size(), bus.behind(device.device()));
            }
        }
    }

    /// Maps memory that the guest may read and execute. A write that the protection of the mapping does not stop
    /// has no effect: the library treats memory as read-only only after its protection was set a second time.
    private void mapReadOnly(long address, MemorySegment host) {
        int protection = UnicornConstants.UC_PROT_READ | UnicornConstants.UC_PROT_EXEC;
        engine.mapMemory(address, host, protection);
        UnicornError.check(
                engine.calls().memProtect(engine.handle(), address, host.byteSize(), protection),
                "protecting memory at 0x" + Long.toHexString(address));
    }

    /// Reports accesses to gaps, and to devices that do not fill their pages.
    ///
    /// @param a64 whether addresses have 64 bits; 32 otherwise
    public void mapGaps(GapStubs stubs, boolean a64) {
        List<long[]> all = gaps(a64);
        memory.partialDevices().forEach(device -> all.add(new long[] {device.base(), device.size()}));
        for (long[] gap : all) {
            // SAFETY: both stubs live as long as the instance.
            UnicornError.check(
                    engine.calls().mmioMap(engine.handle(), gap[0], gap[1], stubs.read(), stubs.write(), gap[0]),
                    "mapping the gap at 0x" + Long.toHexString(gap[0]));
        }
    }

    /// Pairs of a first address and a length, unsigned.
    private List<long[]> gaps(boolean a64) {
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
