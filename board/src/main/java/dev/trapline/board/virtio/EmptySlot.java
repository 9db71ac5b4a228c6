package dev.trapline.board.virtio;

import dev.trapline.abi.devicetree.TreeNode;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.board.bus.Device;
import java.util.Optional;

/// Registers behind which there is no device. A driver ignores them (VIRTIO 1.2 §4.2.2.2).
final class EmptySlot implements Device {

    private final int spi;

    EmptySlot(int spi) {
        this.spi = spi;
    }

    @Override
    public String name() {
        return "virtio-mmio";
    }

    @Override
    public long size() {
        return VirtioMmio.SIZE;
    }

    @Override
    public Optional<TreeNode> node(long base) {
        return Optional.of(VirtioMmio.node(base, spi));
    }

    @Override
    public long read(long offset, int size) {
        if (offset == 0 && size == Long.BYTES) {
            return VirtioMmio.MAGIC | ((long) VirtioMmio.MODERN << Integer.SIZE);
        }
        if (size != Integer.BYTES) {
            return 0;
        }
        return switch ((int) offset) {
            case 0 -> VirtioMmio.MAGIC;
            case Integer.BYTES -> VirtioMmio.MODERN;
            default -> 0;
        };
    }

    @Override
    public void write(long offset, int size, long value) {
        // No register can be written.
    }

    @Override
    public void reset() {
        // It has no state.
    }

    @Override
    public void save(StateWriter state) {
        // It has no state.
    }

    @Override
    public void load(StateReader state) {
        // It has no state.
    }
}
