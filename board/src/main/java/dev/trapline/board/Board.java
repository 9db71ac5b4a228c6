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

/// The devices of a machine, what is wired to what, and which of them is the console.
///
/// A machine has one of its own. Only the holder of the machine's token may touch it.
public final class Board implements Snapshot, Deadline {

    /// Clock of the UART, in Hz: as on QEMU's `virt` board.
    private static final int UART_CLOCK = 24_000_000;

    /// Puts devices of one's own on a board that is new. Called once for each machine, so what it makes belongs to
    /// that machine; always the same, or a recording of one machine does not fit the next.
    @FunctionalInterface
    public interface Fitting {

        /// A board as it is.
        Fitting NONE = _ -> {};

        /// Puts the devices on the board.
        ///
        /// @throws IllegalArgumentException if they do not fit it
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

    /// The board that QEMU calls `virt`, as far as it is there: a PL011 that is the console.
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

    /// Puts a device on the board.
    ///
    /// @param base guest physical address of its first register
    /// @throws IllegalArgumentException if its addresses are not free, naming the device that has them
    public Board device(long base, Device device) {
        bus.device(base, device);
        return this;
    }

    /// Has a line end a vCPU's waits: while it is high, an interrupt is pending for the vCPU. No exception is
    /// taken.
    public Board wake(VcpuId vcpu, Line line) {
        wires.add(new Wire(line, vcpu));
        return this;
    }

    /// Checks that every line is wired to a vCPU that there is.
    ///
    /// @param count of vCPUs
    /// @throws IllegalArgumentException naming the line
    public void requireVcpus(int count) {
        for (Wire wire : wires) {
            if (wire.vcpu().index() >= count) {
                throw new IllegalArgumentException("line '" + wire.line().name() + "' is wired to " + wire.vcpu()
                        + ", and the machine has " + count + (count == 1 ? " vCPU" : " vCPUs"));
            }
        }
    }

    /// What is at which address.
    public Bus bus() {
        return bus;
    }

    public ConsoleDevice console() {
        return console;
    }

    /// The nodes by which a device tree describes the board.
    public List<TreeNode> nodes() {
        List<TreeNode> nodes = new ArrayList<>(clocks);
        nodes.addAll(bus.nodes());
        return nodes;
    }

    /// Name of the console's node; empty if it has none.
    public String consoleNode() {
        return console.node(BoardSpec.UART_BASE).map(TreeNode::name).orElse("");
    }

    /// Puts all devices to their state at power-on.
    public void reset() {
        bus.devices().forEach(Device::reset);
    }

    /// The vCPUs for which a line is high that is wired to them: one bit each.
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
                        + " ticks, and has been told that it is " + now + ": a deadline that was met must move");
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
