package dev.trapline.launcher.process;

import dev.trapline.launcher.output.Ending;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Ends the process if a service has taken all threads, so that no more can be started, and names the service.
///
/// The system limits the number of threads of a user (`ulimit -u`). The JVM starts a thread for each signal that it
/// delivers: without one, neither Ctrl-C nor SIGTERM arrives. So this class tries from time to time to start a thread.
public final class ThreadWatch {

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /// How many tries must fail in a row, while a service is running that may have taken the threads.
    private static final int REFUSALS = 3;

    /// How long the command may take to end in order, with its recording closed.
    private static final long ORDERLY_NANOS = TimeUnit.MILLISECONDS.toNanos(1_400);

    /// The JVM's message if the system refuses a thread.
    private static final String REFUSED = "unable to create native thread";

    private static final AtomicReference<@Nullable Ending> ENDING = new AtomicReference<>();

    /// Whether the last try failed.
    private static final AtomicBoolean SEEN = new AtomicBoolean();

    private ThreadWatch() {}

    /// Starts watching.
    ///
    /// @param json whether the report is JSON
    public static void start(boolean json, PrintWriter err) {
        OwnThreads.builder("thread-watch").start(() -> look(json, err));
    }

    /// The ending of a process in which a service has taken all threads; null if none has.
    static @Nullable Ending ending() {
        return ENDING.get();
    }

    /// The ending of a command that was stopped, by a request or for lack of threads.
    public static Ending insteadOf(Ending ending) {
        Ending lack = ENDING.get();
        return lack != null && ending.status() == Ending.INTERRUPTED ? lack : ending;
    }

    /// Whether no thread could be started at the last try, or now.
    static boolean isLacking() {
        return SEEN.get() || isRefused();
    }

    /// Whether an error means that the system refused a thread.
    static boolean isRefusal(OutOfMemoryError error) {
        String message = error.getMessage();
        return message != null && message.startsWith(REFUSED);
    }

    /// The ending of a command for which a thread was refused.
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
            // SLEEP: there is no notification when no threads are left.
            LockSupport.parkNanos(LOOK_NANOS);
            SEEN.set(isRefused());
            Ending named = SEEN.get() ? ofService() : null;
            refusals = named == null ? 0 : refusals + 1;
            if (refusals == REFUSALS) {
                ENDING.set(named);
            }
        }
        // SLEEP: there is no notification for a command that does not end.
        LockSupport.parkNanos(ORDERLY_NANOS);
        Ending ending = ENDING.get();
        if (ending != null && !Interruption.isUnderWay() && Interruption.status() < 0) {
            Interruption.end(ending, json, err);
        }
    }

    private static boolean isRefused() {
        try {
            OwnThreads.builder("thread-watch-probe").start(() -> {});
            return false;
        } catch (OutOfMemoryError e) {
            return isRefusal(e);
        }
    }

    /// Null if no service is running and none has most of the process's threads: then other programs of the user
    /// have them.
    private static @Nullable Ending ofService() {
        try {
            RunningServices.Found found = RunningServices.any();
            if (found != null) {
                return taken(
                        Services.nameOf(found.entered().getClassName()),
                        "no more can be started, and the service is in " + found.words());
            }
            String holder = RunningServices.holderOfThreads();
            return holder == null ? null : taken(holder, "no more can be started, and most of them run its code");
        } catch (OutOfMemoryError _) {
            // Lack of memory is the concern of MemoryWatch.
            return null;
        }
    }

    private static Ending taken(String service, String detail) {
        return new Ending(
                Ending.BROKEN, "service-failed", "service '" + service + "' has taken all threads: " + detail);
    }
}
