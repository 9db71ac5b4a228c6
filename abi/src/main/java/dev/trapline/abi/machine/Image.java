package dev.trapline.abi.machine;

import dev.trapline.abi.Bytes;

/// A file that is put into guest memory at every start of the machine.
///
/// @param kind what it is
/// @param name the file's name, for people
/// @param address where a [Kind#RAW] image goes and starts, a guest physical address; on an AArch32 machine, bit 0 is
///     no part of it and says that it starts in T32; 0 for the others
/// @param content the file, whole
public record Image(Kind kind, String name, long address, Bytes content) {

    /// The most bytes that an executable may have, with all that is in it for debuggers.
    private static final long LARGEST_ELF = 1L << 30;

    /// The most bytes that an image may have.
    ///
    /// @param ramBytes size of the machine's RAM
    public static long most(Kind kind, long ramBytes) {
        return switch (kind) {
            case ELF -> LARGEST_ELF;
            case RAW, KERNEL, INITRD -> Math.min(ramBytes, Integer.MAX_VALUE - 8L);
            case FLASH -> BoardSpec.FLASH_SIZE;
            case FLASH_VARIABLES -> BoardSpec.FLASH_SIZE / 2;
            case DISK -> Integer.MAX_VALUE - 8L;
            // The largest that the Linux kernel maps (Documentation/arch/arm64/booting.rst).
            case DEVICE_TREE -> 2 << 20;
        };
    }

    /// How an image is put into memory.
    public enum Kind {
        /// A static executable, ELF64 for AArch64 or ELF32 for Arm: its segments say where.
        ELF,
        /// A raw image, which starts at its first byte.
        RAW,
        /// The content of the flash at address 0. Without another image, vCPU 0 starts there.
        FLASH,
        /// A flattened device tree, passed instead of the machine's own. The machine chooses its address.
        DEVICE_TREE,
        /// A Linux kernel for arm64 in the format `Image`. The machine chooses its address.
        KERNEL,
        /// An initial RAM disk for the kernel, in any format that the kernel reads. The machine chooses its
        /// address.
        INITRD,
        /// The content of a disk at the start of the machine, whole sectors of 512 bytes. What the guest writes
        /// to the disk belongs to the machine, and changes no file.
        DISK,
        /// The content of the second flash bank of [dev.trapline.abi.BoardKind#VIRT] at the start of the
        /// machine, which holds the variables of firmware. What the guest writes belongs to the machine, and
        /// changes no file.
        FLASH_VARIABLES
    }
}
