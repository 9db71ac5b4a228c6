package dev.trapline.machine.choice;

import dev.trapline.abi.history.JournalRecord.Stop;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.policy.Policy;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Requests of other threads to a running machine. They are taken between slices, and recorded.
public final class Requests {

    private final AtomicReference<Stop.@Nullable Reason> stop = new AtomicReference<>();
    private final AtomicReference<Runnable> stopped = new AtomicReference<>(() -> {});
    private final Queue<Policy> policies = new ConcurrentLinkedQueue<>();
    private final Queue<Injection> injections = new ConcurrentLinkedQueue<>();

    /// Asks for the end; the first reason counts.
    public void askToStop(Stop.Reason reason) {
        stop.compareAndSet(null, reason);
        stopped.get().run();
    }

    /// Sets what is called after each request to end, on any thread.
    void onStop(Runnable callback) {
        stopped.set(callback);
    }

    /// The reason of the request to end; null if there is none.
    Stop.@Nullable Reason stopAsked() {
        return stop.get();
    }

    /// Requests a new policy. All requests take effect, in order.
    public void reconfigure(Policy policy) {
        policies.add(policy);
    }

    /// The next requested policy; null if there is none.
    @Nullable
    Policy nextPolicy() {
        return policies.poll();
    }

    /// Requests an injection.
    public void inject(Injection what) {
        injections.add(what);
    }

    /// The next requested injection; null if there is none.
    @Nullable
    Injection nextInjection() {
        return injections.poll();
    }
}
