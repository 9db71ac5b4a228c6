package dev.trapline.board.bus;

import java.util.ArrayList;
import java.util.List;

/// An interrupt output of a device: high while the device asks for attention.
///
/// The device drives it, within a slice or between two. Listeners are told at once of each change, on the
/// machine's thread, and must depend on nothing but its own state.
public final class Line {

    /// Is notified of a line's changes.
    @FunctionalInterface
    public interface Listener {
        /// The level has changed.
        ///
        /// @param high the new level
        void changed(Line line, boolean high);
    }

    private final String name;
    private final List<Listener> listeners = new ArrayList<>();
    private boolean high;

    /// A line that is low, and to which nobody listens.
    ///
    /// @param name for people: `pl011 UARTINTR`
    public Line(String name) {
        this.name = name;
    }

    /// Its name, for people.
    public String name() {
        return name;
    }

    /// Whether it is high.
    public boolean isHigh() {
        return high;
    }

    /// Has somebody told of each change from now on, after those who listen already.
    public void listen(Listener listener) {
        listeners.add(listener);
    }

    /// Drives it. To drive it to the level that it has changes nothing, and tells nobody.
    public void drive(boolean level) {
        if (level != high) {
            high = level;
            for (Listener listener : listeners) {
                listener.changed(this, level);
            }
        }
    }

    /// Has the level that goes with a state that was loaded. Nobody is told: who listens has loaded its own state.
    public void restore(boolean level) {
        high = level;
    }

    @Override
    public String toString() {
        return name + (high ? " (high)" : " (low)");
    }
}
