package dev.trapline.board.virtio;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.MacAddress;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.board.bus.DeviceMemory;
import java.util.List;

/// The guest's network interface: a VirtIO device (VIRTIO 1.2 §5.1), and what it is connected with. In a loop, each
/// frame that the guest sends comes back to it after [#DELAY]. Otherwise the machine takes the frames that the guest
/// sends, and gives it those of others.
///
/// It belongs to its machine. Only the holder of the machine's token may use it.
public final class NetworkCard extends ActiveVirtio {

    /// How long a frame takes from one interface to another, in ticks: 1 ms.
    public static final long DELAY = MachineSpec.TICKS_PER_SECOND / 1_000;

    private final VirtioNet net;
    private final boolean loop;
    /// Frames on their way in the loop, each with the time of its arrival.
    private final FrameQueue looped = new FrameQueue();
    private long now;

    private NetworkCard(VirtioNet net, boolean loop, DeviceMemory memory, int spi) {
        super(net, memory, spi);
        this.net = net;
        this.loop = loop;
    }

    /// An interface to which each frame comes back.
    ///
    /// @param memory the guest's RAM
    /// @param spi the number of its interrupt, counted from the first shared one: 0 to 987. Only its node in the
    ///     device tree depends on it
    public static NetworkCard looped(MacAddress mac, DeviceMemory memory, int spi) {
        return new NetworkCard(new VirtioNet(mac), true, memory, spi);
    }

    /// An interface whose machine passes on the frames. The parameters are those of [#looped].
    public static NetworkCard connected(MacAddress mac, DeviceMemory memory, int spi) {
        return new NetworkCard(new VirtioNet(mac), false, memory, spi);
    }

    /// Resets the registers, and drops all frames.
    @Override
    public void reset() {
        registers.reset();
        net.drop();
        looped.clear();
    }

    @Override
    public long deadline() {
        return looped.isEmpty() ? NEVER : looped.first().due();
    }

    @Override
    public void timePasses(long moment) {
        now = moment;
        while (deadline() <= moment) {
            receive(looped.remove());
        }
    }

    @Override
    public void write(long offset, int size, long value) {
        registers.write(offset, size, value);
        if (loop) {
            takeSent().forEach(frame -> looped.add(now + DELAY, frame));
        }
    }

    /// Whether the guest has sent frames since the last [#takeSent].
    public boolean hasSent() {
        return net.hasSent();
    }

    /// The frames that the guest has sent since the last call, in order. The first 256 are kept until then.
    public List<Bytes> takeSent() {
        return net.takeSent();
    }

    /// Whether a frame can be received: fewer than 256 wait for a buffer of the guest.
    public boolean hasRoom() {
        return net.hasRoom();
    }

    /// Receives a frame. Without room for it, it is dropped.
    ///
    /// @param frame see [dev.trapline.abi.history.JournalRecord.Frame]
    public void receive(Bytes frame) {
        net.receive(frame);
        registers.serve(VirtioNet.RECEIVE);
    }

    /// How many frames that the guest has sent were dropped: those without a valid length, those beyond the first
    /// 256 that wait to be taken, and those for which the loop has no room.
    public long droppedSent() {
        return net.droppedSent() + looped.dropped();
    }

    /// How many frames have not reached the guest, because too many waited for it or its buffer was too small.
    public long droppedReceived() {
        return net.droppedReceived();
    }

    @Override
    public void save(StateWriter state) {
        registers.save(state);
        looped.save(state);
        state.put(now);
    }

    @Override
    public void load(StateReader state) {
        registers.load(state);
        looped.load(state);
        now = state.take();
    }
}
