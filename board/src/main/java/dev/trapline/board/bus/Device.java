package dev.trapline.board.bus;

import dev.trapline.abi.devicetree.TreeNode;
import dev.trapline.abi.engine.MmioDevice;
import dev.trapline.abi.state.Snapshot;
import java.util.List;
import java.util.Optional;

/// A device behind registers on a [Bus]. It does not know where on the bus it stands.
///
/// Obligations: its answers, lines and deadline depend only on its own state and on what the machine told it
/// (accesses, [#timePasses], [#reset]). It reads no clock and draws nothing at random. All of its state is in its
/// snapshot. What a guest does wrong it answers as the hardware does; an exception thrown in it ends the machine.
///
/// [MmioDevice#read] and [MmioDevice#write] take offsets from 0 to [#size] and 1, 2, 4 or 8 bytes.
public interface Device extends MmioDevice, Deadline, Snapshot {

    /// What it is, for people: `pl011`. The same at every call.
    String name();

    /// The version of its behaviour: raise it whenever the same accesses get other answers. Recordings name it, and
    /// are replayed with no other. The same at every call.
    default String version() {
        return "1";
    }

    /// How many bytes of address space its registers take. The same at every call.
    long size();

    /// Puts it to its state at power-on: the machine was reset. Virtual time goes on.
    void reset();

    /// The interrupts that it drives, in the order of its documentation. The same at every call.
    default List<Line> lines() {
        return List.of();
    }

    /// The node by which a device tree tells the guest of it. A device that its guest finds otherwise has none.
    ///
    /// @param base guest physical address of its first register
    default Optional<TreeNode> node(long base) {
        return Optional.empty();
    }
}
