package dev.trapline.board.boot;

import dev.trapline.abi.AddressRange;
import dev.trapline.abi.Conduit;
import dev.trapline.abi.Width;
import dev.trapline.abi.devicetree.TreeNode;
import dev.trapline.abi.devicetree.TreeProperty;
import dev.trapline.abi.firmware.SharedMemory;
import dev.trapline.abi.firmware.TreePart;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.board.Board;
import java.util.ArrayList;
import java.util.List;

/// Machines for tests.
final class Specs {

    private static final long PAGE = 4096;
    private static final long STRUCTURE_BYTES = 64;

    private Specs() {}

    /// @param megabytes the size of RAM
    static MachineSpec machine(int vcpus, long megabytes) {
        return machine(vcpus, megabytes, true);
    }

    static MachineSpec machine(int vcpus, long megabytes, boolean deviceTree) {
        return machine(vcpus, megabytes, deviceTree, Width.AARCH64);
    }

    static MachineSpec machine(int vcpus, long megabytes, boolean deviceTree, Width width) {
        return MachineSpec.DEFAULT
                .with(CpuSpec.DEFAULT.withCount(vcpus).withWidth(width))
                .with(BoardSpec.DEFAULT.withRam(megabytes << 20).withDeviceTree(deviceTree));
    }

    /// The parts that a machine's services and board add to its device tree.
    static TreeContent content(MachineSpec spec) {
        return content(spec, Conduit.HVC);
    }

    static TreeContent content(MachineSpec spec, Conduit conduit) {
        Board board = Board.of(spec.board(), spec.cpus());
        List<TreePart> parts = new ArrayList<>();
        parts.add(new TreePart(
                List.of(TreeNode.named("psci")
                        .strings("compatible", "arm,psci-1.0", "arm,psci-0.2")
                        .strings("method", conduit.method())),
                List.of(new TreeProperty.Strings("enable-method", List.of("psci")))));
        if (spec.cpus().width() == Width.AARCH64 && spec.firmware().policy().isOn("sdei", true)) {
            parts.add(TreePart.of(TreeNode.named("firmware")
                    .child(TreeNode.named("sdei")
                            .strings("compatible", "arm,sdei-1.0")
                            .strings("method", conduit.method()))));
        }
        return new TreeContent(shared(spec), parts, board.nodes(), board.consoleNode());
    }

    /// The parts of a machine on the board `virt`, with a node that stands for its interrupt controller.
    static TreeContent withController(MachineSpec spec) {
        TreeContent plain = content(spec);
        List<TreeNode> devices = new ArrayList<>();
        if (plain.ofDevices().stream().noneMatch(node -> node.label().equals("intc"))) {
            devices.add(TreeNode.named("intc@8000000")
                    .labelled("intc")
                    .strings("compatible", "arm,cortex-a15-gic")
                    .cells("#interrupt-cells", 3)
                    .cells("#address-cells", 0)
                    .flag("interrupt-controller")
                    .cells("reg", 0, 0x800_0000, 0, 0x1000, 0, 0x801_0000, 0, 0x2000));
        }
        devices.addAll(plain.ofDevices());
        return new TreeContent(plain.shared(), plain.ofServices(), devices, plain.console());
    }

    /// The memory that PV time shares on a machine, by its setting (`firmware.services.pv-time.base`).
    static List<Shared> shared(MachineSpec spec) {
        if (spec.cpus().width() == Width.AARCH32) {
            return List.of();
        }
        long end = BoardSpec.RAM_BASE + spec.board().ramBytes();
        String base = spec.firmware().settings().getOrDefault("pv-time.base", "auto");
        long first = base.equals("auto") ? end - PAGE : Long.decode(base.replace("_", ""));
        long last = first + spec.cpus().count() * STRUCTURE_BYTES - 1;
        if (first < BoardSpec.RAM_BASE || last >= end) {
            return List.of();
        }
        AddressRange pages = new AddressRange(first & -PAGE, (last & -PAGE) + PAGE);
        return List.of(new Shared("pv-time", new SharedMemory(pages, "PV_TIME_ST keeps the stolen time", "base")));
    }
}
