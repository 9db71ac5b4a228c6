package dev.trapline.machine;

import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;

/// How far a machine has come: slices, and virtual time.
final class MachineClock {

    private long slices;
    private long now;

    /// Slices that have ended.
    long slices() {
        return slices;
    }

    /// Virtual time, in ticks.
    long now() {
        return now;
    }

    void sliceEnded(long ticks) {
        slices++;
        now += ticks;
    }

    /// Nothing can run until then.
    void passTo(long until) {
        now = until;
    }

    void save(StateWriter state) {
        state.put(slices);
        state.put(now);
    }

    void load(StateReader state) {
        slices = state.take();
        now = state.take();
    }
}
