package dev.trapline.abi.firmware;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.Conduit;
import dev.trapline.abi.Width;
import dev.trapline.abi.devicetree.TreeNode;
import dev.trapline.abi.devicetree.TreeProperty;
import java.util.List;

/// The part that a service adds to the device tree, so that a guest can find it.
///
/// @param nodes below the root; those of one name that several services give become one, also with the machine's own
/// @param ofCpus properties of each CPU's node
public record TreePart(List<TreeNode> nodes, List<TreeProperty> ofCpus) {

    /// Nothing: the guest needs no device tree to find the service, or cannot find it.
    public static final TreePart NONE = new TreePart(List.of(), List.of());

    public TreePart {
        nodes = List.copyOf(nodes);
        ofCpus = List.copyOf(ofCpus);
    }

    /// One node.
    public static TreePart of(TreeNode node) {
        return new TreePart(List.of(node), List.of());
    }

    /// What a service needs to know of the machine to describe itself.
    ///
    /// @param context as for [FirmwareService#start]
    /// @param board what is on the machine's board: without interrupts, there is no operating system to idle
    /// @param width the register width of the machine
    /// @param conduit by which the guest is told to make calls
    /// @param on whether the machine's policy leaves the service switched on when the machine starts
    public record Question(ServiceContext context, BoardKind board, Width width, Conduit conduit, boolean on) {}
}
