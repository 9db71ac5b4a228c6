package dev.trapline.machine;

import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.board.bus.Device;
import dev.trapline.board.bus.Line;
import java.util.ArrayList;
import java.util.List;

/// A device that raises its line for one tick at given times.
final class Bell implements Device {

    final Line line = new Line("bell");

    /// When it was notified of these times.
    final List<Long> rang = new ArrayList<>();

    /// How often it was reset.
    int resets;

    private final List<Long> times = new ArrayList<>();

    Bell(long... times) {
        for (long time : times) {
            ringAt(time);
        }
    }

    /// Adds a time, later than all others: also during a slice, as an access of the guest does.
    void ringAt(long time) {
        times.add(time);
        times.add(time + 1);
    }

    @Override
    public String name() {
        return "bell";
    }

    @Override
    public long size() {
        return 8;
    }

    @Override
    public long deadline() {
        return times.isEmpty() ? NEVER : times.getFirst();
    }

    @Override
    public void timePasses(long now) {
        while (deadline() <= now) {
            times.removeFirst();
            line.drive(times.size() % 2 == 1);
            if (line.isHigh()) {
                rang.add(now);
            }
        }
    }

    @Override
    public long read(long offset, int size) {
        return 0;
    }

    @Override
    public void write(long offset, int size, long value) {}

    @Override
    public void reset() {
        resets++;
        times.clear();
        line.drive(false);
    }

    @Override
    public void save(StateWriter state) {}

    @Override
    public void load(StateReader state) {}
}
