package dev.trapline.board.virtio;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateDamagedException;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import java.util.ArrayDeque;
import java.util.Deque;

/// Frames that wait, each with a time, in the order in which they were added. It holds [#MOST]; further ones are
/// dropped, and counted.
final class FrameQueue implements Snapshot {

    /// The most frames that it holds.
    static final int MOST = 256;

    /// @param due a time that the owner gives a meaning, in ticks
    record Waiting(long due, Bytes frame) {}

    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private long dropped;

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    boolean hasRoom() {
        return waiting.size() < MOST;
    }

    /// Adds a frame, if there is room.
    void add(long due, Bytes frame) {
        if (hasRoom()) {
            waiting.add(new Waiting(due, frame));
        } else {
            drop();
        }
    }

    /// Counts a frame that its owner drops.
    void drop() {
        dropped++;
    }

    /// How many frames were dropped.
    long dropped() {
        return dropped;
    }

    /// The first one. There must be one.
    Waiting first() {
        return waiting.getFirst();
    }

    /// Removes the first one. There must be one.
    Bytes remove() {
        return waiting.removeFirst().frame();
    }

    void clear() {
        waiting.clear();
    }

    @Override
    public void save(StateWriter state) {
        state.put(dropped);
        state.putCount(waiting.size());
        for (Waiting one : waiting) {
            state.put(one.due());
            state.putBytes(one.frame().toArray());
        }
    }

    @Override
    public void load(StateReader state) {
        waiting.clear();
        dropped = state.take();
        int count = state.takeCount(Long.BYTES + Integer.BYTES);
        if (count > MOST) {
            throw new StateDamagedException(count + " frames wait, and at most " + MOST + " can");
        }
        for (int left = count; left > 0; left--) {
            long due = state.take();
            Bytes frame = Bytes.copyOf(state.takeBytes());
            if (!JournalRecord.Frame.isFrame(frame.size())) {
                throw new StateDamagedException("a frame that waits has " + frame.size() + " bytes");
            }
            waiting.add(new Waiting(due, frame));
        }
    }
}
