package dev.trapline.board.boot;

import dev.trapline.abi.devicetree.TreeNode;
import dev.trapline.abi.firmware.TreePart;
import java.util.List;

/// What a device tree tells of a machine besides what its [dev.trapline.abi.machine.MachineSpec] says.
///
/// @param shared what services may share with the guest: left out of the memory that the tree describes
/// @param ofServices what services add, in this order
/// @param ofDevices nodes of the board's devices, in this order
/// @param console name of the node of the device that is the guest's console; empty if there is none
public record TreeContent(List<Shared> shared, List<TreePart> ofServices, List<TreeNode> ofDevices, String console) {

    /// A machine without services and devices.
    public static final TreeContent NONE = new TreeContent(List.of(), List.of(), List.of(), "");

    public TreeContent {
        shared = List.copyOf(shared);
        ofServices = List.copyOf(ofServices);
        ofDevices = List.copyOf(ofDevices);
    }
}
