package dev.trapline.machine.firmware;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Knows which service of a machine is running. A service is the user's own code, and may never return. It cannot be
/// interrupted from outside, but another thread can take over the machine while the service runs.
///
/// The machine's thread enters and leaves the gate at every call. The thread that takes over sees everything that the
/// machine's thread did before it entered. The machine's thread is stopped when it leaves, so that two threads never
/// touch the machine.
public final class ServiceGate {

    private static final String TAKEN = new String("taken over");

    private static final VarHandle INSIDE;

    static {
        try {
            INSIDE = MethodHandles.lookup().findVarHandle(ServiceGate.class, "inside", String.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// Of a machine of this process whose service is running, or was when it was looked at: the one that came
    /// first.
    private static final AtomicReference<@Nullable ServiceGate> BUSY = new AtomicReference<>();

    @SuppressWarnings("unused") // Written through INSIDE.
    private volatile @Nullable String inside;

    private @Nullable Thread thread;

    /// How often a service was entered.
    private long entries;

    /// The gates of this process.
    private static final List<WeakReference<ServiceGate>> ALL = new CopyOnWriteArrayList<>();

    public ServiceGate() {
        ALL.removeIf(gate -> gate.refersTo(null));
        ALL.add(new WeakReference<>(this));
    }

    /// What the machine's thread is stopped by when it comes out of a service that was not waited for.
    public static final class TakenOver extends Error {

        private static final long serialVersionUID = 1L;

        private TakenOver() {
            super("the machine did not wait for its service", null, false, false);
        }
    }

    void enter(String service) {
        thread = Thread.currentThread();
        entries++;
        INSIDE.setRelease(this, service);
        ServiceGate busy = BUSY.getPlain();
        if (busy != this && (busy == null || busy.service() == null)) {
            BUSY.set(this);
        }
    }

    /// A service that is running in a machine of this process; null if none is. For any thread, and where there is
    /// no memory left: allocates nothing.
    public static @Nullable String anyService() {
        ServiceGate busy = BUSY.get();
        return busy == null ? null : busy.service();
    }

    /// An interrupt that the service has caused ends here: it is not for the machine, whose next wait or write
    /// would fail by it.
    ///
    /// @throws TakenOver if the machine was taken over meanwhile
    void leave(String service) {
        Thread.interrupted();
        if (!INSIDE.compareAndSet(this, service, null)) {
            throw new TakenOver();
        }
    }

    /// The service that is running; null if none is. For any thread.
    public @Nullable String service() {
        String seen = inside;
        return sameAsTaken(seen) ? null : seen;
    }

    // Only the mark itself is the mark, whatever a service is called.
    @SuppressWarnings("ReferenceEquality")
    private static boolean sameAsTaken(@Nullable String seen) {
        return seen == TAKEN;
    }

    /// Which call of a service is running: a number that no earlier call of this machine had; -1 if none is. For
    /// any thread.
    public long call() {
        String seen = service();
        long call = entries;
        return seen == null ? -1 : call;
    }

    /// Which call of a service a thread is executing: see [#call]. -1 if it is not the thread of a machine, or
    /// executes none.
    public static long callOf(Thread thread) {
        for (WeakReference<ServiceGate> each : ALL) {
            ServiceGate gate = each.get();
            // The thread may have been that of another machine before.
            if (gate != null && thread.equals(gate.thread) && gate.call() >= 0) {
                return gate.call();
            }
        }
        return -1;
    }

    /// The stack of the running service, innermost call first; empty if none is running. Thread-safe.
    public List<StackTraceElement> stack() {
        Thread working = service() == null ? null : thread;
        return working == null ? List.of() : List.of(working.getStackTrace());
    }

    /// Takes the machine over, if a service is running. For any thread.
    ///
    /// @return the service; null if none is running, or somebody else was first: then nothing has changed
    public @Nullable String takeOver() {
        String seen = service();
        return seen != null && INSIDE.compareAndSet(this, seen, TAKEN) ? seen : null;
    }
}
