package dev.trapline.machine.choice;

import dev.trapline.abi.history.JournalRecord.Stop;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.policy.Policy;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// What other threads ask of a running machine. It is taken between slices, and journaled.
public final class Requests {

    private final AtomicReference<Stop.@Nullable Reason> stop = new AtomicReference<>();
    private final Queue<Policy> policies = new ConcurrentLinkedQueue<>();
    private final Queue<Injection> injections = new ConcurrentLinkedQueue<>();

    /// Asks for the end; the first reason counts.
    public void askToStop(Stop.Reason reason) {
        stop.compareAndSet(null, reason);
    }

    /// Why the end was asked for; null if it was not.
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
}
