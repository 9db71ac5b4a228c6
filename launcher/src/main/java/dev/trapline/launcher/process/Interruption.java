package dev.trapline.launcher.process;

import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.OthersOutput;
import dev.trapline.launcher.output.ResultFile;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// Ends the process at a signal even if something in it never returns: a service is the user's own code.
public final class Interruption {

    /// How long a command may take to end by itself, in milliseconds.
    public static final long GRACE_MILLIS = 700;

    /// How long the last line may take to be printed at a signal: the reader of standard error may have stopped.
    private static final long PRINT_MILLIS = 1_000;

    /// Only one part of the process reports how it ends. Later reports of other parts are dropped.
    private static final Lock TURN = new ReentrantLock();

    private static final AtomicBoolean UNDER_WAY = new AtomicBoolean();

    private static final AtomicInteger STATUS = new AtomicInteger(-1);

    private static final AtomicReference<Runnable> AT_LAST = new AtomicReference<>(() -> {});

    private Interruption() {}

    /// Ends the process now, with its last line or, for a program, its last document.
    public static void end(boolean json, PrintWriter err) {
        end(interrupted(), json, err);
    }

    static Ending interrupted() {
        return new Ending(Ending.INTERRUPTED, "interrupted", "the command was interrupted" + whereHeld());
    }

    /// As above.
    public static void end(Ending ending, PrintWriter err) {
        end(ending, false, err);
    }

    /// As above. Does nothing if another part of the process is already ending it, and ends the process without the
    /// last line if nobody takes that.
    public static void end(Ending ending, boolean json, PrintWriter err) {
        haltLater(ending.status(), PRINT_MILLIS);
        if (begin()) {
            print(ending, json, err);
            exit(ending.status(), GRACE_MILLIS / 2);
        }
    }

    /// Prints the last line, or for a program the last document.
    static void print(Ending ending, boolean json, PrintWriter err) {
        err.print(json ? ResultFile.json(ending, null).line() : ending.lastLine() + "\n");
        err.flush();
    }

    /// Ends the process. It does not wait long for shutdown hooks: those of a plugin may never end.
    ///
    /// @param millis how long
    public static void exit(int status, long millis) {
        STATUS.set(status);
        Engines.endProcessWhileOpening(status);
        try {
            inBackground(() -> Runtime.getRuntime().halt(status), millis);
            System.exit(status);
        } catch (OutOfMemoryError _) {
            Runtime.getRuntime().halt(status);
        }
    }

    /// Ends the process after some time, whatever else it does then. Does nothing if no thread can be started.
    ///
    /// @param status to end with if no other part of the process has decided on one
    static void haltLater(int status, long millis) {
        try {
            inBackground(() -> halt(status() < 0 ? status : status()), millis);
        } catch (OutOfMemoryError _) {
            // What ends the process now has to do so by itself.
        }
    }

    /// Ends the process without any hooks.
    static void halt(int status) {
        Engines.endProcessWhileOpening(status);
        Runtime.getRuntime().halt(status);
    }

    /// The exit status of the process, once its last line is printed; -1 before.
    static int status() {
        return STATUS.get();
    }

    /// Begins to end the process, whatever the command does. From now on, the command does not report its ending.
    ///
    /// @return false if that has begun already
    static boolean begin() {
        TURN.lock();
        try {
            OthersOutput.end();
            return UNDER_WAY.compareAndSet(false, true);
        } finally {
            TURN.unlock();
        }
    }

    /// Whether the process is being ended, or the command has reported its ending.
    static boolean isUnderWay() {
        return UNDER_WAY.get();
    }

    /// Lets the command report its ending. If another part of the process is already ending it, that part reports,
    /// and this method does not return.
    public static void say(Runnable words) {
        say(words, false);
    }

    /// The same for the last message. After it, nothing else is reported.
    public static void sayLast(Runnable words) {
        say(words, true);
    }

    private static void say(Runnable words, boolean last) {
        TURN.lock();
        try {
            if (!UNDER_WAY.get()) {
                if (last) {
                    OthersOutput.end();
                }
                words.run();
                UNDER_WAY.set(last);
                return;
            }
        } finally {
            TURN.unlock();
        }
        while (true) {
            LockSupport.park();
        }
    }

    /// Ends the process if it has not ended after a given time.
    ///
    /// @param json whether the last line is a document for a program
    public static void unlessItEnds(boolean json, PrintWriter err) {
        inBackground(() -> end(json, err), GRACE_MILLIS);
    }

    /// Ends the process if a service does not return for a given time, now or later.
    ///
    /// @param json whether the last line is a document for a program
    /// @param waits whether this is still to be done
    public static void ifHeld(boolean json, PrintWriter err, BooleanSupplier waits) {
        inBackground(
                () -> {
                    if (waits.getAsBoolean() && !whereHeld().isEmpty()) {
                        end(json, err);
                    } else if (waits.getAsBoolean()) {
                        ifHeld(json, err, waits);
                    }
                },
                GRACE_MILLIS);
    }

    /// Something that is still to be done.
    public interface Pending extends AutoCloseable {
        /// Then it is not done.
        @Override
        void close();
    }

    /// Does something later, unless it is closed or the process ends first. An interrupt, as from a plugin that
    /// interrupts all threads, changes nothing.
    public static Pending inBackground(Runnable task, long millis) {
        AtomicBoolean closed = new AtomicBoolean();
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        Thread thread = OwnThreads.builder("interruption").start(() -> {
            for (long left = end - System.nanoTime(); left > 0 && !closed.get(); left = end - System.nanoTime()) {
                LockSupport.parkNanos(left);
                Thread.interrupted();
            }
            if (!closed.get()) {
                task.run();
            }
        });
        return () -> {
            closed.set(true);
            LockSupport.unpark(thread);
        };
    }

    /// The service that a thread of this process is executing, as the end of a sentence; empty if there is none.
    public static String whereHeld() {
        RunningServices.Found found = Engines.isLoading() ? null : RunningServices.lasting();
        return found == null ? "" : "; " + found.title() + " did not return: " + found.words();
    }

    /// The same. If no service is being executed: a thread that a plugin has started, because it may be the reason.
    static String whereActive() {
        String held = whereHeld();
        RunningServices.Found own = held.isEmpty() ? RunningServices.ownThread(_ -> true) : null;
        return own == null ? held : "; service '" + own.service() + "' has a thread of its own, in " + own.words();
    }

    /// Sets the action to take if the process is ended from outside while a machine runs.
    static void atLast(Runnable act) {
        AT_LAST.set(act);
    }

    /// Does that.
    static void doAtLast() {
        AT_LAST.get().run();
    }
}
