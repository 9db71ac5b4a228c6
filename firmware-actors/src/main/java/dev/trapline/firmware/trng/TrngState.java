package dev.trapline.firmware.trng;

import dev.trapline.abi.Bytes;

/// The back end's identity, and the available entropy.
///
/// @param uuid the back end's identity
/// @param pool entropy that was drawn but not returned to the guest yet, oldest first; 0 to [#CAPACITY] bytes
public record TrngState(TrngUuid uuid, Bytes pool) {

    /// The size of a full pool, in bytes: more than one call can return.
    static final int CAPACITY = 64;

    /// A state with an empty pool.
    static TrngState empty(TrngUuid uuid) {
        return new TrngState(uuid, Bytes.EMPTY);
    }

    /// The number of bytes that the pool lacks.
    int missing() {
        return CAPACITY - pool.size();
    }

    /// The state after the oldest bytes were returned to the guest.
    TrngState without(int bytes) {
        return new TrngState(uuid, Bytes.copyOf(pool.toArray(), bytes, pool.size()));
    }

    /// The state with drawn bytes added to the pool. Bytes that do not fit are dropped.
    TrngState with(Bytes drawn) {
        int taken = Math.min(drawn.size(), missing());
        byte[] filled = new byte[pool.size() + taken];
        pool.copyTo(0, filled, 0, pool.size());
        drawn.copyTo(0, filled, pool.size(), taken);
        return new TrngState(uuid, Bytes.copyOf(filled));
    }
}
