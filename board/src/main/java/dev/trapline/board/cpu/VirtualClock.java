package dev.trapline.board.cpu;

import java.util.function.LongSupplier;

/// What time it is for the guest: the virtual time of its slice's beginning and one tick for each instruction since,
/// but never less than what any CPU of its machine has been shown.
public final class VirtualClock {

    private final LongSupplier completed;
    private long now;
    private long shown;

    /// A clock that stands at 0.
    ///
    /// @param completed how many instructions of the slice are done before the one that looks at the time
    public VirtualClock(LongSupplier completed) {
        this.completed = completed;
    }

    /// Sets it to the time at which a slice begins.
    ///
    /// @param ticks virtual time
    /// @param highest what any CPU has been shown before
    public void beginSlice(long ticks, long highest) {
        now = ticks;
        shown = highest;
    }

    /// The counter as the guest sees it when it looks.
    public long read() {
        shown = peek();
        return shown;
    }

    /// The counter without anybody looking, for what a write starts.
    public long peek() {
        return Math.max(now + completed.getAsLong(), shown);
    }

    /// The highest value that any CPU has been shown.
    public long shown() {
        return shown;
    }
}
