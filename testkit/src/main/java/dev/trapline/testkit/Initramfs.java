package dev.trapline.testkit;

import dev.trapline.abi.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes an initial RAM disk for Linux: a cpio archive in the format `newc`
/// (Documentation/driver-api/early-userspace/buffer-format.rst). The same files give the same bytes.
public final class Initramfs {

    private static final int DIRECTORY = 0040755;
    private static final int EXECUTABLE = 0100755;
    private static final int DEVICE = 0020600;
    private static final int ALIGNMENT = 4;

    private final ByteArrayOutputStream archive = new ByteArrayOutputStream();
    private int number;

    /// Adds a directory. Its parent must have been added before.
    public Initramfs directory(String path) {
        return add(path, DIRECTORY, new byte[0], 0, 0);
    }

    /// Adds an executable file.
    public Initramfs file(String path, byte[] content) {
        return add(path, EXECUTABLE, content, 0, 0);
    }

    /// Adds a character device.
    public Initramfs device(String path, int major, int minor) {
        return add(path, DEVICE, new byte[0], major, minor);
    }

    private Initramfs add(String path, int mode, byte[] content, int major, int minor) {
        byte[] name = Arrays.copyOf(path.getBytes(StandardCharsets.US_ASCII), path.length() + 1);
        int[] fields = {++number, mode, 0, 0, 1, 0, content.length, 0, 0, major, minor, name.length, 0};
        StringBuilder header = new StringBuilder("070701");
        for (int field : fields) {
            header.append("%08x".formatted(field));
        }
        archive.writeBytes(header.toString().getBytes(StandardCharsets.US_ASCII));
        archive.writeBytes(name);
        align();
        archive.writeBytes(content);
        align();
        return this;
    }

    private void align() {
        archive.writeBytes(new byte[-archive.size() & (ALIGNMENT - 1)]);
    }

    /// The archive with everything that was added.
    public Bytes build() {
        Initramfs end = new Initramfs();
        end.archive.writeBytes(archive.toByteArray());
        end.add("TRAILER!!!", 0, new byte[0], 0, 0);
        return Bytes.copyOf(end.archive.toByteArray());
    }
}
