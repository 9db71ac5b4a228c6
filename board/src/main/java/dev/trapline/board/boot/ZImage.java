package dev.trapline.board.boot;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.machine.Image;

/// The header of a Linux kernel for 32-bit Arm in the format `zImage` (Documentation/arch/arm/booting.rst, part 4): a
/// program that decompresses the kernel to the start of RAM, and starts it there.
///
/// ```text
/// 36 u32 magic 0x016f2818   40 u32 start: 0 if it may be anywhere   44 u32 end   48 u32 byte order: 0x04030201
/// ```
///
/// All numbers are little-endian.
///
/// @param size bytes of memory that the program uses from its first byte on: its file, and what it needs behind it
record ZImage(long size) {

    private static final int HEADER = 52;
    private static final int MAGIC_AT = 36;
    private static final int MAGIC = 0x016f_2818;
    private static final int START_AT = 40;
    private static final int END_AT = 44;
    private static final int ORDER_AT = 48;
    private static final int LITTLE_ENDIAN = 0x0403_0201;
    /// Room for the program's zeroed memory, its stack and its heap of 64 KiB.
    private static final long BEHIND = 1 << 20;

    private static final String THE_FILE = "give the file arch/arm/boot/zImage of a kernel's build";

    /// Reads a kernel's header.
    ///
    /// @throws ImageException if the image is not a kernel that can be started
    static ZImage of(Image image) {
        Bytes file = image.content();
        if (!isOne(file)) {
            if (KernelImage.isOne(file)) {
                throw new ImageException(
                        image.name(),
                        "a Linux kernel for AArch64, but this machine is aarch32; run it on an AArch64 machine (--width"
                                + " aarch64)");
            }
            throw new ImageException(
                    image.name(),
                    "not a Linux kernel of the format zImage, which an AArch32 machine starts: no magic number"
                            + " 0x016f2818 at byte 36; " + THE_FILE);
        }
        if (number(file, ORDER_AT) != LITTLE_ENDIAN) {
            throw new ImageException(
                    image.name(),
                    "a big-endian kernel, or one before Linux 3.17; build a newer one with CONFIG_CPU_LITTLE_ENDIAN");
        }
        long length = Integer.toUnsignedLong(number(file, END_AT)) - Integer.toUnsignedLong(number(file, START_AT));
        if (number(file, START_AT) != 0 || length < HEADER || length > file.size()) {
            throw new ImageException(
                    image.name(),
                    "its header gives a start of 0x%x and an end of 0x%x in a file of 0x%x bytes: it is damaged"
                            .formatted(number(file, START_AT), number(file, END_AT), file.size()));
        }
        return new ZImage(file.size() + BEHIND);
    }

    /// Whether a file is such a kernel.
    static boolean isOne(Bytes file) {
        return file.size() >= HEADER && number(file, MAGIC_AT) == MAGIC;
    }

    private static int number(Bytes file, int at) {
        return (int) KernelImage.number(file, at, Integer.BYTES);
    }
}
