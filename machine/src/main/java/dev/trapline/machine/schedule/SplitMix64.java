package dev.trapline.machine.schedule;

/// The generator behind the random schedule: SplitMix64 (Steele, Lea and Flood, 2014). Its output is part of what a
/// recording means, so it is written out here and named in the recording's header.
public final class SplitMix64 {

    /// Name and version, as a recording names it. A change of the sequence is a new version.
    public static final String NAME = "splitmix64/1";

    private static final long GAMMA = 0x9e37_79b9_7f4a_7c15L;

    private long state;

    public SplitMix64(long seed) {
        this.state = seed;
    }

    /// Where it is in its sequence.
    long state() {
        return state;
    }

    /// Goes on from where [#state] was this.
    void goTo(long newState) {
        state = newState;
    }

    /// The next 64 bits.
    public long next() {
        state += GAMMA;
        long z = state;
        z = (z ^ (z >>> 30)) * 0xbf58_476d_1ce4_e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d0_49bb_1331_11ebL;
        return z ^ (z >>> 31);
    }

    /// A number from 0 to `bound` - 1.
    ///
    /// @param bound 1 or more; far below 2^63, so that the bias of the multiplication does not matter
    public long below(long bound) {
        return Math.unsignedMultiplyHigh(next(), bound);
    }
}
