package dev.trapline.launcher.process;

import dev.trapline.launcher.output.Ending;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Ends the process if no thread can be started any more because a service has taken all of them, and names it.
///
/// The system lets a user have so many threads (`ulimit -u`). The JVM starts one for each signal that it passes on: if
/// there is none left, neither Ctrl-C nor SIGTERM arrives. That there is none is found out by starting one, now and
/// then.
public final class ThreadWatch {

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /// How often no thread must be had, in a row, with a service that may have taken them.
    private static final int REFUSALS = 3;

    /// How long the command may take to end in order, with its recording closed.
    private static final long ORDERLY_NANOS = TimeUnit.MILLISECONDS.toNanos(1_400);

    /// What the JVM says if the system refuses a thread.
    private static final String REFUSED = "unable to create native thread";

    private static final AtomicReference<@Nullable Ending> ENDING = new AtomicReference<>();

    /// Whether none could be started when it was last tried.
    private static final AtomicBoolean SEEN = new AtomicBoolean();

    private ThreadWatch() {}

    /// Looks from now on.
    ///
    /// @param json whether what is said is for a program
    public static void start(boolean json, PrintWriter err) {
        Thread.ofPlatform().daemon().name("thread-watch").start(() -> look(json, err));
    }

    /// How the process ends because a service has taken all threads; null if none has.
    static @Nullable Ending ending() {
        return ENDING.get();
    }

    /// How a command ends that was stopped: by somebody who wanted it so, or for lack of threads.
    public static Ending insteadOf(Ending ending) {
        Ending lack = ENDING.get();
        return lack != null && ending.status() == Ending.INTERRUPTED ? lack : ending;
    }

    /// Whether there was none when it was last tried, or is none now.
    static boolean isLacking() {
        return SEEN.get() || isRefused();
    }

    /// Whether an error says that the system refused a thread.
    static boolean isRefusal(OutOfMemoryError error) {
        String message = error.getMessage();
        return message != null && message.startsWith(REFUSED);
    }

    /// How a command ends to which a thread was refused.
    static Ending ofRefusal() {
        Ending named = ofService();
        return named != null
                ? named
                : new Ending(
                        Ending.USAGE,
                        "threads",
                        "the system lets this user start no more threads: end other programs, or raise the limit"
                                + " (ulimit -u)");
    }

    private static void look(boolean json, PrintWriter err) {
        int refusals = 0;
        while (refusals < REFUSALS) {
            // SLEEP: nothing tells that there are no threads left.
            LockSupport.parkNanos(LOOK_NANOS);
            SEEN.set(isRefused());
            Ending named = SEEN.get() ? ofService() : null;
            refusals = named == null ? 0 : refusals + 1;
            if (refusals == REFUSALS) {
                ENDING.set(named);
            }
        }
        // SLEEP: nothing tells that a command will not end.
        LockSupport.parkNanos(ORDERLY_NANOS);
        Ending ending = ENDING.get();
        if (ending != null && !Interruption.isUnderWay() && Interruption.status() < 0) {
            Interruption.end(ending, json, err);
        }
    }

    private static boolean isRefused() {
        try {
            Thread.ofPlatform().daemon().name("thread-watch-probe").start(() -> {});
            return false;
        } catch (OutOfMemoryError e) {
            return isRefusal(e);
        }
    }

    /// Null if no service is at work, and none has most of the process's threads: then others of the user's
    /// programs have them.
    private static @Nullable Ending ofService() {
        try {
            ServicesAtWork.Found found = ServicesAtWork.any();
            if (found != null) {
                return taken(
                        Services.nameOf(found.entered().getClassName()),
                        "no more can be started, and it is in " + found.words());
            }
            String holder = ServicesAtWork.holderOfThreads();
            return holder == null ? null : taken(holder, "no more can be started, and most of them run its code");
        } catch (OutOfMemoryError _) {
            // That is for those who watch the memory.
            return null;
        }
    }

    private static Ending taken(String service, String detail) {
        return new Ending(
                Ending.BROKEN, "service-failed", "service '" + service + "' has taken all threads: " + detail);
    }
}
