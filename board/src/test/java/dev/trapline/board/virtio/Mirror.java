package dev.trapline.board.virtio;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;

/// Copies what it reads of a chain to what it can write of it.
final class Mirror implements VirtioFunction {

    int handled;

    @Override
    public String name() {
        return "mirror";
    }

    @Override
    public int id() {
        return 42;
    }

    @Override
    public long features() {
        return 0;
    }

    @Override
    public int queues() {
        return 2;
    }

    @Override
    public int queueSize() {
        return GuestDriver.SIZE;
    }

    @Override
    public Bytes config() {
        return Bytes.copyOf(new byte[] {1, 2, 3, 4, 5});
    }

    @Override
    public void handle(int index, VirtQueue queue) throws QueueFault {
        for (Chain chain = queue.take(); chain != null; chain = queue.take()) {
            handled++;
            byte[] bytes = new byte[(int) Math.min(chain.readableLeft(), chain.writableLeft())];
            chain.read(bytes, 0, bytes.length);
            chain.write(bytes, 0, bytes.length);
            queue.give(chain);
        }
    }

    @Override
    public void save(StateWriter state) {
        state.put(handled);
    }

    @Override
    public void load(StateReader state) {
        handled = state.takeInt();
    }
}
