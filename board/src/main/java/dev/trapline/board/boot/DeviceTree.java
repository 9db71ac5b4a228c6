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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Describes a machine to its guest. Memory, CPUs and their counter are described here; services and devices describe
/// themselves.
///
/// On the bare board there is no interrupt controller, so no node has interrupts: a guest that needs one sees that
/// there is none, instead of waiting for an interrupt that never arrives. On the board `virt`, a device has the label
/// [#CONTROLLER]. Bindings: Devicetree Specification 0.4, and `arm,armv8-timer`, `arm,gic` and `arm,gic-v3` of the
/// Linux kernel.
final class DeviceTree {

    /// The label of the interrupt controller's node on the board `virt`.
    static final String CONTROLLER = "intc";

    /// The timers' interrupts, counted from the first private one: CNTPS, CNTP, CNTV and CNTHP (`arm,armv8-timer`).
    /// The numbers are those of a Cortex-A57 (DDI0488, interrupts 29, 30, 27 and 26).
    private static final int[] TIMERS = {13, 14, 11, 10};

    private static final int PER_CPU = 1;
    private static final int LEVEL_HIGH = 4;
    private static final int CPU_MASK_SHIFT = 8;

    private DeviceTree() {}

    /// The tree of a machine that starts without an initial RAM disk.
    ///
    /// @see #describe(MachineSpec, TreeContent, AddressRange)
    static Bytes describe(MachineSpec spec, TreeContent content) {
        return describe(spec, content, null);
    }

    /// The flattened device tree of a machine. It depends only on the arguments.
    ///
    /// @param initrd where the initial RAM disk is; null without one
    static Bytes describe(MachineSpec spec, TreeContent content, @Nullable AddressRange initrd) {
        SequencedMap<String, TreeNode> nodes = new LinkedHashMap<>();
        add(nodes, chosen(spec, content.console(), initrd));
        memory(spec.board(), content.shared()).forEach(node -> add(nodes, node));
        add(nodes, cpus(spec.cpus(), content.ofServices()));
        content.ofServices().forEach(part -> part.nodes().forEach(node -> add(nodes, node)));
        content.ofDevices().forEach(node -> add(nodes, node));
        add(nodes, timer(spec, hasController(spec, content)));
        TreeNode root = TreeNode.named("")
                .strings("compatible", "linux,dummy-virt")
                .strings("model", "trapline,virt")
                .cells("#address-cells", 2)
                .cells("#size-cells", 2);
        if (hasController(spec, content)) {
            root = root.references("interrupt-parent", CONTROLLER);
        }
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

    private static TreeNode chosen(MachineSpec spec, String console, @Nullable AddressRange initrd) {
        TreeNode chosen = TreeNode.named("chosen");
        if (!console.isEmpty()) {
            chosen = chosen.strings("stdout-path", "/" + console);
        }
        List<TreeProperty> more = new ArrayList<>(Chosen.given(spec, initrd));
        more.addAll(Chosen.seeds(spec));
        for (TreeProperty property : more) {
            chosen = chosen.with(property);
        }
        return chosen;
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

    /// Tools that look only at images describe a machine without its devices.
    private static boolean hasController(MachineSpec spec, TreeContent content) {
        return switch (spec.board().kind()) {
            case BARE -> false;
            case VIRT ->
                content.ofDevices().stream().anyMatch(node -> node.label().equals(CONTROLLER));
        };
    }

    private static TreeNode timer(MachineSpec spec, boolean interrupts) {
        TreeNode timer = TreeNode.named("timer");
        TreeNode compatible = switch (spec.cpus().width()) {
            case AARCH64 -> timer.strings("compatible", "arm,armv8-timer", "arm,armv7-timer");
            case AARCH32 -> timer.strings("compatible", "arm,armv7-timer");
        };
        TreeNode interrupting = interrupts ? compatible.cells("interrupts", interrupts(spec)) : compatible;
        return interrupting.flag("always-on");
    }

    /// For a GICv2, the flags of an interrupt that each CPU has for itself say which CPUs these are (`arm,gic`);
    /// for a GICv3, they do not (`arm,gic-v3`).
    private static int[] interrupts(MachineSpec spec) {
        int flags = switch (spec.board().gic()) {
            case V2 -> (((1 << spec.cpus().count()) - 1) << CPU_MASK_SHIFT) | LEVEL_HIGH;
            case V3 -> LEVEL_HIGH;
        };
        return Arrays.stream(TIMERS)
                .flatMap(timer -> IntStream.of(PER_CPU, timer, flags))
                .toArray();
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
