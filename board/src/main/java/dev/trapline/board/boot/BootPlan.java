package dev.trapline.board.boot;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.Width;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import java.util.List;

/// The initial content of a machine's memory and the start address of vCPU 0, at power-on and at every reset.
///
/// Where no write is planned, RAM is zero and flash is 0xff.
///
/// @param writes disjoint, in ascending order of address; each is entirely in RAM or entirely in flash
/// @param entry guest physical address of vCPU 0's first instruction; on AArch32, bit 0 selects T32
/// @param deviceTree guest physical address of the device tree, or 0 without one
/// @param flash whether the machine has its flash region, because an image uses it
/// @param warnings sentences for the user: a kernel is on the bare board, or an image or the user's device tree uses
///     pages that firmware shares with the guest. Only the call that shares the pages writes to them, so the machine
///     can be started nevertheless
public record BootPlan(List<MemoryWrite> writes, long entry, long deviceTree, boolean flash, List<String> warnings) {

    public BootPlan {
        writes = List.copyOf(writes);
        warnings = List.copyOf(warnings);
    }

    /// Bytes to write to guest memory.
    ///
    /// @param address guest physical address of the first byte
    public record MemoryWrite(long address, Bytes bytes) {}

    /// On AArch32, the machine type that no board has: only the device tree describes the machine.
    private static final long NO_MACHINE_TYPE = 0xffff_ffffL;

    /// The initial registers of vCPU 0, as the Linux kernel's boot protocols require: on AArch64 the device tree's
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
    /// vCPU 0 starts in the [Image.Kind#ELF], [Image.Kind#RAW] or [Image.Kind#KERNEL] image. If there is none, it
    /// starts at the first byte of flash. If the machine has a device tree, it is put at the start of RAM
    /// ([BoardSpec#RAM_BASE]), where U-Boot and others look for it. If the image uses the first
    /// [Loader#DEVICE_TREE_AREA] bytes there (more for a large tree of the user's), the tree is put at the first
    /// multiple of 2 MiB after the image. An image of kind [Image.Kind#DEVICE_TREE] replaces the tree that
    /// describes the machine.
    ///
    /// A kernel is `text_offset` bytes (from its header) behind the first 2 MiB of RAM. The initial RAM disk is on
    /// the first page behind the memory that the kernel uses, and the device tree at the first multiple of 2 MiB
    /// behind both. On AArch32, a `zImage` is 32 MiB behind the start of RAM, because it decompresses the kernel to
    /// that start. Kernel and initial RAM disk need a device tree. The tree has `/chosen/bootargs`,
    /// `linux,initrd-start` and `linux,initrd-end`; they are set in a tree of the user's too.
    ///
    /// Source: `Documentation/arch/arm64/booting.rst` of the Linux kernel.
    ///
    /// @param content the services and devices in the machine's own device tree
    /// @throws ImageException if the images cannot be started on this machine
    public static BootPlan of(List<Image> images, MachineSpec spec, TreeContent content) {
        return new Loader(images, spec, content).plan();
    }
}
