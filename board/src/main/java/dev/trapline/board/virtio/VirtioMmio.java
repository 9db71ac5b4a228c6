package dev.trapline.board.virtio;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.devicetree.TreeNode;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.board.bus.Device;
import dev.trapline.board.bus.DeviceMemory;
import dev.trapline.board.bus.Doubleword;
import dev.trapline.board.bus.Line;
import java.util.List;
import java.util.Optional;

/// A VirtIO device behind memory-mapped registers: the transport of VIRTIO 1.2 §4.2, version 2.
///
/// It offers VIRTIO_F_VERSION_1, which a driver must accept, VIRTIO_F_INDIRECT_DESC and VIRTIO_F_EVENT_IDX. It handles
/// a notification at once, within the guest's write. So the guest sees the result before its next instruction.
///
/// If the guest breaks the specification such that the device cannot continue, the device sets DEVICE_NEEDS_RESET and
/// does nothing more until the guest resets it. [#trouble] then says why.
///
/// It belongs to its machine. Only the holder of the machine's token may use it.
public final class VirtioMmio implements Device {

    /// The size of the registers of one device, in bytes, as on QEMU's board `virt`.
    public static final long SIZE = 0x200;

    private static final int MAGIC_VALUE = 0x000;
    private static final int VERSION = 0x004;
    private static final int DEVICE_ID = 0x008;
    private static final int VENDOR_ID = 0x00c;
    private static final int DEVICE_FEATURES = 0x010;
    private static final int DEVICE_FEATURES_SEL = 0x014;
    private static final int DRIVER_FEATURES = 0x020;
    private static final int DRIVER_FEATURES_SEL = 0x024;
    private static final int QUEUE_SEL = 0x030;
    private static final int QUEUE_NUM_MAX = 0x034;
    private static final int QUEUE_NUM = 0x038;
    private static final int QUEUE_READY = 0x044;
    private static final int QUEUE_NOTIFY = 0x050;
    private static final int INTERRUPT_STATUS = 0x060;
    private static final int INTERRUPT_ACK = 0x064;
    private static final int STATUS = 0x070;
    private static final int QUEUE_DESC = 0x080;
    private static final int QUEUE_DRIVER = 0x090;
    private static final int QUEUE_DEVICE = 0x0a0;
    private static final int SHM_LEN = 0x0b0;
    private static final int SHM_BASE = 0x0b8;
    private static final int CONFIG_GENERATION = 0x0fc;
    private static final int CONFIG = 0x100;
    private static final int HIGH = 4;

    /// The letters `virt`.
    static final int MAGIC = 0x7472_6976;

    /// The version of the registers that is not the legacy one.
    static final int MODERN = 2;

    /// The letters `TRAP`. A driver may use it to tell implementations apart.
    private static final int VENDOR = 0x5041_5254;

    /// The shared memory region that was selected does not exist (§4.2.2).
    private static final int NO_REGION = -1;

    private static final int USED_BUFFER = 1;
    private static final int CONFIGURATION_CHANGE = 2;

    private final VirtioFunction function;
    private final int spi;
    private final Line interrupt;
    private final VirtQueue[] queues;
    private final Negotiation negotiation;

    private int queueSelected;
    private int interruptStatus;
    /// Counts the changes of the configuration space (§2.5.1).
    private int generation;
    /// The features whose part of the configuration space has changed without a notification, one bit each.
    private long unnotified;
    private String trouble = "";

    /// A device, as after a reset.
    ///
    /// @param function what it does; it belongs to this device
    /// @param memory the guest's RAM
    /// @param spi the number of its interrupt, counted from the first shared one: 0 to 987. Only its node in the
    ///     device tree depends on it
    /// @throws IllegalArgumentException if the function's queues have no valid size
    public VirtioMmio(VirtioFunction function, DeviceMemory memory, int spi) {
        this.function = function;
        this.spi = spi;
        this.interrupt = new Line(function.name() + " interrupt");
        this.negotiation = new Negotiation(function.features());
        int size = function.queueSize();
        if (function.queues() < 1 || Integer.bitCount(size) != 1 || size < 1 || size > VirtQueue.LARGEST) {
            throw new IllegalArgumentException(
                    "%s has %d queues of %d: give it at least one, and a power of two up to %d"
                            .formatted(function.name(), function.queues(), size, VirtQueue.LARGEST));
        }
        this.queues = new VirtQueue[function.queues()];
        GuestAccess access = new GuestAccess(memory);
        for (int index = 0; index < queues.length; index++) {
            queues[index] = new VirtQueue(access, index, size);
        }
    }

    /// Registers behind which there is no device: the DeviceID is 0 (§4.2.2.1).
    ///
    /// @param spi the number of the interrupt of a device that would be in its place
    public static Device empty(int spi) {
        return new EmptySlot(spi);
    }

    @Override
    public String name() {
        return function.name();
    }

    @Override
    public long size() {
        return SIZE;
    }

    /// High while a bit of InterruptStatus is set.
    @Override
    public List<Line> lines() {
        return List.of(interrupt);
    }

    @Override
    public Optional<TreeNode> node(long base) {
        return Optional.of(node(base, spi));
    }

    /// The binding `virtio,mmio` of the Linux kernel.
    ///
    /// The interrupt is level-sensitive, as the line is. QEMU's board declares an edge, which loses an interrupt if
    /// one bit of InterruptStatus is set while another has not been acknowledged.
    static TreeNode node(long base, int spi) {
        int shared = 0;
        int levelHigh = 4;
        return TreeNode.named("virtio_mmio@" + Long.toHexString(base))
                .strings("compatible", "virtio,mmio")
                .range("reg", base, SIZE)
                .cells("interrupts", shared, spi, levelHigh)
                .flag("dma-coherent");
    }

    @Override
    public String trouble() {
        return trouble;
    }

    /// Resets the transport and its queues. The function keeps its state: what was written to a disk stays there.
    @Override
    public void reset() {
        negotiation.reset();
        queueSelected = 0;
        interruptStatus = 0;
        trouble = "";
        for (VirtQueue queue : queues) {
            queue.reset();
        }
        driveInterrupt();
    }

    /// Registers are read in whole words (§4.2.2.2), the configuration space in any size. Another read gives 0.
    @Override
    public long read(long offset, int size) {
        if (offset >= CONFIG) {
            return config((int) offset - CONFIG, size);
        }
        if (size == Long.BYTES) {
            return Doubleword.read(this, offset);
        }
        return size == Integer.BYTES && offset % size == 0 ? Integer.toUnsignedLong(register((int) offset)) : 0;
    }

    private long config(int at, int size) {
        Bytes config = function.config();
        long value = 0;
        for (int k = 0; k < size && at + k < config.size(); k++) {
            value |= Byte.toUnsignedLong(config.at(at + k)) << (Byte.SIZE * k);
        }
        return value;
    }

    private int register(int offset) {
        return switch (offset) {
            case MAGIC_VALUE -> MAGIC;
            case VERSION -> MODERN;
            case DEVICE_ID -> function.id();
            case VENDOR_ID -> VENDOR;
            case DEVICE_FEATURES -> negotiation.offered();
            case QUEUE_NUM_MAX -> isQueue(queueSelected) ? queues[queueSelected].mostSize() : 0;
            case QUEUE_READY -> isQueue(queueSelected) && queues[queueSelected].isReady() ? 1 : 0;
            case INTERRUPT_STATUS -> interruptStatus;
            case STATUS -> negotiation.status();
            case SHM_LEN, SHM_LEN + HIGH, SHM_BASE, SHM_BASE + HIGH -> NO_REGION;
            case CONFIG_GENERATION -> generation;
            default -> 0;
        };
    }

    private boolean isQueue(int index) {
        return index >= 0 && index < queues.length;
    }

    /// Registers are written in whole words. Another write is ignored, and so is one to the configuration space.
    @Override
    public void write(long offset, int size, long value) {
        if (offset >= CONFIG) {
            return;
        }
        if (size == Long.BYTES) {
            Doubleword.write(this, offset, value);
        } else if (size == Integer.BYTES && offset % size == 0) {
            write((int) offset, (int) value);
        }
    }

    private void write(int offset, int value) {
        switch (offset) {
            case DEVICE_FEATURES_SEL -> negotiation.selectOffered(value);
            case DRIVER_FEATURES -> negotiation.accept(value);
            case DRIVER_FEATURES_SEL -> negotiation.selectAccepted(value);
            case QUEUE_SEL -> queueSelected = value;
            case QUEUE_NOTIFY -> notified(value);
            case INTERRUPT_ACK -> {
                interruptStatus &= ~value;
                driveInterrupt();
            }
            case STATUS -> setStatus(value);
            default -> {
                if (isQueue(queueSelected)) {
                    write(queues[queueSelected], offset, value);
                }
            }
        }
    }

    private void write(VirtQueue queue, int offset, int value) {
        switch (offset) {
            case QUEUE_NUM -> queue.setSize(value);
            case QUEUE_DESC -> queue.setDescriptors(0, value);
            case QUEUE_DESC + HIGH -> queue.setDescriptors(Integer.SIZE, value);
            case QUEUE_DRIVER -> queue.setAvailable(0, value);
            case QUEUE_DRIVER + HIGH -> queue.setAvailable(Integer.SIZE, value);
            case QUEUE_DEVICE -> queue.setUsed(0, value);
            case QUEUE_DEVICE + HIGH -> queue.setUsed(Integer.SIZE, value);
            case QUEUE_READY -> {
                if ((value & 1) == 0) {
                    queue.disable();
                } else {
                    enable(queue);
                }
            }
            default -> {
                // Read-only and reserved registers ignore writes.
            }
        }
    }

    private void setStatus(int value) {
        if (value == 0) {
            reset();
            return;
        }
        try {
            negotiation.set(value);
            notifyChanges();
        } catch (QueueFault fault) {
            needReset(fault);
        }
    }

    private void enable(VirtQueue queue) {
        if (negotiation.needsReset()) {
            return;
        }
        try {
            queue.enable();
        } catch (QueueFault fault) {
            needReset(fault);
        }
    }

    /// The guest made chains available. A notification of a queue that does not exist or is not enabled is ignored,
    /// and so is any while the driver is not running (§2.1.2).
    private void notified(int index) {
        serve(index);
    }

    /// Handles the chains that the guest has made available in a queue, as at a notification: the device has
    /// something for the guest, or can continue.
    void serve(int index) {
        if (!negotiation.isRunning() || !isQueue(index) || !queues[index].isReady()) {
            return;
        }
        VirtQueue queue = queues[index];
        try {
            queue.begin(negotiation.indirect(), negotiation.eventIndex());
            function.handle(index, queue);
            if (queue.end()) {
                interruptStatus |= USED_BUFFER;
            }
        } catch (QueueFault fault) {
            if (queue.gave()) {
                interruptStatus |= USED_BUFFER;
            }
            needReset(fault);
        }
        driveInterrupt();
    }

    /// The configuration space has changed. The driver is notified if it has accepted the feature; one that does
    /// not run yet, when it does: it may have read the configuration already.
    ///
    /// @param feature the bit of the feature to which the changed fields belong
    void configChanged(int feature) {
        generation++;
        unnotified |= 1L << feature;
        notifyChanges();
    }

    private void notifyChanges() {
        if (negotiation.isRunning()) {
            if (negotiation.acceptsAny(unnotified)) {
                interruptStatus |= CONFIGURATION_CHANGE;
                driveInterrupt();
            }
            unnotified = 0;
        }
    }

    /// The driver is notified if it is already running (§2.1.2).
    private void needReset(QueueFault fault) {
        trouble = String.valueOf(fault.getMessage());
        if (negotiation.needReset()) {
            interruptStatus |= CONFIGURATION_CHANGE;
        }
        driveInterrupt();
    }

    private void driveInterrupt() {
        interrupt.drive(interruptStatus != 0);
    }

    @Override
    public void save(StateWriter state) {
        negotiation.save(state);
        state.put(queueSelected);
        state.put(interruptStatus);
        state.put(generation);
        state.put(unnotified);
        state.putText(trouble);
        for (VirtQueue queue : queues) {
            queue.save(state);
        }
        function.save(state);
    }

    @Override
    public void load(StateReader state) {
        negotiation.load(state);
        queueSelected = state.takeInt();
        interruptStatus = state.takeInt();
        generation = state.takeInt();
        unnotified = state.take();
        trouble = state.takeText();
        for (VirtQueue queue : queues) {
            queue.load(state);
        }
        function.load(state);
        interrupt.restore(interruptStatus != 0);
    }
}
