package dev.trapline.board.virtio;

import dev.trapline.abi.SplitMix64;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;

/// Bytes that follow from a seed and from the number of requests before. They are not secret.
public final class SeededBytes implements EntropyBytes {

    /// Keeps the bytes apart from what else follows from the same seed: the letters `virtiorn`.
    private static final long STREAM = 0x7669_7274_696f_726eL;

    private final long seed;
    private long requests;

    /// @param seed of the machine, for example
    public SeededBytes(long seed) {
        this.seed = seed;
    }

    @Override
    public void fill(byte[] bytes) {
        SplitMix64 numbers = SplitMix64.of(seed ^ STREAM, requests++);
        long number = 0;
        for (int k = 0; k < bytes.length; k++) {
            number = k % Long.BYTES == 0 ? numbers.next() : number >>> Byte.SIZE;
            bytes[k] = (byte) number;
        }
    }

    @Override
    public void save(StateWriter state) {
        state.put(requests);
    }

    @Override
    public void load(StateReader state) {
        requests = state.take();
    }
}
