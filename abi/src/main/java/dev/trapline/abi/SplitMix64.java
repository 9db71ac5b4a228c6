package dev.trapline.abi;

/// The generator behind everything that follows from a machine's seed: SplitMix64 (Steele, Lea and Flood, 2014). It is
/// written out here, since its output is part of what a recording means.
public final class SplitMix64 {

    private static final long GAMMA = 0x9e37_79b9_7f4a_7c15L;

    private long state;

    public SplitMix64(long seed) {
        this.state = seed;
    }

    /// A generator for one question: the same seed and the same key give the same numbers.
    ///
    /// @param key what tells the question from others; the order counts
    public static SplitMix64 of(long seed, long... key) {
        SplitMix64 generator = new SplitMix64(seed);
        for (long part : key) {
            generator.state = generator.next() ^ part;
        }
        return new SplitMix64(generator.next());
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
