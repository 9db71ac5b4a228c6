package dev.trapline.board.bus;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.devicetree.TreeNode;
import dev.trapline.abi.engine.MmioDevice;
import dev.trapline.abi.state.Snapshot;
import java.util.List;
import java.util.Optional;

/// A device with registers on a [Bus]. It does not know its address.
///
/// Obligations: its answers, lines and deadline depend only on its own state and on calls of the machine (accesses,
/// [#timePasses], [#reset]). It uses no host clock and no random numbers. Its snapshot contains all of its state. It
/// answers invalid accesses as the hardware does; an exception thrown in it ends the machine.
///
/// [MmioDevice#read] and [MmioDevice#write] have offsets below [#size] and sizes of 1, 2, 4 or 8 bytes.
public interface Device extends MmioDevice, Deadline, Snapshot {

    /// Its name, such as `pl011`, for recordings and messages. It never changes.
    String name();

    /// The version of its behaviour. Change it when the same accesses get different answers. A recording contains
    /// it, and can be replayed only with the same version. It never changes at run time.
    default String version() {
        return "1";
    }

    /// The size of its registers in the address space, in bytes. It never changes.
    long size();

    /// The registers as one vCPU sees them. A device with banked registers, of which each vCPU has its own, returns
    /// a different view for each vCPU.
    ///
    /// @return by default, the device itself
    default MmioDevice seenBy(VcpuId vcpu) {
        return this;
    }

    /// Resets it to its state at power-on, when the machine is reset. Virtual time continues.
    void reset();

    /// Its interrupt lines, in the order of its documentation. They never change.
    default List<Line> lines() {
        return List.of();
    }

    /// Why it does nothing until the guest resets it: what the guest did wrong, and where. Empty if it works.
    default String trouble() {
        return "";
    }

    /// Its node in the guest's device tree. A device that the guest discovers in another way has none.
    ///
    /// @param base guest physical address of its first register
    default Optional<TreeNode> node(long base) {
        return Optional.empty();
    }
}
