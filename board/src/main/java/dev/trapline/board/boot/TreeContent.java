package dev.trapline.board.boot;

import dev.trapline.abi.devicetree.TreeNode;
import dev.trapline.abi.firmware.TreePart;
import java.util.List;

/// The parts of a machine's device tree that are not in its [dev.trapline.abi.machine.MachineSpec].
///
/// @param shared pages that services may share with the guest; the tree's memory does not include them
/// @param ofServices the parts of services, in this order
/// @param ofDevices the nodes of the board's devices, in this order
/// @param console the name of the console's node; empty if there is no console
public record TreeContent(List<Shared> shared, List<TreePart> ofServices, List<TreeNode> ofDevices, String console) {

    /// A machine without services and devices.
    public static final TreeContent NONE = new TreeContent(List.of(), List.of(), List.of(), "");

    public TreeContent {
        shared = List.copyOf(shared);
        ofServices = List.copyOf(ofServices);
        ofDevices = List.copyOf(ofDevices);
    }
}
