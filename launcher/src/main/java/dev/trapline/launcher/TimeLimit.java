package dev.trapline.launcher;

import java.time.Duration;
import java.util.function.Supplier;

/// The limit of host time of a command (`--timeout`), before there is a run that could be stopped. What waits for
/// others until then is under it: pipes that somebody has to write, plugins, a database. The time that Trapline takes
/// by itself to start is not counted, so that a busy machine takes nothing from the guest.
final class TimeLimit {

    private final Terminal terminal;
    private Duration limit = Duration.ZERO;
    private long waitedNanos;

    TimeLimit(Terminal terminal) {
        this.terminal = terminal;
    }

    /// Says what it is. What was waited for up to now counts.
    ///
    /// @param timeout zero for none
    void set(Duration timeout) {
        limit = timeout;
    }

    /// Does something that may have to wait for others. Where that takes longer than the limit the process ends:
    /// with grace, since what is slow is not what never comes.
    ///
    /// @param what it is, as the end of a sentence: `while it read the configuration`
    <T> T during(String what, Supplier<T> work) {
        long begin = System.nanoTime();
        try {
            return during(() -> end(what), work);
        } finally {
            waitedNanos += System.nanoTime() - begin;
        }
    }

    /// As above, for what Trapline does by itself and with services: only one of these that is at work at the limit
    /// ends the process, and the time is not counted.
    <T> T duringServices(String what, Supplier<T> work) {
        return during(
                () -> {
                    if (!Interruption.whereHeld().isEmpty()) {
                        end(what);
                    }
                },
                work);
    }

    private <T> T during(Runnable atLimit, Supplier<T> work) {
        Thread watch = limit.isZero()
                ? null
                : Interruption.inBackground(atLimit, left().toMillis() + Interruption.GRACE_MILLIS);
        try {
            return work.get();
        } finally {
            if (watch != null) {
                watch.interrupt();
            }
        }
    }

    /// What is left of it: at least a little, and zero only where there is none.
    Duration left() {
        return limit.isZero() ? limit : Duration.ofNanos(Math.max(1, limit.toNanos() - waitedNanos));
    }

    private void end(String what) {
        Ending ending = new Ending(
                Ending.LIMIT,
                "limit",
                "the limit of --timeout was reached before the run began, " + what + Interruption.whereHeld());
        Interruption.end(ending, terminal.json(), terminal.err());
    }
}
