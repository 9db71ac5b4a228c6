package dev.trapline.abi.firmware;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Memory that is set aside for the end of a process in which a service has taken all the rest: to say so, and to close
/// the recording.
///
/// Memory is the process's, and so is this: there is one.
public final class MemoryReserve {

    private static final int BYTES = 8 << 20;

    private static final AtomicReference<byte @Nullable []> RESERVE = new AtomicReference<>();

    /// The service that was the first to find no memory, by its name.
    private static final AtomicReference<@Nullable String> FINDER = new AtomicReference<>();

    private MemoryReserve() {}

    /// Sets it aside, if it is not yet, and loads what is needed until it is given back: to load a class takes
    /// memory.
    public static void take() {
        if (RESERVE.get() == null && RESERVE.compareAndSet(null, new byte[BYTES])) {
            ServiceFailure.prepare();
        }
    }

    /// Gives it back, for whatever is left to do.
    public static void release() {
        RESERVE.set(null);
    }

    /// As above, because a service has found no memory.
    static void releaseFor(String service) {
        release();
        FINDER.compareAndSet(null, service);
    }

    /// The service that was the first in this process to find no memory: most likely it has taken all. Null if none
    /// was.
    public static @Nullable String finder() {
        return FINDER.get();
    }
}
