package dev.trapline.board.virtio;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.board.bus.DeviceMemory;
import dev.trapline.board.device.ConsoleDevice;

/// The guest's console as a VirtIO device (VIRTIO 1.2 §5.3): `hvc0` of Linux, with the module `virtio_console`.
///
/// It belongs to its machine. Only the holder of the machine's token may use it.
public final class VirtioTerminal extends ActiveVirtio implements ConsoleDevice {

    /// How long a guest that has printed too much waits, in ticks: 1 ms. So it prints at most 64 MB in a second of
    /// virtual time.
    static final long PATIENCE = MachineSpec.TICKS_PER_SECOND / 1_000;

    private final VirtioConsole console;
    private long now;

    /// When a guest that has printed too much can print again; [#NEVER] if it can.
    private long next = NEVER;

    /// @param memory the guest's RAM
    /// @param spi the number of its interrupt, counted from the first shared one: 0 to 987. Only its node in the
    ///     device tree depends on it
    public VirtioTerminal(DeviceMemory memory, int spi) {
        this(new VirtioConsole(), memory, spi);
    }

    private VirtioTerminal(VirtioConsole console, DeviceMemory memory, int spi) {
        super(console, memory, spi);
        this.console = console;
    }

    /// Resets the registers, and drops the bytes that the guest has not read.
    @Override
    public void reset() {
        registers.reset();
        console.drop();
        console.renew();
        next = NEVER;
    }

    @Override
    public long deadline() {
        return next;
    }

    /// A guest that had printed too much can print again.
    @Override
    public void timePasses(long moment) {
        now = moment;
        if (moment >= next) {
            next = NEVER;
            console.renew();
            registers.serve(VirtioConsole.TRANSMIT);
            waitIfExhausted(moment);
        }
    }

    private void waitIfExhausted(long since) {
        if (console.isExhausted() && next == NEVER) {
            next = since + PATIENCE;
        }
    }

    @Override
    public void write(long offset, int size, long value) {
        registers.write(offset, size, value);
        waitIfExhausted(now);
    }

    @Override
    public int receiverRoom() {
        return console.receiverRoom();
    }

    @Override
    public boolean receiverIsEmpty() {
        return console.receiverRoom() == VirtioConsole.RECEIVER;
    }

    @Override
    public boolean everRead() {
        return console.everRead();
    }

    @Override
    public void receive(Bytes bytes) {
        console.receive(bytes);
        registers.serve(VirtioConsole.RECEIVE);
    }

    @Override
    public boolean hasSize() {
        return true;
    }

    /// The guest sees 80 columns and 25 rows before.
    @Override
    public void resize(int columns, int rows) {
        console.resize(columns, rows);
        registers.configChanged(VirtioConsole.SIZE);
    }

    @Override
    public int transmittedCount() {
        return console.transmittedCount();
    }

    @Override
    public byte[] transmitted() {
        return console.transmitted();
    }

    @Override
    public void clearTransmitted() {
        console.clearTransmitted();
    }

    @Override
    public void save(StateWriter state) {
        registers.save(state);
        state.put(now);
        state.put(next);
    }

    @Override
    public void load(StateReader state) {
        registers.load(state);
        now = state.take();
        next = state.take();
    }
}
