package dev.trapline.board.virtio;

import dev.trapline.abi.devicetree.TreeNode;
import dev.trapline.board.bus.Device;
import dev.trapline.board.bus.DeviceMemory;
import dev.trapline.board.bus.Line;
import java.util.List;
import java.util.Optional;

/// A VirtIO device that not only answers its guest: it also changes by itself, or receives something from outside.
abstract class ActiveVirtio implements Device {

    /// The registers and queues that all VirtIO devices have.
    final VirtioMmio registers;

    /// @param function what it does; it belongs to this device
    /// @param memory the guest's RAM
    /// @param spi the number of its interrupt, counted from the first shared one: 0 to 987
    ActiveVirtio(VirtioFunction function, DeviceMemory memory, int spi) {
        this.registers = new VirtioMmio(function, memory, spi);
    }

    @Override
    public final String name() {
        return registers.name();
    }

    @Override
    public final long size() {
        return registers.size();
    }

    @Override
    public final List<Line> lines() {
        return registers.lines();
    }

    @Override
    public final Optional<TreeNode> node(long base) {
        return registers.node(base);
    }

    @Override
    public final String trouble() {
        return registers.trouble();
    }

    @Override
    public final long read(long offset, int size) {
        return registers.read(offset, size);
    }

    @Override
    public void write(long offset, int size, long value) {
        registers.write(offset, size, value);
    }
}
