package dev.trapline.machine;

import dev.trapline.abi.machine.RunOutcome;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What a running machine shows to other threads: how far it is, and how it is ended if its own thread does not come
/// back. Nothing here decides what the machine does.
public final class Controls {

    private final AtomicLong virtualTime = new AtomicLong();
    private final AtomicLong slices = new AtomicLong();
    private final AtomicLong hypercalls = new AtomicLong();
    private volatile boolean consoleRead;
    private volatile @Nullable Takeover takeover;

    /// Ends a machine whose own thread does not return from a service.
    public interface Takeover {

        /// Ends the run.
        ///
        /// @param trace the stack of the service
        void end(RunOutcome how, String trace);

        /// What the run came to.
        ///
        /// @param storageFailure why the recording could not be closed; null if it could
        RunReport report(@Nullable String storageFailure);
    }

    /// Sets how the machine ends in that case.
    public void onTakeover(Takeover how) {
        takeover = how;
    }

    /// Null if the machine has not begun.
    public @Nullable Takeover takeover() {
        return takeover;
    }

    /// Publishes the machine's progress to other threads, which may see it a little late.
    void publish(long newVirtualTime, long newSlices, long newHypercalls, boolean newConsoleRead) {
        virtualTime.lazySet(newVirtualTime);
        slices.lazySet(newSlices);
        hypercalls.lazySet(newHypercalls);
        if (newConsoleRead && !consoleRead) {
            consoleRead = true;
        }
    }

    public Progress progress() {
        return new Progress(virtualTime.get(), slices.get(), hypercalls.get());
    }

    /// Whether the guest has read a byte of console input.
    public boolean isConsoleRead() {
        return consoleRead;
    }
}
