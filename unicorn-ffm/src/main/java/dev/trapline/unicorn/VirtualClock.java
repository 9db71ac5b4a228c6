package dev.trapline.unicorn;

/// What time it is for the guest: set at the beginning of a slice, one more with each look at it.
final class VirtualClock {

    private long now;
    private long reads;

    void beginSlice(long ticks) {
        now = ticks;
        reads = 0;
    }

    /// The counter as the guest sees it when it looks.
    long read() {
        return now + reads++;
    }

    /// The counter without anybody looking, for what a write starts.
    long peek() {
        return now + reads;
    }

    long reads() {
        return reads;
    }
}
