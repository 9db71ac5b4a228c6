package dev.trapline.board.virtio;

import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import org.jspecify.annotations.Nullable;

/// A split virtqueue (VIRTIO 1.2 §2.7), as the device sees it.
///
/// It trusts nothing that is in the guest's RAM. What a notification can cost is limited: by the number of chains that
/// were available when it began, by the number of their descriptors, and by [GuestAccess#MOST_BYTES].
public final class VirtQueue {

    /// The largest size of any queue (§2.7).
    static final int LARGEST = 1 << 15;

    private static final int DESCRIPTOR_SIZE = DescriptorTable.DESCRIPTOR_SIZE;
    private static final int RING_HEADER = 4;
    private static final int AVAILABLE_ELEMENT = 2;
    private static final int USED_ELEMENT = 8;
    private static final int EVENT = 2;
    private static final int NO_INTERRUPT = 1;
    private static final int INDEX = 0xffff;

    private final GuestAccess memory;
    private final int index;
    private final int mostSize;

    private final String descriptorTable;
    private final String availableRing;
    private final String usedRing;

    private int size;
    private boolean ready;
    private long descriptors;
    private long available;
    private long used;

    private int nextAvailable;
    private int nextUsed;

    /// The chains that can still be taken for this notification.
    private int takeable;

    /// `nextUsed` when this notification began.
    private int usedBefore;

    private boolean indirect;
    private boolean eventIndex;

    VirtQueue(GuestAccess memory, int index, int mostSize) {
        this.memory = memory;
        this.index = index;
        this.mostSize = mostSize;
        this.descriptorTable = "the descriptor table of queue " + index;
        this.availableRing = "the available ring of queue " + index;
        this.usedRing = "the used ring of queue " + index;
    }

    void reset() {
        size = 0;
        ready = false;
        descriptors = 0;
        available = 0;
        used = 0;
        nextAvailable = 0;
        nextUsed = 0;
    }

    int mostSize() {
        return mostSize;
    }

    boolean isReady() {
        return ready;
    }

    /// Sets its size: any number, which is checked when the queue is enabled. An enabled queue ignores it.
    void setSize(int value) {
        if (!ready) {
            size = value;
        }
    }

    /// Sets half of the address of one of its three parts. An enabled queue ignores it.
    ///
    /// @param shift 0 for the lower half, 32 for the upper
    void setDescriptors(int shift, int half) {
        descriptors = withHalf(descriptors, shift, half);
    }

    void setAvailable(int shift, int half) {
        available = withHalf(available, shift, half);
    }

    void setUsed(int shift, int half) {
        used = withHalf(used, shift, half);
    }

    private long withHalf(long address, int shift, int half) {
        long mask = 0xffff_ffffL << shift;
        return ready ? address : (address & ~mask) | (Integer.toUnsignedLong(half) << shift);
    }

    /// Enables it, with both rings at their beginning.
    ///
    /// @throws QueueFault if its size or an address is not valid; then it is not enabled
    void enable() throws QueueFault {
        if (ready) {
            return;
        }
        if (size < 1 || size > mostSize || Integer.bitCount(size) != 1) {
            throw fault("has the size " + Integer.toUnsignedLong(size) + ": a power of two, at most " + mostSize
                    + ", is valid");
        }
        aligned(descriptorTable, descriptors, DESCRIPTOR_SIZE);
        aligned(availableRing, available, AVAILABLE_ELEMENT);
        aligned(usedRing, used, Integer.BYTES);
        memory.require(descriptorTable, descriptors, (long) size * DESCRIPTOR_SIZE);
        memory.require(availableRing, available, RING_HEADER + (long) size * AVAILABLE_ELEMENT + EVENT);
        memory.require(usedRing, used, RING_HEADER + (long) size * USED_ELEMENT + EVENT);
        ready = true;
        nextAvailable = 0;
        nextUsed = 0;
    }

    private void aligned(String part, long address, int alignment) throws QueueFault {
        if (address % alignment != 0) {
            throw new QueueFault("%s is at 0x%x, which is not a multiple of %d".formatted(part, address, alignment));
        }
    }

    void disable() {
        ready = false;
    }

    /// A notification begins. The guest may have made any number of chains available, up to the queue's size.
    ///
    /// @param indirectChains whether a descriptor may refer to a table of others (VIRTIO_F_INDIRECT_DESC)
    /// @param withEventIndex whether each side says when it wants the next notification (VIRTIO_F_EVENT_IDX)
    void begin(boolean indirectChains, boolean withEventIndex) throws QueueFault {
        memory.renew();
        indirect = indirectChains;
        eventIndex = withEventIndex;
        usedBefore = nextUsed;
        takeable = 0;
        int waiting = (memory.half(availableRing, available + 2) - nextAvailable) & INDEX;
        if (waiting > size) {
            throw fault("has " + waiting + " chains available, more than its size, " + size);
        }
        takeable = waiting;
    }

    /// Takes the next chain that the guest made available. What the guest makes available during a notification is
    /// taken for the next one.
    ///
    /// @return null if there is none
    /// @throws QueueFault if the chain is not valid
    public @Nullable Chain take() throws QueueFault {
        if (takeable == 0) {
            return null;
        }
        takeable--;
        long element = available + RING_HEADER + (long) (nextAvailable & (size - 1)) * AVAILABLE_ELEMENT;
        int head = memory.half(availableRing, element);
        nextAvailable = (nextAvailable + 1) & INDEX;
        return new DescriptorTable(memory, descriptorTable, descriptors, size).chain(head, mostSize, indirect);
    }

    /// Gives a chain back to the guest, with the number of bytes that were written to it.
    ///
    /// @throws QueueFault if the notification has asked for too much
    public void give(Chain chain) throws QueueFault {
        long element = used + RING_HEADER + (long) (nextUsed & (size - 1)) * USED_ELEMENT;
        memory.putWord(usedRing, element, chain.head());
        memory.putWord(usedRing, element + Integer.BYTES, (int) chain.written());
        nextUsed = (nextUsed + 1) & INDEX;
        // The flags, which are zero, and the index.
        memory.putWord(usedRing, used, nextUsed << Short.SIZE);
    }

    /// Whether chains were given back since the notification began.
    boolean gave() {
        return nextUsed != usedBefore;
    }

    /// A notification ends.
    ///
    /// @return whether the guest wants an interrupt for the chains that were given back (§2.7.7)
    boolean end() throws QueueFault {
        if (!eventIndex) {
            return gave() && (memory.half(availableRing, available) & NO_INTERRUPT) == 0;
        }
        memory.putHalf(usedRing, used + RING_HEADER + (long) size * USED_ELEMENT, nextAvailable);
        long event = available + RING_HEADER + (long) size * AVAILABLE_ELEMENT;
        int wanted = memory.half(availableRing, event);
        return ((nextUsed - wanted - 1) & INDEX) < ((nextUsed - usedBefore) & INDEX);
    }

    private QueueFault fault(String what) {
        return new QueueFault("queue " + index + " " + what);
    }

    void save(StateWriter state) {
        state.put(size);
        state.put(ready);
        state.put(descriptors);
        state.put(available);
        state.put(used);
        state.put(nextAvailable);
        state.put(nextUsed);
    }

    void load(StateReader state) {
        size = state.takeInt();
        ready = state.takeFlag();
        descriptors = state.take();
        available = state.take();
        used = state.take();
        nextAvailable = state.takeInt();
        nextUsed = state.takeInt();
    }
}
