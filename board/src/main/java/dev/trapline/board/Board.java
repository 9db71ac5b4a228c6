package dev.trapline.board;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.ConsoleKind;
import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.Mpidr;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.devicetree.TreeNode;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.NetworkSpec;
import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.board.bus.Bus;
import dev.trapline.board.bus.Deadline;
import dev.trapline.board.bus.Device;
import dev.trapline.board.bus.Line;
import dev.trapline.board.device.ConsoleDevice;
import dev.trapline.board.device.Pl011;
import dev.trapline.board.device.Pl031;
import dev.trapline.board.device.Pl061;
import dev.trapline.board.flash.CfiFlash;
import dev.trapline.board.gic.Gicv2;
import dev.trapline.board.gic.Gicv3;
import dev.trapline.board.gic.InterruptController;
import dev.trapline.board.virtio.NetworkCard;
import dev.trapline.board.virtio.VirtioBlock;
import dev.trapline.board.virtio.VirtioMmio;
import dev.trapline.board.virtio.VirtioSlots;
import dev.trapline.board.virtio.VirtioTerminal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The devices of a machine, the wiring of their lines, and the device that is the console.
///
/// Each machine has its own board. Only the holder of the machine's token may use it.
public final class Board implements Snapshot, Deadline {

    /// Clock of the UART, in Hz: as on QEMU's `virt` board.
    private static final int UART_CLOCK = 24_000_000;

    /// The UART's interrupt on the board `virt`, counted from the first shared one: as on QEMU's.
    private static final int UART_INTERRUPT = 1;

    /// The number of the last shared interrupt on the board [BoardKind#VIRT].
    public static final int LAST_SPI = InterruptController.INTIDS - 1 - InterruptController.FIRST_SPI;

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

    private final Bus bus = new Bus();
    private ConsoleDevice console;
    private String consoleNode;
    /// The nodes that belong to no device, or to several.
    private final List<TreeNode> ownNodes;
    private final BoardInterrupts interrupts;

    private final @Nullable InterruptController controller;
    /// The device that the power button is connected with; null without one.
    private @Nullable Pl061 pins;
    /// The interface to the network of other machines; null without one.
    private @Nullable NetworkCard network;
    private final List<VirtioBlock> disks = new ArrayList<>();
    private final BoardDefects defects;

    /// @param controller the interrupt controller, for `count` vCPUs; null for none
    private Board(ConsoleDevice console, List<TreeNode> clocks, @Nullable InterruptController controller, int count) {
        this.console = console;
        this.consoleNode = console.node(BoardSpec.UART_BASE).map(TreeNode::name).orElse("");
        this.ownNodes = new ArrayList<>(clocks);
        this.controller = controller;
        this.interrupts = new BoardInterrupts(controller, count);
        this.defects = new BoardDefects(bus, interrupts.shared(), Collections.unmodifiableList(disks));
        bus.device(BoardSpec.UART_BASE, console);
        if (controller != null) {
            console.lines().forEach(line -> interrupt(UART_INTERRUPT, line));
        }
    }

    /// A new board: a subset of the one that QEMU calls `virt`, with a PL011 that is the console, and, on the board
    /// [BoardKind#VIRT], an interrupt controller.
    ///
    /// @throws IllegalArgumentException if the interrupt controller has not so many vCPUs
    public static Board of(BoardSpec spec, CpuSpec cpus) {
        TreeNode clock = TreeNode.named("apb-pclk")
                .labelled(Pl011.CLOCK)
                .strings("compatible", "fixed-clock")
                .cells("#clock-cells", 0)
                .cells("clock-frequency", UART_CLOCK)
                .strings("clock-output-names", "clk24mhz");
        return switch (spec.kind()) {
            case BARE -> new Board(new Pl011(), List.of(clock), null, cpus.count());
            case VIRT ->
                virt(spec, cpus, clock)
                        .withClock(spec.date())
                        .withPowerButton()
                        .withConsole(spec.console())
                        .withNetwork(spec.network());
        };
    }

    private static Board virt(BoardSpec spec, CpuSpec cpus, TreeNode clock) {
        Pl011 console = Pl011.interrupting(UART_INTERRUPT);
        switch (spec.console()) {
            case PL011 -> {}
            case VIRTIO -> console.unconnected();
        }
        return switch (spec.gic()) {
            case V2 -> {
                Gicv2 gic = new Gicv2(cpus.count());
                yield new Board(console, List.of(clock), gic, cpus.count()).device(BoardSpec.GIC_BASE, gic);
            }
            case V3 -> {
                Gicv3 gic = new Gicv3(affinities(cpus));
                yield new Board(console, List.of(clock), gic, cpus.count())
                        .device(BoardSpec.GIC_BASE, gic)
                        .device(BoardSpec.GIC_BASE + Gicv3.REDISTRIBUTORS, gic.redistributors());
            }
        };
    }

    private static List<Mpidr> affinities(CpuSpec cpus) {
        return IntStream.range(0, cpus.count())
                .mapToObj(index -> cpus.topology().mpidr(new VcpuId(index)))
                .toList();
    }

    private Board withClock(long date) {
        Pl031 clock = new Pl031(date, Pl031.SPI);
        return device(Pl031.BASE, clock).interrupt(Pl031.SPI, clock.lines().getFirst());
    }

    /// The VirtIO console is in the last slot, so that disks begin with the first one.
    private Board withConsole(ConsoleKind kind) {
        return switch (kind) {
            case PL011 -> this;
            case VIRTIO -> {
                int slot = VirtioSlots.COUNT - 1;
                VirtioTerminal terminal = new VirtioTerminal(bus.ram(), VirtioSlots.spi(slot));
                console = terminal;
                // A kernel finds it only when it has drivers.
                consoleNode = "";
                yield in(slot, terminal);
            }
        };
    }

    /// The network interface is in the slot before that of the console.
    private Board withNetwork(NetworkSpec wanted) {
        int slot = VirtioSlots.COUNT - 2;
        int spi = VirtioSlots.spi(slot);
        return switch (wanted.kind()) {
            case NONE -> this;
            case LOOP -> in(slot, NetworkCard.looped(wanted.mac(), bus.ram(), spi));
            case SWITCH -> {
                NetworkCard card = NetworkCard.connected(wanted.mac(), bus.ram(), spi);
                network = card;
                yield in(slot, card);
            }
        };
    }

    /// Puts a VirtIO device in a slot.
    private Board in(int slot, Device device) {
        return device(VirtioSlots.base(slot), device)
                .interrupt(VirtioSlots.spi(slot), device.lines().getFirst());
    }

    /// The interface to the network of other machines; null if it has none.
    public @Nullable NetworkCard network() {
        return network;
    }

    /// All its network interfaces, also one to which its own frames come back.
    public List<NetworkCard> networkCards() {
        return bus.devices().stream()
                .filter(NetworkCard.class::isInstance)
                .map(NetworkCard.class::cast)
                .toList();
    }

    private Board withPowerButton() {
        Pl061 added = new Pl061(Pl061.SPI);
        pins = added;
        ownNodes.add(Pl061.keys());
        return device(Pl061.BASE, added).interrupt(Pl061.SPI, added.lines().getFirst());
    }

    /// Whether it can take an injection, whatever vCPU that is for. Thread-safe.
    public boolean accepts(Injection what) {
        return switch (what) {
            case Injection.WakeUp _,
                    Injection.Event _,
                    Injection.MemoryFlip _,
                    Injection.RegisterFlip _,
                    Injection.Hold _ -> true;
            case Injection.Interrupt(VcpuId _, int intid) -> intid <= interrupts.lastIntid();
            case Injection.LostInterrupt(VcpuId _, int intid) -> intid <= interrupts.lastIntid();
            case Injection.SError _ -> interrupts.takeErrors();
            case Injection.ConsoleSize _ -> console.hasSize();
            case Injection.PowerButton _ -> pins != null;
            case Injection.Defect defect -> defects.whyNot(defect).isEmpty();
        };
    }

    /// Presses the power button for a moment, if there is one.
    ///
    /// @param now virtual time in ticks
    public void pressPowerButton(long now) {
        if (pins != null) {
            pins.press(now);
        }
    }

    /// Puts the devices on the board that have these images: disks, and the flash bank for variables, which
    /// firmware in flash has too.
    ///
    /// @throws IllegalArgumentException if the board has no such device
    public void fit(List<Image> images) {
        Bytes variables = null;
        for (Image image : images) {
            switch (image.kind()) {
                case DISK -> disk(image.content());
                case FLASH_VARIABLES -> {
                    if (variables != null && variables.size() > 0) {
                        throw new IllegalArgumentException(
                                image.name() + " is a second content of the flash bank for variables; give one");
                    }
                    variables = image.content();
                }
                case FLASH -> variables = variables == null ? Bytes.EMPTY : variables;
                case ELF, RAW, DEVICE_TREE, KERNEL, INITRD -> {}
            }
        }
        if (variables != null && controller == null && variables.size() > 0) {
            throw new IllegalArgumentException("the board '" + BoardKind.BARE.id()
                    + "' has no flash bank for variables; use the board '" + BoardKind.VIRT.id() + "'");
        }
        if (variables != null && controller != null) {
            device(CfiFlash.BASE, new CfiFlash(variables));
        }
    }

    /// Puts a disk on the board, as a VirtIO device in the next free slot.
    ///
    /// @param image its content at the start; what the guest writes does not change it
    /// @throws IllegalArgumentException if the board has no interrupt controller, or all slots are used
    public Board disk(Bytes image) {
        int slot = disks.size();
        VirtioBlock block = VirtioBlock.writable(image, "disk" + slot);
        in(slot, new VirtioMmio(block, bus.ram(), VirtioSlots.spi(slot)));
        disks.add(block);
        return this;
    }

    /// What is wrong with its devices. It is possible only on a board that allows it.
    public BoardDefects defects() {
        return defects;
    }

    /// How interrupts reach its vCPUs.
    public BoardInterrupts interrupts() {
        return interrupts;
    }

    /// Adds a device to the board.
    ///
    /// @param base guest physical address of its first register
    /// @throws IllegalArgumentException if its addresses are not free; the message names the device that has them
    public Board device(long base, Device device) {
        bus.device(base, device);
        return this;
    }

    /// Wires a line to a shared interrupt of the interrupt controller, which signals it as the guest has configured
    /// it.
    ///
    /// @param spi the interrupt, as a device tree counts them: 0 is the first shared one, with INTID 32; at most
    ///     [#LAST_SPI]
    /// @throws IllegalArgumentException if the board has no interrupt controller, if it has no such interrupt, or
    ///     if another line is wired to it; the message names the line
    public Board interrupt(int spi, Line line) {
        interrupts.wire(spi, line);
        return this;
    }

    /// Wires a line to a vCPU: while the line is high, an interrupt is pending for the vCPU, and its waits end. No
    /// exception is taken.
    public Board wake(VcpuId vcpu, Line line) {
        interrupts.wake(vcpu, line);
        return this;
    }

    /// Checks that every line is wired to an existing vCPU.
    ///
    /// @param count the number of vCPUs
    /// @throws IllegalArgumentException if one is not; the message names the line
    public void requireVcpus(int count) {
        interrupts.requireVcpus(count);
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
        List<TreeNode> nodes = new ArrayList<>(ownNodes);
        nodes.addAll(bus.nodes());
        return nodes;
    }

    /// The name of the node of the console that a kernel can print to from its beginning on; empty if there is
    /// none.
    public String consoleNode() {
        return consoleNode;
    }

    /// Resets all devices to their state at power-on, without defects.
    public void reset() {
        defects.clear();
        bus.devices().forEach(Device::reset);
    }

    /// The devices that do nothing until the guest resets them, with the reason, for messages.
    public List<String> troubles() {
        return bus.devices().stream()
                .filter(device -> !device.trouble().isEmpty())
                .map(device -> device.name() + ": " + device.trouble())
                .toList();
    }

    /// The first of all devices; [#NEVER] if it is after [MachineSpec#LAST_DEADLINE].
    @Override
    public long deadline() {
        long earliest = defects.deadline();
        for (Device device : bus.devices()) {
            earliest = Math.min(earliest, device.deadline());
        }
        return earliest > MachineSpec.LAST_DEADLINE ? NEVER : earliest;
    }

    @Override
    public void timePasses(long now) {
        defects.timePasses(now);
        for (Device device : bus.devices()) {
            device.timePasses(now);
            if (device.deadline() <= now) {
                throw new InvariantViolation("the device '" + device.name() + "' has a deadline of " + device.deadline()
                        + " ticks, but it is " + now
                        + ": a device must set a later deadline when its deadline has been reached");
            }
        }
    }

    /// Saves all devices, in ascending order of address, and their defects.
    @Override
    public void save(StateWriter state) {
        bus.devices().forEach(device -> device.save(state));
        interrupts.save(state);
        defects.save(state);
    }

    @Override
    public void load(StateReader state) {
        bus.devices().forEach(device -> device.load(state));
        interrupts.load(state);
        defects.load(state);
    }
}
