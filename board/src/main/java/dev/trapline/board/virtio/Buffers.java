package dev.trapline.board.virtio;

import java.util.ArrayList;
import java.util.List;

/// Buffers of the guest, and how far a device has used them.
final class Buffers {

    private record Buffer(long address, long length) {}

    private final List<Buffer> buffers = new ArrayList<>();
    private long total;
    private long done;

    /// The first buffer that is not used up.
    private int current;

    /// The bytes of it that are used up.
    private long used;

    /// @param length bytes, 0 to 2^32 - 1. An empty buffer is dropped
    void add(long address, long length) {
        if (length != 0) {
            buffers.add(new Buffer(address, length));
            total += length;
        }
    }

    /// The number of bytes that are used up.
    long done() {
        return done;
    }

    /// The number of bytes that are not used up.
    long left() {
        return total - done;
    }

    /// The guest physical address of the next byte. There must be one.
    long address() {
        return buffers.get(current).address() + used;
    }

    /// The number of bytes from the next one to the end of its buffer, but no more than wanted. There must be one.
    int step(int wanted) {
        return (int) Math.min(wanted, buffers.get(current).length() - used);
    }

    /// Uses up bytes of one buffer.
    void advance(int bytes) {
        done += bytes;
        used += bytes;
        if (used == buffers.get(current).length()) {
            current++;
            used = 0;
        }
    }
}
