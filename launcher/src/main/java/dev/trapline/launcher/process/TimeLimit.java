package dev.trapline.launcher.process;

import dev.trapline.abi.file.Waiting;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.Terminal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.function.Supplier;

/// The time limit of a command (`--timeout`) before there is a run to stop. Until then, it limits only waits for
/// others: pipes that another program writes, a database, a library of the user, plugins. Trapline's own work does not
/// count, so that a busy host takes no time from the guest.
public final class TimeLimit implements Waiting {

    private final Terminal terminal;
    private Duration limit = Duration.ZERO;
    private long waitedNanos;

    public TimeLimit(Terminal terminal) {
        this.terminal = terminal;
    }

    /// Sets the limit. Waits so far count.
    ///
    /// @param timeout zero for none
    public void set(Duration timeout) {
        limit = timeout;
    }

    /// Waits. If that takes longer than the limit, the process ends, after a grace period, because a slow reply may
    /// still come.
    @Override
    public <T> T during(String what, Wait<T> wait) throws IOException {
        long begin = System.nanoTime();
        try (Interruption.Pending _ = watch(() -> end(", while it waited for " + what + Interruption.whereHeld()))) {
            return wait.result();
        } finally {
            waitedNanos += System.nanoTime() - begin;
        }
    }

    /// As above, for work that throws no [IOException].
    public <T> T waitingFor(String what, Supplier<T> work) {
        try {
            return during(what, work::get);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Runs work of Trapline that calls services. The process ends at the limit only if a service is running then.
    /// The time does not count.
    public <T> T withServices(Supplier<T> work) {
        Runnable atLimit = () -> {
            String held = Interruption.whereHeld();
            if (!held.isEmpty()) {
                end(held);
            }
        };
        try (Interruption.Pending _ = watch(atLimit)) {
            return work.get();
        }
    }

    /// The time that is left: always more than zero if there is a limit, and zero if there is none.
    public Duration left() {
        return limit.isZero() ? limit : Duration.ofNanos(Math.max(1, limit.toNanos() - waitedNanos));
    }

    /// An action at the limit, unless it is closed first.
    private Interruption.Pending watch(Runnable atLimit) {
        return limit.isZero()
                ? () -> {}
                : Interruption.inBackground(atLimit, left().toMillis() + Interruption.GRACE_MILLIS);
    }

    private void end(String where) {
        Ending ending =
                new Ending(Ending.LIMIT, "limit", "the limit of --timeout was reached before the run began" + where);
        Interruption.end(ending, terminal.json(), terminal.lastWords());
    }
}
