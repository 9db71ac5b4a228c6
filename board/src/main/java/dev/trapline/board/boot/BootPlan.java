package dev.trapline.board.boot;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.Width;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import java.util.List;

/// How a machine's memory is filled and where vCPU 0 starts: at power-on, and again at every reset.
///
/// RAM is zero and flash is 0xff wherever no write says otherwise.
///
/// @param writes disjoint; each lies wholly in RAM or wholly in flash; in ascending order of address
/// @param entry guest physical address of vCPU 0's first instruction; on AArch32, bit 0 says that it is T32
/// @param deviceTree guest physical address of the device tree, or 0 without one
/// @param flash whether the machine has its flash region: some image wants it
/// @param warnings what a user should know: that an image, or a device tree of the user's, takes pages for its own that
///     firmware shares with the guest. Only the call that shares them writes there, so the machine can be started
///     nevertheless. A sentence for each; empty if all is well
public record BootPlan(List<MemoryWrite> writes, long entry, long deviceTree, boolean flash, List<String> warnings) {

    public BootPlan {
        writes = List.copyOf(writes);
        warnings = List.copyOf(warnings);
    }

    /// Bytes that go into guest memory.
    ///
    /// @param address guest physical address of the first
    public record MemoryWrite(long address, Bytes bytes) {}

    /// On AArch32, the machine type that no board has: the device tree alone says what the machine is.
    private static final long NO_MACHINE_TYPE = 0xffff_ffffL;

    /// What vCPU 0 finds in its registers, as the Linux kernel's boot protocols ask: on AArch64 the device tree's
    /// address in x0, on AArch32 zero in r0, the machine type in r1 (`~0`: none) and the device tree's address in
    /// r2. All others are zero.
    public RegisterWrites registers(Width width) {
        return switch (width) {
            case AARCH64 -> RegisterWrites.x0(deviceTree);
            case AARCH32 -> RegisterWrites.fromX0(0, NO_MACHINE_TYPE, deviceTree);
        };
    }

    /// Plans the start of a machine from these images.
    ///
    /// One image is entered: the [Image.Kind#ELF] or [Image.Kind#RAW] one, or else the flash at its first byte. The
    /// device tree, if the machine has one, goes to the start of RAM ([BoardSpec#RAM_BASE]), where U-Boot and
    /// others look for it, if the image leaves the first [Loader#DEVICE_TREE_AREA] bytes there alone (more for a
    /// large tree of the user's); otherwise to the first multiple of 2 MiB behind the image. An image of kind
    /// [Image.Kind#DEVICE_TREE] takes the place of the tree that describes the machine.
    ///
    /// @param content what the machine's own device tree tells of its services and devices
    /// @throws ImageException if they cannot be started on this machine
    public static BootPlan of(List<Image> images, MachineSpec spec, TreeContent content) {
        return new Loader(images, spec, content).plan();
    }
}
