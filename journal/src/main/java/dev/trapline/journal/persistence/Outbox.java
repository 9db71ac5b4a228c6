package dev.trapline.journal.persistence;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// What stands between the machine's thread, which fills it, and the journal writer, which empties it: the window of
/// events that are on their way, and the news whether they arrived.
///
/// ```text
///  machine's thread               any thread                    journal writer
///  offer ───────▶ [ e e e e ] ────────────────────▶ takeAll, persist, acknowledge
///  hasCredit ◀── outstanding < window ◀──────────────────────────────┘
/// ```
final class Outbox {

    /// One slice may bring about a segment or two after credit was asked for. Anything beyond is a defect.
    private static final int SLACK = 8;

    private final int window;
    private final Queue<JournalEvent> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger outstanding = new AtomicInteger();
    private final AtomicBoolean starved = new AtomicBoolean();
    private final AtomicBoolean told = new AtomicBoolean();
    private volatile Runnable callback = () -> {};
    private volatile @Nullable String failure;

    /// @param window how many events may be on their way
    Outbox(int window) {
        this.window = window;
    }

    /// Hands over an event.
    ///
    /// @return whether the writer has to be told: not if it has been told and has not looked yet
    /// @throws IllegalStateException if it is handed over without credit: it is not taken
    boolean offer(JournalEvent event) {
        if (outstanding.incrementAndGet() > window + SLACK) {
            outstanding.decrementAndGet();
            throw new IllegalStateException("more than " + (window + SLACK)
                    + " segments are waiting to be written: the machine went on without credit");
        }
        waiting.add(event);
        return !told.getAndSet(true);
    }

    boolean hasCredit() {
        if (failure != null) {
            return false;
        }
        if (outstanding.get() < window) {
            return true;
        }
        starved.set(true);
        // Credit may have come between the two looks, and its callback gone before anybody was starved.
        return outstanding.get() < window;
    }

    void onCredit(Runnable whom) {
        callback = whom;
        if (failure != null) {
            whom.run();
        }
    }

    @Nullable
    String failure() {
        return failure;
    }

    List<JournalEvent> takeAll() {
        List<JournalEvent> taken = new ArrayList<>();
        told.set(false);
        for (JournalEvent next = waiting.poll(); next != null; next = waiting.poll()) {
            taken.add(next);
        }
        return taken;
    }

    /// So many events are stored.
    void acknowledge(int events) {
        outstanding.addAndGet(-events);
        if (starved.getAndSet(false)) {
            callback.run();
        }
    }

    /// Nothing more can be stored. The first reason counts.
    void fail(String reason) {
        if (failure == null) {
            failure = reason;
            callback.run();
        }
    }
}
