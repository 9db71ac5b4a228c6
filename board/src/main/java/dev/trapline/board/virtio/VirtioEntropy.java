package dev.trapline.board.virtio;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;

/// An entropy device (VIRTIO 1.2 §5.4). Its state is that of its source.
public final class VirtioEntropy implements VirtioFunction {

    /// The most bytes that it gives for one request. A driver that asks for more gets so many (§5.4.6.2).
    public static final int MOST_BYTES = 256;

    private static final int ID = 4;
    private static final int QUEUE_SIZE = 8;

    private final EntropyBytes source;

    /// @param source belongs to this device; asked once for each request that has room, for 1 to [#MOST_BYTES]
    ///     bytes
    public VirtioEntropy(EntropyBytes source) {
        this.source = source;
    }

    @Override
    public String name() {
        return "virtio-entropy";
    }

    @Override
    public int id() {
        return ID;
    }

    @Override
    public long features() {
        return 0;
    }

    @Override
    public int queues() {
        return 1;
    }

    @Override
    public int queueSize() {
        return QUEUE_SIZE;
    }

    @Override
    public Bytes config() {
        return Bytes.EMPTY;
    }

    @Override
    public void handle(int index, VirtQueue queue) throws QueueFault {
        for (Chain chain = queue.take(); chain != null; chain = queue.take()) {
            int length = (int) Math.min(MOST_BYTES, chain.writableLeft());
            if (length > 0) {
                byte[] bytes = new byte[length];
                source.fill(bytes);
                chain.write(bytes, 0, length);
            }
            queue.give(chain);
        }
    }

    @Override
    public void save(StateWriter state) {
        source.save(state);
    }

    @Override
    public void load(StateReader state) {
        source.load(state);
    }
}
