package dev.trapline.board.bus;

import java.util.ArrayList;
import java.util.List;

/// An interrupt output of a device. It is high while the device requests an interrupt.
///
/// The device drives it, during or between slices. Listeners are notified immediately of each change, on the machine's
/// thread. A listener must depend only on its own state.
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

    /// Creates a low line without listeners.
    ///
    /// @param name its name, for messages, such as `pl011 UARTINTR`
    public Line(String name) {
        this.name = name;
    }

    /// Its name, for messages.
    public String name() {
        return name;
    }

    /// Whether it is high.
    public boolean isHigh() {
        return high;
    }

    /// Adds a listener. Listeners are notified in the order in which they were added.
    public void listen(Listener listener) {
        listeners.add(listener);
    }

    /// Sets the level. If the line already has this level, listeners are not notified.
    public void drive(boolean level) {
        if (level != high) {
            high = level;
            for (Listener listener : listeners) {
                listener.changed(this, level);
            }
        }
    }

    /// Sets the level after a state was loaded. Listeners are not notified, because they load their own state.
    public void restore(boolean level) {
        high = level;
    }

    @Override
    public String toString() {
        return name + (high ? " (high)" : " (low)");
    }
}
