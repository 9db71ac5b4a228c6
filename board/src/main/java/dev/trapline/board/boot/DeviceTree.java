package dev.trapline.board.boot;

import dev.trapline.abi.AddressRange;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.CpuModel;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.Width;
import dev.trapline.abi.devicetree.TreeNode;
import dev.trapline.abi.devicetree.TreeProperty;
import dev.trapline.abi.firmware.TreePart;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.MachineSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/// Describes a machine to its guest. Memory, CPUs and their counter are described here; services and devices describe
/// themselves.
///
/// The machine has no interrupt controller, so no node has interrupts: a guest that needs one sees that there is none,
/// instead of waiting for an interrupt that never arrives. Bindings: Devicetree Specification 0.4, and
/// `arm,armv8-timer` of the Linux kernel.
final class DeviceTree {

    private DeviceTree() {}

    /// The flattened device tree of a machine. It depends only on the arguments.
    static Bytes describe(MachineSpec spec, TreeContent content) {
        SequencedMap<String, TreeNode> nodes = new LinkedHashMap<>();
        add(nodes, chosen(content.console()));
        memory(spec.board(), content.shared()).forEach(node -> add(nodes, node));
        add(nodes, cpus(spec.cpus(), content.ofServices()));
        content.ofServices().forEach(part -> part.nodes().forEach(node -> add(nodes, node)));
        content.ofDevices().forEach(node -> add(nodes, node));
        add(nodes, timer(spec.cpus().width()));
        TreeNode root = TreeNode.named("")
                .strings("compatible", "linux,dummy-virt")
                .strings("model", "trapline,virt")
                .cells("#address-cells", 2)
                .cells("#size-cells", 2);
        try {
            return FdtWriter.write(
                    new TreeNode(root.name(), root.label(), root.properties(), List.copyOf(nodes.values())));
        } catch (IllegalArgumentException e) {
            // The error is in the part of a service or a device.
            throw new ImageException("the machine's own device tree", String.valueOf(e.getMessage()));
        }
    }

    private static void add(SequencedMap<String, TreeNode> nodes, TreeNode node) {
        nodes.merge(node.name(), node, TreeNode::merged);
    }

    private static TreeNode chosen(String console) {
        TreeNode chosen = TreeNode.named("chosen");
        return console.isEmpty() ? chosen : chosen.strings("stdout-path", "/" + console);
    }

    /// RAM without the pages that firmware shares with the guest. The node does not contain these pages. A
    /// reservation would not be enough: U-Boot and EDK2 move to the top of memory before they read reservations.
    private static List<TreeNode> memory(BoardSpec board, List<Shared> shared) {
        List<AddressRange> left = List.of(AddressRange.of(BoardSpec.RAM_BASE, board.ramBytes()));
        for (Shared each : shared) {
            left = left.stream()
                    .flatMap(range -> range.without(each.memory().pages()).stream())
                    .toList();
        }
        if (left.isEmpty()) {
            return List.of();
        }
        return List.of(TreeNode.named(
                        "memory@" + Long.toHexString(left.getFirst().start()))
                .strings("device_type", "memory")
                .cells("reg", left.stream().flatMapToInt(DeviceTree::cells).toArray()));
    }

    private static IntStream cells(AddressRange range) {
        long size = range.end() - range.start();
        return IntStream.of(high(range.start()), low(range.start()), high(size), low(size));
    }

    private static TreeNode cpus(CpuSpec spec, List<TreePart> services) {
        List<TreeProperty> ofServices =
                services.stream().flatMap(part -> part.ofCpus().stream()).toList();
        TreeNode cpus = TreeNode.named("cpus").cells("#address-cells", 1).cells("#size-cells", 0);
        for (int i = 0; i < spec.count(); i++) {
            // One cell is enough: no machine is large enough to use Aff3, which is in the upper word.
            int affinity = low(spec.topology().mpidr(new VcpuId(i)).affinity());
            TreeNode cpu = TreeNode.named("cpu@" + Integer.toHexString(affinity))
                    .strings("device_type", "cpu")
                    .strings("compatible", compatible(spec))
                    .cells("reg", affinity);
            for (TreeProperty property : ofServices) {
                cpu = cpu.with(property);
            }
            cpus = cpus.child(cpu);
        }
        return cpus;
    }

    private static TreeNode timer(Width width) {
        TreeNode timer = TreeNode.named("timer");
        TreeNode compatible = switch (width) {
            case AARCH64 -> timer.strings("compatible", "arm,armv8-timer", "arm,armv7-timer");
            case AARCH32 -> timer.strings("compatible", "arm,armv7-timer");
        };
        return compatible.flag("always-on");
    }

    /// On AArch32 it names the CPU that the engine uses instead of the model.
    private static String compatible(CpuSpec spec) {
        if (spec.width() == Width.AARCH32) {
            return spec.model() == CpuModel.CORTEX_A53 ? "arm,cortex-a7" : "arm,cortex-a15";
        }
        return switch (spec.model()) {
            case CORTEX_A53 -> "arm,cortex-a53";
            case CORTEX_A57 -> "arm,cortex-a57";
            case CORTEX_A72 -> "arm,cortex-a72";
        };
    }

    private static int high(long value) {
        return (int) (value >>> 32);
    }

    private static int low(long value) {
        return (int) value;
    }
}
