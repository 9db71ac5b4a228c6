package dev.trapline.board.device;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.devicetree.TreeNode;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.board.bus.Line;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A PL011 (ARM DDI 0183). It transmits immediately, and receives bytes from the machine between slices.
///
/// It implements the receive and transmit interrupts, combined in UARTINTR.
///
/// It belongs to its machine. Only the holder of the machine's token may use it.
public final class Pl011 implements ConsoleDevice {

    /// The label of the clock that its device-tree node refers to. The board must have a node with this label.
    public static final String CLOCK = "apb-pclk";

    /// The size of the receiver, in bytes.
    public static final int FIFO_SIZE = 16;

    private static final int DR = 0x00;
    private static final int FR = 0x18;
    private static final int IBRD = 0x24;
    private static final int FBRD = 0x28;
    private static final int LCR_H = 0x2c;
    private static final int CR = 0x30;
    private static final int IFLS = 0x34;
    private static final int IMSC = 0x38;
    private static final int RIS = 0x3c;
    private static final int MIS = 0x40;
    private static final int DMACR = 0x48;

    private static final int FR_RX_EMPTY = 1 << 4;
    private static final int FR_RX_FULL = 1 << 6;
    private static final int FR_TX_EMPTY = 1 << 7;
    private static final int INT_RX = 1 << 4;
    private static final int INT_TX = 1 << 5;

    /// UARTPeriphID0 to 3 and UARTPCellID0 to 3: a PL011 r1p4.
    private static final int[] IDENTIFICATION = {0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1};

    private static final int NOT_RECEIVED = -1;

    private final int spi;
    private final Line interrupt = new Line("pl011 UARTINTR");
    private final byte[] receiver = new byte[FIFO_SIZE];
    private int received;
    private boolean everRead;
    private boolean connected = true;

    private byte[] transmitted = new byte[256];
    private int transmittedCount;

    private int ibrd;
    private int fbrd;
    private int lcrH;
    private int cr;
    private int ifls;
    private int imsc;
    private int dmacr;

    /// A PL011 whose interrupt no controller receives.
    public Pl011() {
        this(NOT_RECEIVED);
    }

    private Pl011(int spi) {
        this.spi = spi;
        reset();
    }

    /// A PL011 whose interrupt a GIC receives. Only its node in the device tree depends on it.
    ///
    /// @param spi the number of its interrupt, counted from the first shared one: 0 to 987
    public static Pl011 interrupting(int spi) {
        return new Pl011(spi);
    }

    @Override
    public String name() {
        return "pl011";
    }

    @Override
    public long size() {
        return PrimeCell.SIZE;
    }

    /// UARTINTR: high while an interrupt is asserted and not masked (DDI 0183 §3.4).
    @Override
    public List<Line> lines() {
        return List.of(interrupt);
    }

    /// The bindings `arm,pl011` and `arm,gic` of the Linux kernel.
    @Override
    public Optional<TreeNode> node(long base) {
        TreeNode node = PrimeCell.node("pl011", base);
        TreeNode interrupting = spi == NOT_RECEIVED ? node : PrimeCell.interrupting(node, spi);
        return Optional.of(
                interrupting.references("clocks", CLOCK, CLOCK).strings("clock-names", "uartclk", "apb_pclk"));
    }

    /// Resets every register (DDI 0183 §3.2) and empties the receiver. Transmitted bytes that were not passed on
    /// are kept.
    @Override
    public void reset() {
        received = 0;
        ibrd = 0;
        fbrd = 0;
        lcrH = 0;
        cr = 0x300;
        ifls = 0x12;
        imsc = 0;
        dmacr = 0;
        driveInterrupt();
    }

    @Override
    public int receiverRoom() {
        return FIFO_SIZE - received;
    }

    @Override
    public boolean receiverIsEmpty() {
        return received == 0;
    }

    @Override
    public boolean everRead() {
        return everRead;
    }

    @Override
    public void receive(Bytes bytes) {
        if (bytes.size() > receiverRoom()) {
            throw new IllegalArgumentException(
                    bytes.size() + " bytes do not fit: the receiver has room for " + receiverRoom());
        }
        bytes.copyTo(0, receiver, received, bytes.size());
        received += bytes.size();
        driveInterrupt();
    }

    @Override
    public int transmittedCount() {
        return transmittedCount;
    }

    @Override
    public byte[] transmitted() {
        return transmitted;
    }

    @Override
    public void clearTransmitted() {
        transmittedCount = 0;
    }

    @Override
    public long read(long offset, int size) {
        if (PrimeCell.identifies(offset)) {
            return PrimeCell.identification(IDENTIFICATION, offset);
        }
        return switch ((int) offset) {
            case DR -> takeReceived();
            case FR -> FR_TX_EMPTY | (received == 0 ? FR_RX_EMPTY : 0) | (received == FIFO_SIZE ? FR_RX_FULL : 0);
            case IBRD -> ibrd;
            case FBRD -> fbrd;
            case LCR_H -> lcrH;
            case CR -> cr;
            case IFLS -> ifls;
            case IMSC -> imsc;
            case RIS -> rawInterrupts();
            case MIS -> rawInterrupts() & imsc;
            case DMACR -> dmacr;
            default -> 0;
        };
    }

    @Override
    public void write(long offset, int size, long value) {
        switch ((int) offset) {
            case DR -> transmit((byte) value);
            case IBRD -> ibrd = (int) value & 0xffff;
            case FBRD -> fbrd = (int) value & 0x3f;
            case LCR_H -> lcrH = (int) value & 0xff;
            case CR -> cr = (int) value & 0xffff;
            case IFLS -> ifls = (int) value & 0x3f;
            case IMSC -> {
                imsc = (int) value & 0x7ff;
                driveInterrupt();
            }
            case DMACR -> dmacr = (int) value & 0x7;
            default -> {
                // Read-only and reserved registers ignore writes, as the hardware does.
            }
        }
    }

    private int rawInterrupts() {
        return INT_TX | (received == 0 ? 0 : INT_RX);
    }

    private void driveInterrupt() {
        interrupt.drive((rawInterrupts() & imsc) != 0);
    }

    private int takeReceived() {
        if (received == 0) {
            return 0;
        }
        everRead = true;
        int first = Byte.toUnsignedInt(receiver[0]);
        received--;
        System.arraycopy(receiver, 1, receiver, 0, received);
        driveInterrupt();
        return first;
    }

    /// Connects nothing with it: what it transmits is dropped. It must not be the console then.
    public Pl011 unconnected() {
        connected = false;
        return this;
    }

    private void transmit(byte value) {
        if (!connected) {
            return;
        }
        if (transmittedCount == transmitted.length) {
            transmitted = Arrays.copyOf(transmitted, 2 * transmitted.length);
        }
        transmitted[transmittedCount++] = value;
    }

    /// Saves its state. All transmitted bytes must have been passed on.
    @Override
    public void save(StateWriter state) {
        InvariantViolation.require(
                transmittedCount == 0, "the console has transmitted bytes that have not been passed on");
        for (byte b : receiver) {
            state.put(b);
        }
        state.put(received);
        state.put(everRead);
        for (int register : new int[] {ibrd, fbrd, lcrH, cr, ifls, imsc, dmacr}) {
            state.put(register);
        }
    }

    @Override
    public void load(StateReader state) {
        for (int k = 0; k < receiver.length; k++) {
            receiver[k] = (byte) state.take();
        }
        received = state.takeInt();
        everRead = state.takeFlag();
        transmittedCount = 0;
        ibrd = state.takeInt();
        fbrd = state.takeInt();
        lcrH = state.takeInt();
        cr = state.takeInt();
        ifls = state.takeInt();
        imsc = state.takeInt();
        dmacr = state.takeInt();
        interrupt.restore((rawInterrupts() & imsc) != 0);
    }
}
