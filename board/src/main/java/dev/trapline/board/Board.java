package dev.trapline.board;

import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.devicetree.TreeNode;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.board.bus.Bus;
import dev.trapline.board.bus.Deadline;
import dev.trapline.board.bus.Device;
import dev.trapline.board.bus.Line;
import dev.trapline.board.device.ConsoleDevice;
import dev.trapline.board.device.Pl011;
import java.util.ArrayList;
import java.util.List;

/// The devices of a machine, the wiring of their lines, and the device that is the console.
///
/// Each machine has its own board. Only the holder of the machine's token may use it.
public final class Board implements Snapshot, Deadline {

    /// Clock of the UART, in Hz: as on QEMU's `virt` board.
    private static final int UART_CLOCK = 24_000_000;

    /// Adds custom devices to a new board. It is called once for each machine, so the devices that it creates
    /// belong to that machine. It must add the same devices every time: otherwise a recording of one machine does
    /// not match the next.
    @FunctionalInterface
    public interface Fitting {

        /// Adds nothing.
        Fitting NONE = _ -> {};

        /// Adds the devices to the board.
        ///
        /// @throws IllegalArgumentException if a device's addresses are not free
        void fit(Board board);
    }

    private record Wire(Line line, VcpuId vcpu) {}

    private final Bus bus = new Bus();
    private final ConsoleDevice console;
    private final List<TreeNode> clocks;
    private final List<Wire> wires = new ArrayList<>();

    private Board(ConsoleDevice console, List<TreeNode> clocks) {
        this.console = console;
        this.clocks = List.copyOf(clocks);
    }

    /// A subset of the board that QEMU calls `virt`: a PL011 that is the console.
    public static Board virt() {
        TreeNode clock = TreeNode.named("apb-pclk")
                .labelled(Pl011.CLOCK)
                .strings("compatible", "fixed-clock")
                .cells("#clock-cells", 0)
                .cells("clock-frequency", UART_CLOCK)
                .strings("clock-output-names", "clk24mhz");
        Board board = new Board(new Pl011(), List.of(clock));
        board.bus.device(BoardSpec.UART_BASE, board.console);
        return board;
    }

    /// Adds a device to the board.
    ///
    /// @param base guest physical address of its first register
    /// @throws IllegalArgumentException if its addresses are not free; the message names the device that has them
    public Board device(long base, Device device) {
        bus.device(base, device);
        return this;
    }

    /// Wires a line to a vCPU: while the line is high, an interrupt is pending for the vCPU, and its waits end. No
    /// exception is taken.
    public Board wake(VcpuId vcpu, Line line) {
        wires.add(new Wire(line, vcpu));
        return this;
    }

    /// Checks that every line is wired to an existing vCPU.
    ///
    /// @param count the number of vCPUs
    /// @throws IllegalArgumentException if one is not; the message names the line
    public void requireVcpus(int count) {
        for (Wire wire : wires) {
            if (wire.vcpu().index() >= count) {
                throw new IllegalArgumentException("line '" + wire.line().name() + "' is wired to " + wire.vcpu()
                        + ", but the machine has " + count + (count == 1 ? " vCPU" : " vCPUs"));
            }
        }
    }

    /// The bus, which maps addresses to devices and memory.
    public Bus bus() {
        return bus;
    }

    public ConsoleDevice console() {
        return console;
    }

    /// The nodes that describe the board in a device tree.
    public List<TreeNode> nodes() {
        List<TreeNode> nodes = new ArrayList<>(clocks);
        nodes.addAll(bus.nodes());
        return nodes;
    }

    /// The name of the console's node; empty if it has none.
    public String consoleNode() {
        return console.node(BoardSpec.UART_BASE).map(TreeNode::name).orElse("");
    }

    /// Resets all devices to their state at power-on.
    public void reset() {
        bus.devices().forEach(Device::reset);
    }

    /// The vCPUs that are wired to a high line: one bit each.
    public long interrupted() {
        long interrupted = 0;
        for (Wire wire : wires) {
            if (wire.line().isHigh()) {
                interrupted |= wire.vcpu().bit();
            }
        }
        return interrupted;
    }

    @Override
    public long deadline() {
        long earliest = NEVER;
        for (Device device : bus.devices()) {
            earliest = Math.min(earliest, device.deadline());
        }
        return earliest;
    }

    @Override
    public void timePasses(long now) {
        for (Device device : bus.devices()) {
            device.timePasses(now);
            if (device.deadline() <= now) {
                throw new InvariantViolation("the device '" + device.name() + "' has a deadline of " + device.deadline()
                        + " ticks, but it is " + now
                        + ": a device must set a later deadline when its deadline has been reached");
            }
        }
    }

    /// Saves all devices, in ascending order of address.
    @Override
    public void save(StateWriter state) {
        bus.devices().forEach(device -> device.save(state));
    }

    @Override
    public void load(StateReader state) {
        bus.devices().forEach(device -> device.load(state));
    }
}
