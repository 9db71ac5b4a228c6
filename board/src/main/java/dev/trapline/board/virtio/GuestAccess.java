package dev.trapline.board.virtio;

import dev.trapline.board.bus.DeviceMemory;

/// Checked accesses of one device to the guest's RAM, in little-endian order, and the limit of what they may cost.
final class GuestAccess {

    /// The most bytes that a device reads and writes for one notification. A queue of 128 requests of a megabyte
    /// each needs an eighth of it.
    static final long MOST_BYTES = 1L << 30;

    private final DeviceMemory memory;
    private final byte[] word = new byte[Integer.BYTES];
    private long left = MOST_BYTES;

    GuestAccess(DeviceMemory memory) {
        this.memory = memory;
    }

    /// A notification begins.
    void renew() {
        left = MOST_BYTES;
    }

    boolean contains(long address, long length) {
        return memory.contains(address, length);
    }

    /// Checks that a range is in RAM.
    ///
    /// @param what its name, for the message
    void require(String what, long address, long length) throws QueueFault {
        if (!memory.contains(address, length)) {
            throw outside(what, address, length);
        }
    }

    void read(String what, long address, byte[] into, int at, int length) throws QueueFault {
        spend(length);
        if (!memory.read(address, into, at, length)) {
            throw outside(what, address, length);
        }
    }

    void write(String what, long address, byte[] from, int at, int length) throws QueueFault {
        spend(length);
        if (!memory.write(address, from, at, length)) {
            throw outside(what, address, length);
        }
    }

    int half(String what, long address) throws QueueFault {
        read(what, address, word, 0, Short.BYTES);
        return LittleEndian.half(word, 0);
    }

    void putHalf(String what, long address, int value) throws QueueFault {
        LittleEndian.putWord(word, 0, value);
        write(what, address, word, 0, Short.BYTES);
    }

    void putWord(String what, long address, int value) throws QueueFault {
        LittleEndian.putWord(word, 0, value);
        write(what, address, word, 0, Integer.BYTES);
    }

    private void spend(int bytes) throws QueueFault {
        left -= bytes;
        if (left < 0) {
            throw new QueueFault("one notification asks for more than 0x%x bytes".formatted(MOST_BYTES));
        }
    }

    private static QueueFault outside(String what, long address, long length) {
        return new QueueFault("%s is not in RAM: 0x%x bytes at 0x%x".formatted(what, length, address));
    }
}
