package dev.trapline.board.virtio;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.state.StateDamagedException;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import java.util.Arrays;

/// A console with one port (VIRTIO 1.2 §5.3): what the guest sends is transmitted, and received bytes wait until the
/// guest has a buffer for them.
///
/// A guest can print at most [#CREDIT] bytes, and the rest of a request, until [#renew] is called. Further requests
/// wait. So a guest that prints without end needs no more memory.
final class VirtioConsole implements VirtioFunction {

    /// The bit of VIRTIO_CONSOLE_F_SIZE.
    static final int SIZE = 0;

    static final int RECEIVE = 0;
    static final int TRANSMIT = 1;

    /// The size of the receiver, in bytes.
    static final int RECEIVER = 256;

    /// How much the guest can print at once, in bytes.
    static final int CREDIT = 1 << 16;

    /// The largest request to print, in bytes.
    static final int LARGEST = 1 << 16;

    private static final int ID = 3;
    private static final int CONFIG_SIZE = 4;
    private static final int CONFIG_ROWS = 2;
    private static final int QUEUE_SIZE = 128;

    private final byte[] receiver = new byte[RECEIVER];
    private int received;
    private boolean everRead;
    private byte[] transmitted = new byte[256];
    private int transmittedCount;
    private int credit = CREDIT;
    private int columns = 80;
    private int rows = 25;

    @Override
    public String name() {
        return "virtio-console";
    }

    @Override
    public int id() {
        return ID;
    }

    /// VIRTIO_CONSOLE_F_SIZE, and neither _MULTIPORT nor _EMERG_WRITE (§5.3.3).
    @Override
    public long features() {
        return 1 << SIZE;
    }

    @Override
    public int queues() {
        return 2;
    }

    @Override
    public int queueSize() {
        return QUEUE_SIZE;
    }

    /// Columns and rows. All other fields belong to features that are not offered (§5.3.4).
    @Override
    public Bytes config() {
        byte[] config = new byte[CONFIG_SIZE];
        LittleEndian.putHalf(config, 0, columns);
        LittleEndian.putHalf(config, CONFIG_ROWS, rows);
        return Bytes.copyOf(config);
    }

    @Override
    public void handle(int index, VirtQueue queue) throws QueueFault {
        if (index == RECEIVE) {
            fill(queue);
        } else {
            print(queue);
        }
    }

    private void fill(VirtQueue queue) throws QueueFault {
        while (received > 0) {
            Chain chain = queue.take();
            if (chain == null) {
                return;
            }
            int length = (int) Math.min(received, chain.writableLeft());
            chain.write(receiver, 0, length);
            received -= length;
            System.arraycopy(receiver, length, receiver, 0, received);
            everRead |= length > 0;
            queue.give(chain);
        }
    }

    private void print(VirtQueue queue) throws QueueFault {
        while (credit > 0) {
            Chain chain = queue.take();
            if (chain == null) {
                return;
            }
            if (chain.readableLeft() > LARGEST) {
                throw new QueueFault("a request asks to print " + chain.readableLeft() + " bytes; at most " + LARGEST
                        + " are possible");
            }
            int length = (int) chain.readableLeft();
            if (transmittedCount + length > transmitted.length) {
                transmitted = Arrays.copyOf(transmitted, Math.max(transmittedCount + length, 2 * transmitted.length));
            }
            chain.read(transmitted, transmittedCount, length);
            transmittedCount += length;
            credit -= length;
            queue.give(chain);
        }
    }

    /// Sets the size that the guest sees.
    void resize(int width, int height) {
        columns = width;
        rows = height;
    }

    /// Whether no request to print is handled until [#renew].
    boolean isExhausted() {
        return credit <= 0;
    }

    /// The guest can print as much as at the beginning again.
    void renew() {
        credit = CREDIT;
    }

    int receiverRoom() {
        return RECEIVER - received;
    }

    boolean everRead() {
        return everRead;
    }

    /// Puts bytes into the receiver.
    ///
    /// @throws IllegalArgumentException if there are more than [#receiverRoom]
    void receive(Bytes bytes) {
        if (bytes.size() > receiverRoom()) {
            throw new IllegalArgumentException(
                    bytes.size() + " bytes do not fit: the receiver has room for " + receiverRoom());
        }
        bytes.copyTo(0, receiver, received, bytes.size());
        received += bytes.size();
    }

    /// Drops the bytes that were not given to the guest.
    void drop() {
        received = 0;
    }

    int transmittedCount() {
        return transmittedCount;
    }

    byte[] transmitted() {
        return transmitted;
    }

    void clearTransmitted() {
        transmittedCount = 0;
    }

    /// Saves its state, with the transmitted bytes: it also prints between slices.
    @Override
    public void save(StateWriter state) {
        state.putBytes(Arrays.copyOf(transmitted, transmittedCount));
        state.putBytes(Arrays.copyOf(receiver, received));
        state.put(everRead);
        state.put(credit);
        state.put(columns);
        state.put(rows);
    }

    @Override
    public void load(StateReader state) {
        transmitted = state.takeBytes();
        transmittedCount = transmitted.length;
        byte[] waiting = state.takeBytes();
        if (waiting.length > RECEIVER) {
            throw new StateDamagedException(
                    "the receiver of the console has " + waiting.length + " bytes, and room for " + RECEIVER);
        }
        System.arraycopy(waiting, 0, receiver, 0, waiting.length);
        received = waiting.length;
        everRead = state.takeFlag();
        credit = state.takeInt();
        columns = state.takeInt();
        rows = state.takeInt();
    }
}
