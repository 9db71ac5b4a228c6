package dev.trapline.launcher;

import dev.trapline.firmware.FirmwareServices;
import dev.trapline.firmware.LoadedService;
import dev.trapline.firmware.ServiceHost;
import java.io.PrintWriter;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Ends the process at a signal although something in it does not end: a service is the user's own code, and may never
/// return.
final class Interruption {

    /// How long a command may take to end by itself, in milliseconds.
    static final long GRACE_MILLIS = 700;

    /// The classes through which all code of services is called.
    private static final Set<String> BORDER =
            Set.of(ServiceHost.class.getName(), LoadedService.class.getName(), FirmwareServices.class.getName());

    /// A process ends once.
    private static final AtomicBoolean UNDER_WAY = new AtomicBoolean();

    private Interruption() {}

    /// Ends the process now, with its last line.
    static void end(PrintWriter err) {
        end(interrupted(), err);
    }

    /// Ends the process now, with its last line or, for a program, its last document.
    static void end(boolean json, PrintWriter err) {
        if (json) {
            end(interrupted(), ResultFile.json(interrupted(), null).line(), err);
        } else {
            end(err);
        }
    }

    private static Ending interrupted() {
        return new Ending(Ending.INTERRUPTED, "interrupted", "the command was interrupted" + whereHeld());
    }

    /// As above.
    static void end(Ending ending, PrintWriter err) {
        end(ending, ending.lastLine() + "\n", err);
    }

    private static void end(Ending ending, String last, PrintWriter err) {
        UNDER_WAY.set(true);
        err.print(last);
        err.flush();
        // Whatever hooks the exit runs, it is not to wait for them for long.
        inBackground(() -> Runtime.getRuntime().halt(ending.status()), GRACE_MILLIS / 2);
        System.exit(ending.status());
    }

    /// Whether the process ends here, and its last line was said.
    static boolean isUnderWay() {
        return UNDER_WAY.get();
    }

    /// Ends the process if it has not ended after some time.
    static void unlessItEnds(PrintWriter err) {
        unlessItEnds(false, err);
    }

    /// As above, with the last document for a program.
    static void unlessItEnds(boolean json, PrintWriter err) {
        inBackground(() -> end(json, err), GRACE_MILLIS);
    }

    /// Ends the process if a service has not returned after some time.
    static void ifHeld(PrintWriter err) {
        inBackground(
                () -> {
                    if (!whereHeld().isEmpty()) {
                        end(err);
                    }
                },
                GRACE_MILLIS);
    }

    /// Does something later, unless the process ends before.
    static Thread inBackground(Runnable task, long millis) {
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
    static String whereHeld() {
        for (StackTraceElement[] stack : Thread.getAllStackTraces().values()) {
            String held = whereHeld(stack);
            if (held != null) {
                return "; a firmware service did not return: " + held;
            }
        }
        return "";
    }

    private static @Nullable String whereHeld(StackTraceElement[] stack) {
        for (int at = 1; at < stack.length; at++) {
            if (BORDER.contains(stack[at].getClassName())) {
                StackTraceElement entered = entered(stack, at);
                return entered == null
                        ? null
                        : entered.getClassName() + "." + entered.getMethodName() + ", at " + stack[0];
            }
        }
        return null;
    }

    /// What was called across the border. A constructor is called by classes of Java.
    private static @Nullable StackTraceElement entered(StackTraceElement[] stack, int border) {
        for (int at = border - 1; at >= 0; at--) {
            String type = stack[at].getClassName();
            if (BORDER.contains(type)) {
                return null;
            }
            if (!type.startsWith("java.") && !type.startsWith("jdk.")) {
                return stack[at];
            }
        }
        return null;
    }
}
