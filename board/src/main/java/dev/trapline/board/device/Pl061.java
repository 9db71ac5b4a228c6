package dev.trapline.board.device;

import dev.trapline.abi.devicetree.TreeNode;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.board.bus.Device;
import dev.trapline.board.bus.Line;
import java.util.List;
import java.util.Optional;

/// A PL061 (ARM DDI 0190): eight pins, each an input or an output, with interrupts for the inputs. Pin [#BUTTON] is
/// connected with a power button, and is high while that is pressed. Nothing is connected with the other pins: as
/// inputs they are low.
///
/// Every pin is under software's control: GPIOAFSEL keeps its value, and selects nothing.
///
/// It belongs to its machine. Only the holder of the machine's token may use it.
public final class Pl061 implements Device {

    /// Its interrupt on the board `virt`, counted from the first shared one: as on QEMU's.
    public static final int SPI = 7;

    /// Where its registers begin on the board `virt`: as on QEMU's.
    public static final long BASE = 0x0903_0000L;

    /// The pin of the power button: as on QEMU's board `virt`.
    public static final int BUTTON = 3;

    /// How long a press takes, in ticks: 100 ms.
    public static final long PRESS = MachineSpec.TICKS_PER_SECOND / 10;

    /// The label of its node.
    private static final String LABEL = "gpio";

    /// KEY_POWER of Linux (`input-event-codes.h`).
    private static final int KEY_POWER = 116;

    /// GPIODATA has 256 addresses: bits 9 to 2 of the address are a mask of the pins (DDI 0190 §3.3.1).
    private static final int DATA_END = 0x400;

    private static final int DIR = 0x400;
    private static final int IS = 0x404;
    private static final int IBE = 0x408;
    private static final int IEV = 0x40c;
    private static final int IE = 0x410;
    private static final int RIS = 0x414;
    private static final int MIS = 0x418;
    private static final int IC = 0x41c;
    private static final int AFSEL = 0x420;
    private static final int PINS = 0xff;

    /// GPIOPeriphID0 to 3 and GPIOPCellID0 to 3.
    private static final int[] IDENTIFICATION = {0x61, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1};

    private final int spi;
    private final Line interrupt = new Line("pl061 GPIOINTR");

    /// The levels that come from outside: one bit for each pin.
    private int outside;

    /// When the button is released, in ticks; [#NEVER] if it is not pressed.
    private long release = NEVER;

    private int written;
    private int outputs;
    private int levelSensitive;
    private int bothEdges;
    private int rising;
    private int enabled;
    private int detected;
    private int alternate;

    /// @param spi the number of its interrupt, counted from the first shared one: 0 to 987. Only its node in the
    ///     device tree depends on it
    public Pl061(int spi) {
        this.spi = spi;
    }

    /// The node of the power button: the binding `gpio-keys` of the Linux kernel. The board must have the node of
    /// this device.
    public static TreeNode keys() {
        return TreeNode.named("gpio-keys")
                .strings("compatible", "gpio-keys")
                .child(TreeNode.named("poweroff")
                        .strings("label", "GPIO Key Poweroff")
                        .cells("linux,code", KEY_POWER)
                        .specifier("gpios", LABEL, BUTTON, 0));
    }

    @Override
    public String name() {
        return "pl061";
    }

    @Override
    public long size() {
        return PrimeCell.SIZE;
    }

    /// GPIOINTR: high while a bit of GPIOMIS is set (DDI 0190 §2.1).
    @Override
    public List<Line> lines() {
        return List.of(interrupt);
    }

    /// The bindings `arm,pl061` and `arm,gic` of the Linux kernel. The board must have a clock with the label
    /// [Pl011#CLOCK].
    @Override
    public Optional<TreeNode> node(long base) {
        TreeNode node = PrimeCell.node("pl061", base)
                .labelled(LABEL)
                .cells("#gpio-cells", 2)
                .flag("gpio-controller");
        return Optional.of(PrimeCell.interrupting(node, spi)
                .references("clocks", Pl011.CLOCK)
                .strings("clock-names", "apb_pclk"));
    }

    /// Presses the power button. It is released after [#PRESS]; a press in between begins that time again.
    ///
    /// @param now in ticks
    public void press(long now) {
        release = now + PRESS;
        drive(outside | 1 << BUTTON);
    }

    @Override
    public long deadline() {
        return release;
    }

    @Override
    public void timePasses(long now) {
        if (now >= release) {
            release = NEVER;
            drive(outside & ~(1 << BUTTON));
        }
    }

    /// Sets the levels that come from outside, and detects their edges.
    private void drive(int levels) {
        detectEdges((levels ^ outside) & ~outputs, levels);
        outside = levels;
        driveInterrupt();
    }

    private void detectEdges(int changed, int levels) {
        int wanted = bothEdges | ~(levels ^ rising);
        detected |= changed & wanted & ~levelSensitive & PINS;
    }

    /// Resets all registers to zero (DDI 0190 §3.2). A pressed button stays pressed.
    @Override
    public void reset() {
        written = 0;
        outputs = 0;
        levelSensitive = 0;
        bothEdges = 0;
        rising = 0;
        enabled = 0;
        detected = 0;
        alternate = 0;
        driveInterrupt();
    }

    /// The levels of all pins: of an output, what was written; of an input, what comes from outside (DDI 0190
    /// §3.3.1).
    private int pins() {
        return (written & outputs) | (outside & ~outputs);
    }

    /// GPIORIS: the detected edges, and the inputs that are sensitive to a level and have it.
    private int raw() {
        int atLevel = ~(outside ^ rising) & levelSensitive & ~outputs & PINS;
        return (detected & ~levelSensitive) | atLevel;
    }

    @Override
    public long read(long offset, int size) {
        if (offset < DATA_END) {
            return offset % 4 == 0 ? pins() & mask(offset) : 0;
        }
        if (PrimeCell.identifies(offset)) {
            return PrimeCell.identification(IDENTIFICATION, offset);
        }
        return switch ((int) offset) {
            case DIR -> outputs;
            case IS -> levelSensitive;
            case IBE -> bothEdges;
            case IEV -> rising;
            case IE -> enabled;
            case RIS -> raw();
            case MIS -> raw() & enabled;
            case AFSEL -> alternate;
            default -> 0;
        };
    }

    private static int mask(long offset) {
        return (int) (offset >> 2) & PINS;
    }

    @Override
    public void write(long offset, int size, long value) {
        int bits = (int) value & PINS;
        if (offset < DATA_END) {
            int mask = offset % 4 == 0 ? mask(offset) : 0;
            written = (written & ~mask) | (bits & mask);
            return;
        }
        switch ((int) offset) {
            case DIR -> outputs = bits;
            case IS -> levelSensitive = bits;
            case IBE -> bothEdges = bits;
            case IEV -> rising = bits;
            case IE -> enabled = bits;
            case IC -> detected &= ~bits;
            case AFSEL -> alternate = bits;
            default -> {
                // Read-only and reserved registers ignore writes.
            }
        }
        driveInterrupt();
    }

    private void driveInterrupt() {
        interrupt.drive((raw() & enabled) != 0);
    }

    @Override
    public void save(StateWriter state) {
        state.put(release);
        for (int register :
                new int[] {outside, written, outputs, levelSensitive, bothEdges, rising, enabled, detected, alternate
                }) {
            state.put(register);
        }
    }

    @Override
    public void load(StateReader state) {
        release = state.take();
        outside = state.takeInt();
        written = state.takeInt();
        outputs = state.takeInt();
        levelSensitive = state.takeInt();
        bothEdges = state.takeInt();
        rising = state.takeInt();
        enabled = state.takeInt();
        detected = state.takeInt();
        alternate = state.takeInt();
        interrupt.restore((raw() & enabled) != 0);
    }
}
