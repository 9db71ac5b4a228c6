package dev.trapline.board.bus;

import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import java.util.List;

/// A device for tests: an alarm clock. A guest can set the alarm time, read the time at which the round began, and stop
/// the alarm.
public class Alarm implements Device {

    /// A read returns the time at which the round began; a write sets the alarm time. Both in ticks.
    public static final long AT = 0;

    /// A read returns the number of alarms so far; a write stops the alarm.
    public static final long RANG = 8;

    private final Line line = new Line("alarm");
    private long now;
    private long at = NEVER;
    private long rang;

    @Override
    public String name() {
        return "alarm";
    }

    @Override
    public long size() {
        return 0x10;
    }

    @Override
    public List<Line> lines() {
        return List.of(line);
    }

    @Override
    public long deadline() {
        return at;
    }

    @Override
    public void timePasses(long time) {
        now = time;
        if (at <= now) {
            at = NEVER;
            rang++;
            line.drive(true);
        }
    }

    @Override
    public long read(long offset, int size) {
        return offset == AT ? now : offset == RANG ? rang : 0;
    }

    @Override
    public void write(long offset, int size, long value) {
        if (offset == AT) {
            at = value;
        } else if (offset == RANG) {
            line.drive(false);
        }
    }

    @Override
    public void reset() {
        at = NEVER;
        rang = 0;
        line.drive(false);
    }

    @Override
    public void save(StateWriter state) {
        state.put(now);
        state.put(at);
        state.put(rang);
        state.put(line.isHigh());
    }

    @Override
    public void load(StateReader state) {
        now = state.take();
        at = state.take();
        rang = state.take();
        line.restore(state.takeFlag());
    }
}
