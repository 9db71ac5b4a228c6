package dev.trapline.board.virtio;

/// A request in a queue: a chain of buffers in the guest's RAM. The device reads the first of them, and then writes
/// the others. It reads and writes them sequentially, and cannot see where one ends and the next begins (VIRTIO 1.2
/// §2.7.4).
public final class Chain {

    private final GuestAccess memory;
    private final int head;
    private final Buffers readable;
    private final Buffers writable;

    /// @param head the index of its first descriptor
    Chain(GuestAccess memory, int head, Buffers readable, Buffers writable) {
        this.memory = memory;
        this.head = head;
        this.readable = readable;
        this.writable = writable;
    }

    int head() {
        return head;
    }

    /// The number of bytes that the device has not read yet: 0 to 2^32.
    public long readableLeft() {
        return readable.left();
    }

    /// The number of bytes that the device can still write: 0 to 2^32.
    public long writableLeft() {
        return writable.left();
    }

    /// The number of bytes that the device has written.
    public long written() {
        return writable.done();
    }

    /// Reads the next bytes.
    ///
    /// @param length bytes; no more than [#readableLeft]
    /// @throws QueueFault if there are fewer, or the notification has asked for too much
    public void read(byte[] into, int at, int length) throws QueueFault {
        require(length, readableLeft(), "readable");
        for (int done = 0; done < length; ) {
            int step = readable.step(length - done);
            memory.read("a buffer", readable.address(), into, at + done, step);
            readable.advance(step);
            done += step;
        }
    }

    /// Writes the next bytes.
    ///
    /// @param length bytes; no more than [#writableLeft]
    /// @throws QueueFault if there is less room, or the notification has asked for too much
    public void write(byte[] from, int at, int length) throws QueueFault {
        require(length, writableLeft(), "writable");
        for (int done = 0; done < length; ) {
            int step = writable.step(length - done);
            memory.write("a buffer", writable.address(), from, at + done, step);
            writable.advance(step);
            done += step;
        }
    }

    private static void require(int length, long left, String kind) throws QueueFault {
        if (length > left) {
            throw new QueueFault(
                    "a request is too short: it has %d %s bytes, and needs %d".formatted(left, kind, length));
        }
    }
}
