package dev.trapline.board.virtio;

import dev.trapline.board.bus.DeviceMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// RAM in an array, at the address at which the board has it.
final class ArrayMemory implements DeviceMemory {

    static final long BASE = 0x4000_0000L;

    final byte[] bytes;
    final ByteBuffer words;

    /// The bytes that a device has read and written.
    long traffic;

    ArrayMemory(int size) {
        bytes = new byte[size];
        words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    long end() {
        return BASE + bytes.length;
    }

    int at(long address) {
        return Math.toIntExact(address - BASE);
    }

    @Override
    public boolean contains(long address, long length) {
        return address >= BASE && address <= end() && length >= 0 && length <= end() - address;
    }

    @Override
    public boolean read(long address, byte[] into, int at, int length) {
        if (!contains(address, length)) {
            return false;
        }
        traffic += length;
        System.arraycopy(bytes, at(address), into, at, length);
        return true;
    }

    @Override
    public boolean write(long address, byte[] from, int at, int length) {
        if (!contains(address, length)) {
            return false;
        }
        traffic += length;
        System.arraycopy(from, at, bytes, at(address), length);
        return true;
    }
}
