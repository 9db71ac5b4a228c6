package dev.trapline.board.cpu;

import java.util.function.LongSupplier;

/// The guest's clock: the virtual time at the beginning of the slice plus one tick for each instruction since then, but
/// never less than a value that a CPU of the machine has already read.
public final class VirtualClock {

    private final LongSupplier completed;
    private long now;
    private long shown;

    /// Creates a clock at time 0.
    ///
    /// @param completed the number of instructions of the slice before the one that reads the clock
    public VirtualClock(LongSupplier completed) {
        this.completed = completed;
    }

    /// Sets it to the time at which a slice begins.
    ///
    /// @param ticks virtual time
    /// @param highest the highest value that a CPU has read before
    public void beginSlice(long ticks, long highest) {
        now = ticks;
        shown = highest;
    }

    /// The counter, for a read by the guest.
    public long read() {
        shown = peek();
        return shown;
    }

    /// The counter without a read by the guest, for a write that starts a timer or counter.
    public long peek() {
        return Math.max(now + completed.getAsLong(), shown);
    }

    /// The highest value that a CPU has read.
    public long shown() {
        return shown;
    }
}
