package dev.trapline.launcher.process;

import dev.trapline.abi.Figures;
import dev.trapline.abi.history.JournalRecord.Stop;
import dev.trapline.abi.machine.Injection;
import dev.trapline.launcher.output.CommandException;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.GuestConsole;
import dev.trapline.launcher.output.RawTerminal;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.launcher.output.Tty;
import dev.trapline.machine.Progress;
import dev.trapline.machine.RunReport;
import dev.trapline.vcpu.MachineRun;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Attends a running machine until it ends: passes on keys, signals and the time limit, and updates the status line.
///
/// All its actions are requests, which the machine takes between two slices. So they do not harm a recording.
public final class Attendant {

    private static final long LOOK_MILLIS = 50;

    private final MachineRun run;
    private final Signals signals;
    private final GuestConsole console;
    private final Terminal terminal;
    private final boolean sized;
    private volatile boolean stopAsked;
    private volatile Stop.@Nullable Reason stopReason;
    private volatile long stopNanos;
    /// The call of a service that was running at the last look since then, and since when.
    private long heldCall = -1;

    private long heldNanos;
    private boolean givenUp;
    /// When a thread was last seen that executes the run, since the run was asked to end.
    private volatile long seenNanos;
    private Progress lastProgress = new Progress(0, 0, 0);
    private long lastStatusNanos = System.nanoTime();

    /// @param signals handles signals since before the run began
    public Attendant(MachineRun run, Signals signals, GuestConsole console, Terminal terminal) {
        this(run, signals, console, terminal, false);
    }

    /// @param signals handles signals since before the run began
    /// @param sized whether the guest sees the size of the user's terminal
    public Attendant(MachineRun run, Signals signals, GuestConsole console, Terminal terminal, boolean sized) {
        this.sized = sized;
        this.run = run;
        this.signals = signals;
        this.console = console;
        this.terminal = terminal;
    }

    /// Waits for the end of a run without console input.
    public RunReport await(Duration timeout) {
        return await(timeout, null);
    }

    /// Waits for the end of a replay. A replay takes all inputs, also a stop, from the recording. To end it early,
    /// the caller abandons it; nothing is lost, because a replay writes nothing.
    ///
    /// @throws CommandException if the command was asked to end
    public RunReport awaitReplay() {
        signals.ask(() -> stopAsked = true, () -> kill(null));
        try {
            CompletableFuture<RunReport> done = run.done().toCompletableFuture();
            while (true) {
                RunReport report = look(done, Long.MAX_VALUE);
                if (report != null) {
                    return report;
                }
                tend(null);
                Ending lack = ThreadWatch.ending();
                if (lack != null) {
                    throw CommandException.of(lack);
                }
                if (stopAsked) {
                    String service = run.runningService();
                    throw CommandException.interrupted("the replay was interrupted after "
                            + Figures.count(run.progress().slices(), "slice") + "; no divergence so far"
                            + (service == null
                                    ? ""
                                    : "; service '" + service + "' was running" + Interruption.whereHeld()));
                }
            }
        } finally {
            console.finish();
        }
    }

    /// Waits for the end, with standard input at the guest's console.
    public RunReport awaitWithInput(Duration timeout, InputStream in) {
        if (!Tty.isTerminal(Tty.STDIN)) {
            ConsoleKeys.carry(in, run, false, () -> {});
            return await(timeout, null);
        }
        if (!Tty.isForeground()) {
            return await(timeout, null);
        }
        try (RawTerminal raw = RawTerminal.open()) {
            ConsoleKeys.carry(in, run, true, () -> stop(Stop.Reason.INTERRUPTED));
            return await(timeout, raw);
        } catch (IOException e) {
            terminal.err().println("trapline: the terminal stays in line mode: " + e.getMessage());
            ConsoleKeys.carry(in, run, false, () -> {});
            return await(timeout, null);
        }
    }

    private RunReport await(Duration timeout, @Nullable RawTerminal raw) {
        Runnable ifHeldHere = endIfHeld(Thread.currentThread());
        signals.ask(
                () -> {
                    stop(Stop.Reason.INTERRUPTED);
                    Interruption.inBackground(ifHeldHere, 2 * Interruption.GRACE_MILLIS);
                },
                () -> kill(raw));
        Interruption.atLast(this::closeAtLast);
        try {
            CompletableFuture<RunReport> done = run.done().toCompletableFuture();
            long deadline = timeout.isZero() ? Long.MAX_VALUE : System.nanoTime() + timeout.toNanos();
            boolean limited = !timeout.isZero();
            while (true) {
                long now = System.nanoTime();
                if (limited && now - deadline >= 0) {
                    limited = false;
                    stop(Stop.Reason.TIMEOUT);
                }
                RunReport report = look(done, limited ? deadline - now : Long.MAX_VALUE);
                if (report != null) {
                    return report;
                }
                tend(raw);
                giveUpIfHeld();
                giveUpForLackOfThreads();
            }
        } finally {
            Interruption.atLast(() -> {});
            console.finish();
        }
    }

    /// The thread that attends the run may get into the code of a plugin, too, which has replaced something of the
    /// JDK's.
    private Runnable endIfHeld(Thread attending) {
        return () -> {
            if (RunningServices.holds(attending)) {
                Interruption.end(terminal.json(), terminal.lastWords());
            }
        };
    }

    private void stop(Stop.Reason reason) {
        run.stop(reason);
        // After the time limit has passed, a signal ends the run without further waiting.
        if (stopReason == null || (stopReason == Stop.Reason.TIMEOUT && reason == Stop.Reason.INTERRUPTED)) {
            stopNanos = System.nanoTime();
            seenNanos = stopNanos;
            stopReason = reason;
        }
    }

    /// A run ends between two slices. If it has not ended long after it was asked to, and a service is running, it
    /// waits for that service, which may never return.
    private void giveUpIfHeld() {
        Stop.Reason reason = stopReason;
        if (reason == null) {
            return;
        }
        boolean lasts = callLasts();
        long now = System.nanoTime();
        if (WorkAtRun.isSeen()) {
            seenNanos = now;
        }
        if (now - stopNanos < TimeUnit.MILLISECONDS.toNanos(Interruption.GRACE_MILLIS)) {
            return;
        }
        if (!givenUp && lasts && run.giveUp(reason)) {
            givenUp = true;
            // To end it is work again, which begins in a moment.
            seenNanos = now;
        }
        if (!givenUp && !lasts && run.isRepeating()) {
            throw repetitionLeft(reason);
        }
        leaveStore(reason);
        leaveDeadRun(reason);
    }

    /// Whether one call of a service runs for long. Many short ones hold nothing up.
    private boolean callLasts() {
        long now = System.nanoTime();
        long call = run.runningCall();
        if (call != heldCall) {
            heldCall = call;
            heldNanos = now;
        }
        return call >= 0 && now - heldNanos >= TimeUnit.MILLISECONDS.toNanos(Interruption.GRACE_MILLIS / 2);
    }

    /// While a recording is repeated, inputs come from it alone. Nothing is recorded yet, so nothing is lost.
    private static CommandException repetitionLeft(Stop.Reason reason) {
        String left = "while the recorded part of the run was repeated; the recording is as it was";
        return reason == Stop.Reason.TIMEOUT
                ? CommandException.of(new Ending(Ending.LIMIT, "limit", "the limit of --timeout was reached " + left))
                : CommandException.interrupted("the run was interrupted " + left);
    }

    private void giveUpForLackOfThreads() {
        if (ThreadWatch.ending() != null) {
            stop(Stop.Reason.INTERRUPTED);
            run.giveUp(Stop.Reason.INTERRUPTED);
        }
    }

    /// The run waits for a store that accepts no data, up to the configured patience, but not after a signal. Nor
    /// does it at the time limit if a plugin may be the reason: it can interrupt the threads that store.
    private void leaveStore(Stop.Reason reason) {
        boolean late = System.nanoTime() - stopNanos >= TimeUnit.MILLISECONDS.toNanos(2 * Interruption.GRACE_MILLIS);
        if (!late || !run.waitsForStore()) {
            return;
        }
        String active = Interruption.whereActive();
        String left = "while it waited for its recording to be stored" + kept() + active;
        if (reason == Stop.Reason.INTERRUPTED) {
            throw CommandException.interrupted("the run was interrupted " + left);
        }
        if (!active.isEmpty()) {
            throw CommandException.of(
                    new Ending(Ending.LIMIT, "limit", "the limit of --timeout was reached, and the run left " + left));
        }
    }

    /// Leaves a run that no thread executes any more: it cannot end.
    private void leaveDeadRun(Stop.Reason reason) {
        // Between two attempts to open the store, nothing is executed for half a second.
        long millis = run.waitsForStore() ? 2 * Interruption.GRACE_MILLIS : Interruption.GRACE_MILLIS;
        if (System.nanoTime() - seenNanos >= TimeUnit.MILLISECONDS.toNanos(millis)) {
            String dead = "the run could not end, because none of its threads works any more, as when a plugin "
                    + "interrupts all threads" + kept()
                    + Interruption.whereActive();
            throw reason == Stop.Reason.TIMEOUT
                    ? CommandException.of(
                            new Ending(Ending.LIMIT, "limit", "the limit of --timeout was reached, and " + dead))
                    : CommandException.interrupted(dead);
        }
    }

    /// What is left of a run that does not end, as the end of a sentence.
    private String kept() {
        return switch (run.kept()) {
            case NOTHING -> "";
            case NO_HEADER -> "; its recording has no header yet, and cannot be replayed: remove it";
            case RECORDING -> "; the recording up to there is sound, and can be replayed and continued";
        };
    }

    /// The process is being ended from outside. If the machine waits for a service, the recording is closed as it
    /// is; otherwise the machine is stopped.
    private void closeAtLast() {
        run.stop(Stop.Reason.INTERRUPTED);
        run.giveUp(Stop.Reason.INTERRUPTED);
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Interruption.GRACE_MILLIS);
        CompletableFuture<RunReport> done = run.done().toCompletableFuture();
        while (System.nanoTime() - end < 0 && look(done, Long.MAX_VALUE) == null) {
            Thread.onSpinWait();
        }
    }

    private static @Nullable RunReport look(CompletableFuture<RunReport> done, long leftNanos) {
        try {
            return done.get(Math.min(leftNanos, TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS)), TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) {
            return null;
        } catch (OutOfMemoryError _) {
            // A service that takes all memory ends the run, or the process.
            return null;
        } catch (InterruptedException _) {
            // A plugin did it: nothing else interrupts the thread that waits for a run.
            return null;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a run reports its failures as outcomes", e.getCause());
        }
    }

    private void tend(@Nullable RawTerminal raw) {
        if (console.isBroken()) {
            stopAsked = true;
            stop(Stop.Reason.INTERRUPTED);
        }
        if (raw != null && sized && Signals.resized()) {
            Tty.Size size = Tty.size();
            if (size != null) {
                run.inject(new Injection.ConsoleSize(size.columns(), size.rows()));
            }
        }
        if (raw != null && !raw.isRaw() && run.readsConsole()) {
            raw.makeRaw();
        }
        // During console input, the guest has the terminal for itself.
        boolean typedAt = raw != null && raw.isRaw();
        if (typedAt) {
            console.eraseStatus();
        } else {
            console.showStatus(this::status);
        }
    }

    private String status() {
        long now = System.nanoTime();
        Progress progress = run.progress();
        String text = status(lastProgress, progress, now - lastStatusNanos);
        lastProgress = progress;
        lastStatusNanos = now;
        return text;
    }

    /// The status line's text.
    static String status(Progress before, Progress now, long nanos) {
        return String.format(
                Locale.ROOT,
                "[%.3f s virtual time, %s slices/s, %s hypercalls/s]",
                Figures.seconds(now.virtualTime()),
                Figures.rate(now.slices() - before.slices(), nanos),
                Figures.rate(now.hypercalls() - before.hypercalls(), nanos));
    }

    // The process is halted next, so no shutdown hook runs.
    private void kill(@Nullable RawTerminal raw) {
        if (raw != null) {
            raw.close();
        }
        console.finish();
        Interruption.print(
                new Ending(Ending.INTERRUPTED, "killed", "killed by a second Ctrl-C" + Interruption.whereHeld()),
                terminal.json(),
                terminal.lastWords());
    }
}
