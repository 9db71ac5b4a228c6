package dev.trapline.board.boot;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.machine.Image;

/// The header of a Linux kernel for arm64 in the format `Image` (Documentation/arch/arm64/booting.rst, part 4).
///
/// ```text
///  0 u32 code0   4 u32 code1   8 u64 text_offset  16 u64 image_size
/// 24 u64 flags: bit 0 big-endian, bits 1-2 page size, bit 3 may be anywhere in memory
/// 32 u64 res2   40 u64 res3   48 u64 res4   56 u32 magic "ARM\x64"   60 u32 res5
/// ```
///
/// All numbers are little-endian. The size of the kernel's pages does not matter to a boot loader.
///
/// @param textOffset bytes from a 2 MiB-aligned address to the kernel's first byte
/// @param imageSize bytes from there on that the kernel uses: its file, and zeros behind it
record KernelImage(long textOffset, long imageSize) {

    private static final int HEADER = 64;
    private static final int TEXT_OFFSET = 8;
    private static final int IMAGE_SIZE = 16;
    private static final int FLAGS = 24;
    private static final int MAGIC_AT = 56;
    private static final int MAGIC = 0x644d_5241;
    private static final int BIG_ENDIAN = 1;

    /// Where a compressed kernel within an EFI program says what it is (Linux, drivers/firmware/efi/libstub/zboot).
    private static final int ZBOOT_AT = 4;

    private static final int ZBOOT = 0x676d_697a;
    private static final int ZBOOT_PAYLOAD = 8;
    private static final int ZBOOT_PAYLOAD_SIZE = 12;
    private static final int ZBOOT_COMPRESSION = 24;
    private static final int COMPRESSION_NAME = 8;

    private static final String THE_FILE = "give the file arch/arm64/boot/Image of a kernel's build";

    /// Reads a kernel's header.
    ///
    /// @throws ImageException if the image is not a kernel that can be started
    static KernelImage of(Image image) {
        Bytes file = image.content();
        if (!isOne(file)) {
            throw new ImageException(image.name(), "not a Linux kernel of the format Image, but " + whatItIs(file));
        }
        KernelImage kernel = new KernelImage(number(file, TEXT_OFFSET, 8), number(file, IMAGE_SIZE, 8));
        if ((number(file, FLAGS, 8) & BIG_ENDIAN) != 0) {
            throw new ImageException(
                    image.name(),
                    "a big-endian kernel; build it with CONFIG_CPU_LITTLE_ENDIAN, then it can be started");
        }
        if (kernel.imageSize == 0) {
            throw new ImageException(
                    image.name(), "its header gives no image_size: a kernel before Linux 3.17; give a newer one");
        }
        if (kernel.textOffset % 4 != 0) {
            throw new ImageException(
                    image.name(),
                    "its header gives a text_offset of 0x%x, which is not a multiple of 4: the file is damaged"
                            .formatted(kernel.textOffset));
        }
        return kernel;
    }

    /// Whether a file is such a kernel.
    static boolean isOne(Bytes file) {
        return file.size() >= HEADER && (int) number(file, MAGIC_AT, 4) == MAGIC;
    }

    /// What a file is that is no kernel, and what to do about it.
    private static String whatItIs(Bytes file) {
        if (begins(file, 0x1f, 0x8b)) {
            return "a file compressed with gzip; decompress it with: gunzip -c FILE > Image";
        }
        if (begins(file, 0xfd, '7', 'z', 'X', 'Z')) {
            return "a file compressed with xz; decompress it with: xz -dc FILE > Image";
        }
        if (begins(file, 0x28, 0xb5, 0x2f, 0xfd)) {
            return "a file compressed with zstd; decompress it with: zstd -dc FILE > Image";
        }
        if (begins(file, 0x7f, 'E', 'L', 'F')) {
            return "an ELF file; make an Image of a kernel with objcopy -O binary, or start another program without"
                    + " --kernel";
        }
        if (begins(file, 0xd0, 0x0d, 0xfe, 0xed)) {
            return "a device tree or a FIT image; " + THE_FILE;
        }
        if (ZImage.isOne(file)) {
            return "a kernel for 32-bit Arm; run it on an AArch32 machine (--width aarch32)";
        }
        if (begins(file, 'M', 'Z')) {
            return efi(file);
        }
        return "a file of %d bytes without the magic number ARM\\x64 at byte 56; ".formatted(file.size()) + THE_FILE;
    }

    private static String efi(Bytes file) {
        if (file.size() < ZBOOT_COMPRESSION + COMPRESSION_NAME || (int) number(file, ZBOOT_AT, 4) != ZBOOT) {
            return "a program for EFI; " + THE_FILE;
        }
        StringBuilder compression = new StringBuilder();
        for (int at = ZBOOT_COMPRESSION; at < ZBOOT_COMPRESSION + COMPRESSION_NAME && file.at(at) != 0; at++) {
            compression.append((char) (file.at(at) & 0x7f));
        }
        String method = compression.toString();
        String part = "tail -c +%d FILE | head -c %d"
                .formatted(number(file, ZBOOT_PAYLOAD, 4) + 1, number(file, ZBOOT_PAYLOAD_SIZE, 4));
        return switch (method) {
            case "gzip", "xz", "zstd", "lzma" ->
                "a kernel compressed within a program for EFI; extract it with: " + part + " | "
                        + (method.equals("gzip") ? "gunzip -c" : method + " -dc") + " > Image";
            default -> "a kernel compressed within a program for EFI; " + THE_FILE;
        };
    }

    private static boolean begins(Bytes file, int... with) {
        for (int k = 0; k < with.length; k++) {
            if (k >= file.size() || Byte.toUnsignedInt(file.at(k)) != with[k]) {
                return false;
            }
        }
        return true;
    }

    /// A little-endian number in a file.
    static long number(Bytes file, int at, int bytes) {
        long value = 0;
        for (int k = bytes - 1; k >= 0; k--) {
            value = value << 8 | Byte.toUnsignedInt(file.at(at + k));
        }
        return value;
    }
}
