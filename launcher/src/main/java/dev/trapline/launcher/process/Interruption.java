package dev.trapline.launcher.process;

import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.OthersOutput;
import dev.trapline.launcher.output.ResultFile;
import java.io.PrintWriter;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/// Ends the process at a signal although something in it does not end: a service is the user's own code, and may never
/// return.
public final class Interruption {

    /// How long a command may take to end by itself, in milliseconds.
    public static final long GRACE_MILLIS = 700;

    /// One part of the process says how it ends: what others would say behind it is not said.
    private static final Lock TURN = new ReentrantLock();

    private static final AtomicBoolean UNDER_WAY = new AtomicBoolean();

    private static final AtomicInteger STATUS = new AtomicInteger(-1);

    private static final AtomicReference<Runnable> AT_LAST = new AtomicReference<>(() -> {});

    private Interruption() {}

    /// Ends the process now, with its last line.
    public static void end(PrintWriter err) {
        end(interrupted(), err);
    }

    /// Ends the process now, with its last line or, for a program, its last document.
    public static void end(boolean json, PrintWriter err) {
        end(interrupted(), json, err);
    }

    private static Ending interrupted() {
        return new Ending(Ending.INTERRUPTED, "interrupted", "the command was interrupted" + whereHeld());
    }

    /// As above.
    public static void end(Ending ending, boolean json, PrintWriter err) {
        if (json) {
            end(ending, ResultFile.json(ending, null).line(), err);
        } else {
            end(ending, err);
        }
    }

    /// As above.
    public static void end(Ending ending, PrintWriter err) {
        end(ending, ending.lastLine() + "\n", err);
    }

    /// Nothing happens if somebody else ends the process already.
    private static void end(Ending ending, String last, PrintWriter err) {
        if (!begin()) {
            return;
        }
        err.print(last);
        err.flush();
        exit(ending.status(), GRACE_MILLIS / 2);
    }

    /// Ends the process. Whatever hooks that runs, it does not wait for them for long: those of a plugin may never
    /// end.
    ///
    /// @param millis how long
    public static void exit(int status, long millis) {
        STATUS.set(status);
        try {
            inBackground(() -> Runtime.getRuntime().halt(status), millis);
            System.exit(status);
        } catch (OutOfMemoryError _) {
            Runtime.getRuntime().halt(status);
        }
    }

    /// The status with which the process ends, after its last line; -1 if it does not end yet.
    static int status() {
        return STATUS.get();
    }

    /// Begins to end the process, whatever the command does: from here on the command says nothing of its end.
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

    /// Whether somebody ends the process, or the command has said how it ended.
    static boolean isUnderWay() {
        return UNDER_WAY.get();
    }

    /// Has a command say something of its end. If the process is being ended by somebody else, that one says how:
    /// this does not return then.
    public static void say(Runnable words) {
        say(words, false);
    }

    /// The same with the last words, after which nobody else says anything of this process's end.
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

    /// Ends the process if it has not ended after some time.
    public static void unlessItEnds(PrintWriter err) {
        unlessItEnds(false, err);
    }

    /// As above, with the last document for a program.
    public static void unlessItEnds(boolean json, PrintWriter err) {
        inBackground(() -> end(json, err), GRACE_MILLIS);
    }

    /// Ends the process if a service has not returned after some time.
    public static void ifHeld(PrintWriter err) {
        inBackground(
                () -> {
                    if (!whereHeld().isEmpty()) {
                        end(err);
                    }
                },
                GRACE_MILLIS);
    }

    /// Does something later, unless the process ends before.
    public static Thread inBackground(Runnable task, long millis) {
        return Thread.ofPlatform().daemon().name("interruption").start(() -> {
            try {
                // SLEEP: nothing tells that something will not happen.
                Thread.sleep(millis);
            } catch (InterruptedException _) {
                return;
            }
            task.run();
        });
    }

    /// Which service a thread of this process is in, to follow a sentence; empty if none is.
    public static String whereHeld() {
        ServicesAtWork.Found found = ServicesAtWork.any();
        return found == null ? "" : "; a firmware service did not return: " + found.words();
    }

    /// Says what is to be done where somebody else ends the process while a machine runs.
    static void atLast(Runnable act) {
        AT_LAST.set(act);
    }

    /// Does that.
    static void doAtLast() {
        AT_LAST.get().run();
    }
}
