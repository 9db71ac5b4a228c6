package dev.trapline.firmware.trng;

import dev.trapline.abi.Bytes;

/// The back end's identity, and the entropy at hand.
///
/// @param uuid what identifies the back end
/// @param pool drawn and not handed out yet, the oldest first; 0 to [#CAPACITY] bytes
public record TrngState(TrngUuid uuid, Bytes pool) {

    /// What the pool is filled up to: more than one call can take.
    static final int CAPACITY = 64;

    /// A state with nothing at hand.
    static TrngState empty(TrngUuid uuid) {
        return new TrngState(uuid, Bytes.EMPTY);
    }

    /// What is missing in the pool, in bytes.
    int missing() {
        return CAPACITY - pool.size();
    }

    /// The state after the oldest bytes were handed out.
    TrngState without(int bytes) {
        return new TrngState(uuid, Bytes.copyOf(pool.toArray(), bytes, pool.size()));
    }

    /// The state with as much of what was drawn as the pool holds.
    TrngState with(Bytes drawn) {
        int taken = Math.min(drawn.size(), missing());
        byte[] filled = new byte[pool.size() + taken];
        pool.copyTo(0, filled, 0, pool.size());
        drawn.copyTo(0, filled, pool.size(), taken);
        return new TrngState(uuid, Bytes.copyOf(filled));
    }
}
