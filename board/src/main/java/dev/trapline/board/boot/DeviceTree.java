package dev.trapline.board.boot;

import dev.trapline.abi.AddressRange;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.Conduit;
import dev.trapline.abi.CpuModel;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.Width;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.MachineSpec;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// Describes a machine to its guest: memory, CPUs, PSCI and its conduit, the console, the counter.
///
/// The machine has no interrupt controller, so no node has interrupts: a guest that needs them finds none instead of
/// some that never come. Bindings: Devicetree Specification 0.4; `arm,psci`, `arm,sdei-1.0`, `arm,pl011` and
/// `arm,armv8-timer` of the Linux kernel.
final class DeviceTree {

    /// Clock of the UART, in Hz: as on QEMU's `virt` board.
    private static final int UART_CLOCK = 24_000_000;

    private static final int UART_SIZE = 0x1000;

    /// Name by which nodes refer to the fixed clock: any number that no other node has.
    private static final int CLOCK = 1;

    private DeviceTree() {}

    /// The tree of a machine, in the flattened form that a guest finds in memory. The same for the same machine.
    ///
    /// @param conduit how the guest is told to reach PSCI
    /// @param shared what is left out of its memory
    static Bytes describe(MachineSpec spec, Conduit conduit, List<Shared> shared) {
        FdtWriter tree = new FdtWriter()
                .begin("")
                .strings("compatible", "linux,dummy-virt")
                .strings("model", "trapline,virt")
                .cells("#address-cells", 2)
                .cells("#size-cells", 2);
        chosen(tree);
        memory(tree, spec, shared);
        cpus(tree, spec);
        psci(tree, conduit);
        if (spec.cpus().width() == Width.AARCH64 && spec.firmware().policy().isOn("sdei", true)) {
            sdei(tree, conduit);
        }
        clock(tree);
        uart(tree);
        timer(tree, spec.cpus().width());
        return tree.end().finish();
    }

    private static void chosen(FdtWriter tree) {
        tree.begin("chosen").strings("stdout-path", "/" + uartName()).end();
    }

    /// RAM without what firmware shares with the guest. The pages are not in the node at all, instead of being
    /// reserved: U-Boot and EDK2 put themselves at the top of memory before they look at reservations.
    private static void memory(FdtWriter tree, MachineSpec spec, List<Shared> shared) {
        List<AddressRange> left =
                List.of(AddressRange.of(BoardSpec.RAM_BASE, spec.board().ramBytes()));
        for (Shared each : shared) {
            left = left.stream()
                    .flatMap(range -> range.without(each.memory().pages()).stream())
                    .toList();
        }
        if (left.isEmpty()) {
            return;
        }
        tree.begin("memory@" + Long.toHexString(left.getFirst().start()))
                .strings("device_type", "memory")
                .cells("reg", left.stream().flatMapToInt(DeviceTree::cells).toArray())
                .end();
    }

    private static IntStream cells(AddressRange range) {
        long size = range.end() - range.start();
        return IntStream.of(high(range.start()), low(range.start()), high(size), low(size));
    }

    private static void cpus(FdtWriter tree, MachineSpec spec) {
        tree.begin("cpus").cells("#address-cells", 1).cells("#size-cells", 0);
        for (int i = 0; i < spec.cpus().count(); i++) {
            // One cell is enough: no machine is so large that Aff3, in the upper word, is used.
            int affinity = low(spec.cpus().topology().mpidr(new VcpuId(i)).affinity());
            tree.begin("cpu@" + Integer.toHexString(affinity))
                    .strings("device_type", "cpu")
                    .strings("compatible", compatible(spec))
                    .cells("reg", affinity)
                    .strings("enable-method", "psci")
                    .end();
        }
        tree.end();
    }

    private static void psci(FdtWriter tree, Conduit conduit) {
        tree.begin("psci")
                .strings("compatible", "arm,psci-1.0", "arm,psci-0.2")
                .strings("method", conduit.name().toLowerCase(Locale.ROOT))
                .end();
    }

    /// A machine whose SDEI is switched off, or not there, answers its calls NOT_SUPPORTED, and has no node.
    private static void sdei(FdtWriter tree, Conduit conduit) {
        tree.begin("firmware")
                .begin("sdei")
                .strings("compatible", "arm,sdei-1.0")
                .strings("method", conduit.name().toLowerCase(Locale.ROOT))
                .end()
                .end();
    }

    private static void clock(FdtWriter tree) {
        tree.begin("apb-pclk")
                .strings("compatible", "fixed-clock")
                .cells("#clock-cells", 0)
                .cells("clock-frequency", UART_CLOCK)
                .strings("clock-output-names", "clk24mhz")
                .cells("phandle", CLOCK)
                .end();
    }

    private static void uart(FdtWriter tree) {
        long base = BoardSpec.UART_BASE;
        tree.begin(uartName())
                .strings("compatible", "arm,pl011", "arm,primecell")
                .cells("reg", high(base), low(base), 0, UART_SIZE)
                .cells("clocks", CLOCK, CLOCK)
                .strings("clock-names", "uartclk", "apb_pclk")
                .end();
    }

    private static void timer(FdtWriter tree, Width width) {
        tree.begin("timer");
        switch (width) {
            case AARCH64 -> tree.strings("compatible", "arm,armv8-timer", "arm,armv7-timer");
            case AARCH32 -> tree.strings("compatible", "arm,armv7-timer");
        }
        tree.flag("always-on").end();
    }

    private static String uartName() {
        return "pl011@" + Long.toHexString(BoardSpec.UART_BASE);
    }

    /// On AArch32 the CPU that the engine puts in the model's place.
    private static String compatible(MachineSpec spec) {
        if (spec.cpus().width() == Width.AARCH32) {
            return spec.cpus().model() == CpuModel.CORTEX_A53 ? "arm,cortex-a7" : "arm,cortex-a15";
        }
        return switch (spec.cpus().model()) {
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
