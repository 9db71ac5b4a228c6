package dev.trapline.board.virtio;

import dev.trapline.board.bus.Device;
import java.util.ArrayList;
import java.util.List;

/// A driver of one queue of a device, written from VIRTIO 1.2 (§2.7, §3.1 and §4.2.3) and independent of the device's
/// code. It places descriptors one after another, and uses each once.
final class GuestDriver {

    static final int SIZE = 16;
    static final long DESCRIPTORS = ArrayMemory.BASE + 0x1000;
    static final long AVAILABLE = ArrayMemory.BASE + 0x2000;
    static final long USED = ArrayMemory.BASE + 0x3000;
    static final long INDIRECT_TABLE = ArrayMemory.BASE + 0x4000;
    static final long DATA = ArrayMemory.BASE + 0x10000;

    static final int NEXT = 1;
    static final int WRITE = 2;
    static final int INDIRECT = 4;

    static final long VERSION_1 = 1L << 32;
    static final long INDIRECT_DESC = 1L << 28;
    static final long EVENT_IDX = 1L << 29;

    static final int ACKNOWLEDGE = 1;
    static final int DRIVER = 2;
    static final int DRIVER_OK = 4;
    static final int FEATURES_OK = 8;
    static final int NEEDS_RESET = 64;
    static final int FAILED = 128;

    /// A buffer of a request.
    ///
    /// @param address guest physical address
    /// @param length as in a descriptor: unsigned
    record Buffer(long address, int length, boolean writable) {
        static Buffer readable(long address, int length) {
            return new Buffer(address, length, false);
        }

        static Buffer writable(long address, int length) {
            return new Buffer(address, length, true);
        }
    }

    /// An element of the used ring.
    record Used(int head, int length) {}

    final ArrayMemory memory;
    final Device device;
    private final int queue;
    private final long rings;
    private int nextDescriptor;
    private int nextAvailable;
    private int nextUsed;

    /// A driver of queue 0.
    GuestDriver(ArrayMemory memory, Device device) {
        this(memory, device, 0, 0);
    }

    /// @param queue its number
    /// @param rings how far its three parts are behind those of queue 0, in bytes
    GuestDriver(ArrayMemory memory, Device device, int queue, long rings) {
        this.memory = memory;
        this.device = device;
        this.queue = queue;
        this.rings = rings;
    }

    long register(int offset) {
        return device.read(offset, 4);
    }

    void register(int offset, long value) {
        device.write(offset, 4, value);
    }

    int status() {
        return (int) register(0x70);
    }

    long offered() {
        register(0x14, 1);
        long high = register(0x10);
        register(0x14, 0);
        return (high << 32) | register(0x10);
    }

    /// Initializes the device with these features, up to FEATURES_OK.
    void negotiate(long features) {
        register(0x70, 0);
        register(0x70, ACKNOWLEDGE);
        register(0x70, ACKNOWLEDGE | DRIVER);
        register(0x24, 0);
        register(0x20, features & 0xffff_ffffL);
        register(0x24, 1);
        register(0x20, features >>> 32);
        register(0x70, ACKNOWLEDGE | DRIVER | FEATURES_OK);
    }

    /// Describes the queue to the device, and enables it.
    void enable() {
        enable(SIZE, DESCRIPTORS + rings, AVAILABLE + rings, USED + rings);
    }

    /// The same, with any values.
    void enable(int size, long descriptors, long available, long used) {
        register(0x30, queue);
        register(0x38, size);
        address(0x80, descriptors);
        address(0x90, available);
        address(0xa0, used);
        register(0x44, 1);
    }

    private void address(int offset, long address) {
        register(offset, address & 0xffff_ffffL);
        register(offset + 4, address >>> 32);
    }

    /// Initializes the device completely.
    GuestDriver start(long features) {
        negotiate(VERSION_1 | features);
        enable();
        register(0x70, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
        return this;
    }

    void descriptor(long table, int index, long address, int length, int flags, int next) {
        int at = memory.at(table) + 16 * index;
        memory.words.putLong(at, address);
        memory.words.putInt(at + 8, length);
        memory.words.putShort(at + 12, (short) flags);
        memory.words.putShort(at + 14, (short) next);
    }

    /// Writes a chain of descriptors.
    ///
    /// @return the index of the first
    int chain(Buffer... buffers) {
        int head = nextDescriptor;
        nextDescriptor = (head + buffers.length) % SIZE;
        for (int k = 0; k < buffers.length; k++) {
            put(DESCRIPTORS + rings, (head + k) % SIZE, (head + k + 1) % SIZE, buffers[k], k + 1 < buffers.length);
        }
        return head;
    }

    /// Writes a table of descriptors, and a descriptor that refers to it.
    ///
    /// @return the index of the latter
    int indirectChain(Buffer... buffers) {
        for (int k = 0; k < buffers.length; k++) {
            put(INDIRECT_TABLE, k, k + 1, buffers[k], k + 1 < buffers.length);
        }
        int head = nextDescriptor;
        nextDescriptor = (head + 1) % SIZE;
        descriptor(DESCRIPTORS + rings, head, INDIRECT_TABLE, 16 * buffers.length, INDIRECT, 0);
        return head;
    }

    private void put(long table, int index, int next, Buffer buffer, boolean more) {
        int flags = (buffer.writable() ? WRITE : 0) | (more ? NEXT : 0);
        descriptor(table, index, buffer.address(), buffer.length(), flags, next);
    }

    /// Makes a chain available.
    void offer(int head) {
        memory.words.putShort(memory.at(AVAILABLE + rings) + 4 + 2 * (nextAvailable % SIZE), (short) head);
        nextAvailable++;
        memory.words.putShort(memory.at(AVAILABLE + rings) + 2, (short) nextAvailable);
    }

    void send() {
        register(0x50, queue);
    }

    /// Makes a chain available, and notifies the device.
    void send(int head) {
        offer(head);
        send();
    }

    /// The chains that the device has given back since the last call.
    List<Used> used() {
        List<Used> given = new ArrayList<>();
        int until = Short.toUnsignedInt(memory.words.getShort(memory.at(USED + rings) + 2));
        for (; (nextUsed & 0xffff) != until; nextUsed++) {
            int at = memory.at(USED + rings) + 4 + 8 * (nextUsed % SIZE);
            given.add(new Used(memory.words.getInt(at), memory.words.getInt(at + 4)));
        }
        return given;
    }

    /// The device says in the used ring up to which available chain it needs no notification.
    int availableEvent() {
        return Short.toUnsignedInt(memory.words.getShort(memory.at(USED + rings) + 4 + 8 * SIZE));
    }

    /// Says after which used chain the driver wants an interrupt.
    void usedEvent(int value) {
        memory.words.putShort(memory.at(AVAILABLE + rings) + 4 + 2 * SIZE, (short) value);
    }

    void availableFlags(int flags) {
        memory.words.putShort(memory.at(AVAILABLE + rings), (short) flags);
    }

    boolean interrupts() {
        return device.lines().getFirst().isHigh();
    }

    void acknowledge() {
        register(0x64, register(0x60));
    }
}
