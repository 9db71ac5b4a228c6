package dev.trapline.machine;

import dev.trapline.abi.history.JournalRecord.Stop;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.policy.Policy;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// What a running machine and other threads say to each other: a flag and policies in, figures out. Nothing here
/// decides what the machine does, but what comes in, and that is read between slices and journaled.
public final class Controls {

    private final AtomicReference<Stop.@Nullable Reason> stop = new AtomicReference<>();
    private final Queue<Policy> policies = new ConcurrentLinkedQueue<>();
    private final Queue<Injection> injections = new ConcurrentLinkedQueue<>();
    private final AtomicLong virtualTime = new AtomicLong();
    private final AtomicLong slices = new AtomicLong();
    private final AtomicLong hypercalls = new AtomicLong();
    private volatile boolean consoleRead;
    private volatile @Nullable Takeover takeover;

    /// How a machine ends whose own thread does not come back from a service.
    public interface Takeover {

        /// Ends the run.
        ///
        /// @param trace where the service has come to
        void end(RunOutcome how, String trace);

        /// What the run came to.
        ///
        /// @param storageFailure why the recording could not be closed; null if it could
        RunReport report(@Nullable String storageFailure);
    }

    /// Says how the machine ends then.
    public void onTakeover(Takeover how) {
        takeover = how;
    }

    /// Null if the machine has not begun.
    public @Nullable Takeover takeover() {
        return takeover;
    }

    /// Asks for the end; the first reason counts.
    public void askToStop(Stop.Reason reason) {
        stop.compareAndSet(null, reason);
    }

    /// Who asked for the end; null if nobody did.
    Stop.@Nullable Reason stopAsked() {
        return stop.get();
    }

    /// Asks for another policy; each is put in force, in the order asked.
    public void reconfigure(Policy policy) {
        policies.add(policy);
    }

    /// The next policy that was asked for; null if there is none.
    @Nullable
    Policy nextPolicy() {
        return policies.poll();
    }

    /// Asks for an injection.
    public void inject(Injection what) {
        injections.add(what);
    }

    /// The next injection that was asked for; null if there is none.
    @Nullable
    Injection nextInjection() {
        return injections.poll();
    }

    /// Shows other threads how far the machine is. They may see it a little late.
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

    /// Whether the guest has taken a byte of console input.
    public boolean isConsoleRead() {
        return consoleRead;
    }
}
