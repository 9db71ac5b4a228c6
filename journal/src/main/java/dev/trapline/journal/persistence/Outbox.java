package dev.trapline.journal.persistence;

import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.history.RecordingException.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The queue between the machine's thread, which fills it, and the journal writer, which empties it. It holds the
/// events that are on their way, and knows which have arrived.
///
/// ```text
///  machine's thread               any thread                    journal writer
///  offer ───────▶ [ e e e e ] ────────────────────▶ takeAll, persist, acknowledge
///  hasCredit ◀── outstanding < window ◀──────────────────────────────┘
/// ```
///
/// An event that the writer has taken stays here until it is acknowledged. After a failed or ambiguous write, a new
/// writer reports the content of the store ([#opened]), and takes the other events again: nothing is lost, and nothing
/// is stored twice.
final class Outbox {

    /// One slice may cause a segment or two after credit was checked. More than that is a defect.
    private static final int SLACK = 8;

    private final int window;
    private final Queue<JournalEvent> waiting = new ConcurrentLinkedQueue<>();
    /// Taken and not acknowledged, oldest first: the first one has the sequence number after the acknowledged ones.
    private final ArrayDeque<JournalEvent> taken = new ArrayDeque<>();
    /// Taken by a writer that failed, and not in the store.
    private final List<JournalEvent> again = new ArrayList<>();
    private final AtomicInteger outstanding = new AtomicInteger();
    private final AtomicBoolean starved = new AtomicBoolean();
    private final AtomicBoolean told = new AtomicBoolean();
    private volatile Runnable callback = () -> {};
    private volatile @Nullable String failure;
    /// No writer has the store open. In the beginning none has.
    private volatile boolean paused = true;
    private final AtomicLong acknowledged;

    /// @param window how many events may be on their way
    /// @param stored the sequence number of what is stored already
    Outbox(int window, long stored) {
        this.window = window;
        this.acknowledged = new AtomicLong(stored);
    }

    /// Hands over an event.
    ///
    /// @return whether the writer must be notified: not if it was notified and has not looked yet
    /// @throws IllegalStateException if it is handed over without credit: it is not taken
    boolean offer(JournalEvent event) {
        if (outstanding.incrementAndGet() > window + SLACK) {
            outstanding.decrementAndGet();
            throw new IllegalStateException("more than " + (window + SLACK)
                    + " segments are waiting to be written: the machine continued without credit");
        }
        waiting.add(event);
        return !told.getAndSet(true);
    }

    boolean hasCredit() {
        if (failure != null) {
            return false;
        }
        if (isRoom()) {
            return true;
        }
        starved.set(true);
        // Credit may have arrived between the two checks, before the machine began to wait for its callback.
        return isRoom();
    }

    /// A machine begins when its recording's header is stored: whatever ends its process then leaves a recording
    /// that can be read.
    private boolean isRoom() {
        return !paused && acknowledged.get() > 0 && outstanding.get() < window;
    }

    /// Whether nothing more can be handed over for the time being.
    boolean isFull() {
        return failure == null && !isRoom();
    }

    void onCredit(Runnable listener) {
        callback = listener;
        if (failure != null) {
            listener.run();
        }
    }

    @Nullable
    String failure() {
        return failure;
    }

    /// The sequence number of the last event that is stored.
    long acknowledged() {
        return acknowledged.get();
    }

    /// Nothing can be stored at the moment: there is no credit until a writer has [#opened] the store again.
    void pause() {
        paused = true;
    }

    /// Whether no writer has opened the store since it was said to be out of reach.
    boolean isPaused() {
        return paused;
    }

    /// Whether a writer has the store open and nothing is left to be stored.
    boolean isDrained() {
        return !paused && outstanding.get() == 0;
    }

    /// A writer begins: what the store holds of the events that are on their way counts as acknowledged, and the
    /// rest is to be taken again.
    ///
    /// @param stored the highest sequence number in the store
    /// @throws RecordingException of kind DAMAGED if the store has lost what it had acknowledged, or has what it
    ///     was never given
    synchronized void opened(long stored) {
        long before = acknowledged.get();
        long arrived = stored - before;
        if (arrived < 0 || arrived > taken.size()) {
            throw new RecordingException(
                    Kind.DAMAGED,
                    "the store holds " + stored + " events where it should hold " + before
                            + (taken.isEmpty() ? "" : " to " + (before + taken.size()))
                            + ": it has been recorded to before, or has lost what it had stored");
        }
        settle((int) arrived);
        again.addAll(taken);
        taken.clear();
        paused = false;
        // A machine that waits may continue: if there is no room after all, its next attempt finds out.
        wakeStarved();
    }

    /// All events that are to be written, oldest first: what did not arrive the last time, then what is new.
    synchronized List<JournalEvent> takeAll() {
        List<JournalEvent> more = new ArrayList<>(again);
        again.clear();
        told.set(false);
        for (JournalEvent next = waiting.poll(); next != null; next = waiting.poll()) {
            more.add(next);
        }
        taken.addAll(more);
        return more;
    }

    /// So many events are stored.
    synchronized void acknowledge(int events) {
        settle(events);
        wakeStarved();
    }

    private void settle(int events) {
        for (int i = 0; i < events; i++) {
            taken.remove();
        }
        acknowledged.addAndGet(events);
        outstanding.addAndGet(-events);
    }

    private void wakeStarved() {
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
