package dev.trapline.board.virtio;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.MacAddress;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import java.util.ArrayList;
import java.util.List;

/// A network interface with one pair of queues (VIRTIO 1.2 §5.1). What the guest sends is kept until it is taken, and
/// received frames wait until the guest has a buffer for them. It offers no offloads: a frame is in memory as on a
/// cable, without the frame check sequence.
///
/// A frame that does not fit is dropped, as on a cable: one that has no valid length, or for which the guest's buffer
/// is too small.
final class VirtioNet implements VirtioFunction {

    static final int RECEIVE = 0;
    static final int TRANSMIT = 1;

    private static final int ID = 1;
    private static final int QUEUE_SIZE = 256;

    private static final long MTU = 1 << 3;
    private static final long MAC = 1 << 5;
    private static final long STATUS = 1 << 16;

    private static final int CONFIG_SIZE = 12;
    private static final int CONFIG_STATUS = 6;
    private static final int CONFIG_MTU = 10;
    private static final byte LINK_UP = 1;
    private static final int PAYLOAD = 1500;

    /// The length of the header of each frame: `virtio_net_hdr`, with `num_buffers` (§5.1.6).
    static final int HEADER = 12;

    /// Where `num_buffers` is in it: 1 for each frame that is received (§5.1.6.4.1). The rest is 0.
    private static final int HEADER_BUFFERS = 10;

    private final MacAddress mac;
    private final FrameQueue received = new FrameQueue();
    /// Not part of the state, which is saved when all were taken.
    private final List<Bytes> sent = new ArrayList<>();
    private long unsent;

    VirtioNet(MacAddress mac) {
        this.mac = mac;
    }

    @Override
    public String name() {
        return "virtio-net";
    }

    @Override
    public int id() {
        return ID;
    }

    @Override
    public long features() {
        return MTU | MAC | STATUS;
    }

    @Override
    public int queues() {
        return 2;
    }

    @Override
    public int queueSize() {
        return QUEUE_SIZE;
    }

    /// The address, the status of the link, which is up, and the largest payload (§5.1.4). The number of pairs of
    /// queues, between the last two, belongs to a feature that is not offered.
    @Override
    public Bytes config() {
        byte[] config = new byte[CONFIG_SIZE];
        System.arraycopy(mac.octets(), 0, config, 0, MacAddress.SIZE);
        config[CONFIG_STATUS] = LINK_UP;
        LittleEndian.putHalf(config, CONFIG_MTU, PAYLOAD);
        return Bytes.copyOf(config);
    }

    @Override
    public void handle(int index, VirtQueue queue) throws QueueFault {
        if (index == RECEIVE) {
            fill(queue);
        } else {
            send(queue);
        }
    }

    /// Each frame has a buffer of its own. A buffer that is too small is given back empty.
    private void fill(VirtQueue queue) throws QueueFault {
        while (!received.isEmpty()) {
            Chain chain = queue.take();
            if (chain == null) {
                return;
            }
            byte[] frame = received.remove().toArray();
            if (chain.writableLeft() < HEADER + frame.length) {
                received.drop();
            } else {
                byte[] header = new byte[HEADER];
                header[HEADER_BUFFERS] = 1;
                chain.write(header, 0, HEADER);
                chain.write(frame, 0, frame.length);
            }
            queue.give(chain);
        }
    }

    /// The header says nothing, because no offloads are offered (§5.1.6.2).
    private void send(VirtQueue queue) throws QueueFault {
        for (Chain chain = queue.take(); chain != null; chain = queue.take()) {
            if (chain.readableLeft() < HEADER) {
                throw new QueueFault(
                        "a frame to send has " + chain.readableLeft() + " bytes, and its header alone needs " + HEADER);
            }
            long length = chain.readableLeft() - HEADER;
            if (JournalRecord.Frame.isFrame(length) && sent.size() < FrameQueue.MOST) {
                chain.read(new byte[HEADER], 0, HEADER);
                byte[] frame = new byte[(int) length];
                chain.read(frame, 0, frame.length);
                sent.add(Bytes.copyOf(frame));
            } else {
                unsent++;
            }
            queue.give(chain);
        }
    }

    boolean hasSent() {
        return !sent.isEmpty();
    }

    /// The frames that the guest has sent since the last call, in order.
    List<Bytes> takeSent() {
        List<Bytes> taken = List.copyOf(sent);
        sent.clear();
        return taken;
    }

    /// Whether a frame can be received.
    boolean hasRoom() {
        return received.hasRoom();
    }

    /// Adds a frame to those that wait for a buffer of the guest. Without room it is dropped.
    void receive(Bytes frame) {
        received.add(0, frame);
    }

    /// How many received frames were dropped.
    long droppedReceived() {
        return received.dropped();
    }

    /// How many frames that the guest has sent were dropped.
    long droppedSent() {
        return unsent;
    }

    /// Drops the frames that wait or were not taken.
    void drop() {
        received.clear();
        sent.clear();
    }

    @Override
    public void save(StateWriter state) {
        received.save(state);
        state.put(unsent);
    }

    @Override
    public void load(StateReader state) {
        received.load(state);
        unsent = state.take();
        sent.clear();
    }
}
