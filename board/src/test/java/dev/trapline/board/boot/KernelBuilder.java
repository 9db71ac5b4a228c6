package dev.trapline.board.boot;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.machine.Image;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Builds kernels of the format `Image` for tests, by the layout in Documentation/arch/arm64/booting.rst of Linux.
final class KernelBuilder {

    private long textOffset;
    private long imageSize = 0x20_0000;
    private long flags = 0xa;
    private final int fileSize;

    /// @param fileSize 64 or more
    KernelBuilder(int fileSize) {
        this.fileSize = fileSize;
    }

    static KernelBuilder small() {
        return new KernelBuilder(0x1000);
    }

    KernelBuilder textOffset(long bytes) {
        textOffset = bytes;
        return this;
    }

    KernelBuilder imageSize(long bytes) {
        imageSize = bytes;
        return this;
    }

    KernelBuilder flags(long bits) {
        flags = bits;
        return this;
    }

    Bytes build() {
        return Bytes.copyOf(ByteBuffer.allocate(fileSize)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0, 0x1400_0010)
                .putLong(8, textOffset)
                .putLong(16, imageSize)
                .putLong(24, flags)
                .put(56, (byte) 'A')
                .put(57, (byte) 'R')
                .put(58, (byte) 'M')
                .put(59, (byte) 0x64)
                .array());
    }

    Image image() {
        return new Image(Image.Kind.KERNEL, "Image", 0, build());
    }
}
