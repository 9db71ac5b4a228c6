package dev.trapline.launcher.process;

import dev.trapline.abi.file.Waiting;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.Terminal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.function.Supplier;

/// The limit of host time of a command (`--timeout`), before there is a run that could be stopped. What waits for
/// others until then is under it: pipes that somebody has to write, a database, a library of the user's, plugins.
/// What Trapline does by itself is not, so that a busy machine takes nothing from the guest.
public final class TimeLimit implements Waiting {

    private final Terminal terminal;
    private Duration limit = Duration.ZERO;
    private long waitedNanos;

    public TimeLimit(Terminal terminal) {
        this.terminal = terminal;
    }

    /// Says what it is. What was waited for up to now counts.
    ///
    /// @param timeout zero for none
    public void set(Duration timeout) {
        limit = timeout;
    }

    /// Waits. Where that takes longer than the limit the process ends: with grace, since what is slow is not what
    /// never comes.
    @Override
    public <T> T during(String what, Wait<T> wait) throws IOException {
        long begin = System.nanoTime();
        try (Watch _ = watch(() -> end(", while it waited for " + what + Interruption.whereHeld()))) {
            return wait.result();
        } finally {
            waitedNanos += System.nanoTime() - begin;
        }
    }

    /// As above, for what throws no [IOException].
    public <T> T waitingFor(String what, Supplier<T> work) {
        try {
            return during(what, work::get);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Does what Trapline does by itself and with services: only one of these that is at work at the limit ends the
    /// process, and the time is not counted.
    public <T> T withServices(Supplier<T> work) {
        Runnable atLimit = () -> {
            String held = Interruption.whereHeld();
            if (!held.isEmpty()) {
                end(held);
            }
        };
        try (Watch _ = watch(atLimit)) {
            return work.get();
        }
    }

    /// What is left of it: at least a little, and zero only where there is none.
    public Duration left() {
        return limit.isZero() ? limit : Duration.ofNanos(Math.max(1, limit.toNanos() - waitedNanos));
    }

    /// Something that happens at the limit, unless it is closed before.
    private interface Watch extends AutoCloseable {
        @Override
        void close();
    }

    private Watch watch(Runnable atLimit) {
        if (limit.isZero()) {
            return () -> {};
        }
        Thread thread = Interruption.inBackground(atLimit, left().toMillis() + Interruption.GRACE_MILLIS);
        return thread::interrupt;
    }

    private void end(String where) {
        Ending ending =
                new Ending(Ending.LIMIT, "limit", "the limit of --timeout was reached before the run began" + where);
        Interruption.end(ending, terminal.json(), terminal.err());
    }
}
