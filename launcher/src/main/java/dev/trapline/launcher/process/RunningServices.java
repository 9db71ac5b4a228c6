package dev.trapline.launcher.process;

import dev.trapline.firmware.FirmwareServices;
import dev.trapline.machine.firmware.LoadedService;
import dev.trapline.machine.firmware.ServiceGate;
import dev.trapline.machine.firmware.ServiceHost;
import dev.trapline.machine.firmware.state.StateCodec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Finds the services that threads of this process are executing, from the threads' stacks. This works even before
/// there is a machine to ask.
final class RunningServices {

    /// The classes through which all service code is called.
    private static final String MAIN = "dev.trapline.launcher.Trapline";

    private static final List<String> BORDER = List.of(
            ServiceHost.class.getName(),
            LoadedService.class.getName(),
            FirmwareServices.class.getName(),
            StateCodec.class.getName());

    /// Classes that may be on the stack in between, and belong to no service.
    private static final List<String> BETWEEN = List.of("java.", "jdk.", "dev.trapline.abi.", "dev.trapline.machine.");

    private static final List<String> EXITS = List.of("java.lang.Shutdown", "java.lang.Runtime", "java.lang.System");

    private static final int FRAMES = 20;

    /// How long a call must run at least to hold anything up.
    private static final long LASTS_NANOS = TimeUnit.MILLISECONDS.toNanos(150);

    private RunningServices() {}

    /// A thread in the code of a service, or of a plugin.
    ///
    /// @param entered the method of the service that was called
    /// @param stack the stack below it, innermost call first, as far as it is shown
    record Found(StackTraceElement entered, List<StackTraceElement> stack) {

        /// The service's name, or the name of a class of its plugin.
        String service() {
            return Services.nameOf(entered.getClassName());
        }

        /// The service: by its name if it has told it.
        String title() {
            String name = service();
            return name.equals(entered.getClassName()) ? "a firmware service" : "service '" + name + "'";
        }

        /// The method that was called, and where it is now.
        String words() {
            return entered.getClassName() + "." + entered.getMethodName() + ", at " + stack.getFirst();
        }

        /// The stack, one line for each call.
        String trace() {
            StringBuilder text = new StringBuilder();
            stack.forEach(frame -> text.append("\tat ").append(frame).append('\n'));
            return text.toString();
        }
    }

    /// The first thread that is executing a service; null if there is none.
    static @Nullable Found any() {
        for (StackTraceElement[] stack : Thread.getAllStackTraces().values()) {
            Found found = in(stack);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /// A thread that executes the same call of a service for some time; null if there is none.
    static @Nullable Found lasting() {
        Map<Long, Seen> before = seen();
        if (before.isEmpty()) {
            return null;
        }
        long end = System.nanoTime() + LASTS_NANOS;
        for (long left = LASTS_NANOS; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        for (Map.Entry<Long, Seen> each : seen().entrySet()) {
            Seen first = before.get(each.getKey());
            if (first != null && first.isSameCall(each.getValue())) {
                return each.getValue().found();
            }
        }
        return null;
    }

    /// @param call see [ServiceGate#callOf]
    private record Seen(Found found, long call) {
        private boolean isSameCall(Seen other) {
            StackTraceElement one = found.entered();
            StackTraceElement two = other.found.entered();
            return call == other.call
                    && one.getClassName().equals(two.getClassName())
                    && one.getMethodName().equals(two.getMethodName());
        }
    }

    /// The threads that are executing a service, by their numbers.
    private static Map<Long, Seen> seen() {
        Map<Long, Seen> seen = new TreeMap<>();
        Thread.getAllStackTraces().forEach((thread, stack) -> {
            Found found = in(stack);
            if (found != null) {
                seen.put(thread.threadId(), new Seen(found, ServiceGate.callOf(thread)));
            }
        });
        return seen;
    }

    /// The first thread of a plugin's own that is in one of some states; null if there is none.
    static @Nullable Found ownThread(Predicate<Thread.State> state) {
        for (Map.Entry<Thread, StackTraceElement[]> each :
                Thread.getAllStackTraces().entrySet()) {
            StackTraceElement[] stack = each.getValue();
            int at = outermostForeign(stack);
            if (at >= 0 && state.test(each.getKey().getState())) {
                return new Found(stack[at], shown(stack, 0));
            }
        }
        return null;
    }

    /// Whether a thread is in the code of a plugin.
    static boolean holds(Thread thread) {
        return outermostForeign(thread.getStackTrace()) >= 0;
    }

    private static int outermostForeign(StackTraceElement[] stack) {
        int at = stack.length - 1;
        while (at >= 0 && !Services.isForeign(stack[at])) {
            at--;
        }
        return at;
    }

    /// The service, or the class of a plugin, whose code more than half of the process's threads run; null if there
    /// is none.
    static @Nullable String holderOfThreads() {
        Map<String, Integer> threads = new TreeMap<>();
        var all = Thread.getAllStackTraces().values();
        for (StackTraceElement[] stack : all) {
            int at = outermostForeign(stack);
            if (at >= 0) {
                threads.merge(Services.nameOf(stack[at].getClassName()), 1, Integer::sum);
            }
        }
        for (Map.Entry<String, Integer> each : threads.entrySet()) {
            if (each.getValue() > all.size() / 2) {
                return each.getKey();
            }
        }
        return null;
    }

    /// The code of a service or plugin that is ending the process at this moment; null if something else is.
    static @Nullable Found exiting() {
        for (StackTraceElement[] stack : Thread.getAllStackTraces().values()) {
            int at = 0;
            while (at < stack.length && !EXITS.contains(stack[at].getClassName())) {
                at++;
            }
            while (at < stack.length && EXITS.contains(stack[at].getClassName())) {
                at++;
            }
            if (at < stack.length && isForeign(stack[at].getClassName())) {
                return new Found(stack[at], shown(stack, at));
            }
        }
        return null;
    }

    private static boolean isForeign(String type) {
        return !type.startsWith("akka.")
                && !type.startsWith("java.")
                && !type.startsWith("jdk.")
                && !type.startsWith("sun.")
                && !type.equals(MAIN)
                && !type.startsWith(ActorSystems.class.getName())
                && !type.startsWith(Interruption.class.getName());
    }

    private static @Nullable Found in(StackTraceElement[] stack) {
        for (int at = 1; at < stack.length; at++) {
            if (BORDER.contains(stack[at].getClassName())) {
                StackTraceElement entered = entered(stack, at);
                return entered == null ? null : new Found(entered, shown(stack, 0));
            }
        }
        // A plugin's code may also run where nobody calls a service: in a value that a thread inherits, say.
        int at = outermostForeign(stack);
        return at >= 0 && isOurs(stack, at) ? new Found(stack[at], shown(stack, 0)) : null;
    }

    /// Whether a thread of Trapline is in that call.
    private static boolean isOurs(StackTraceElement[] stack, int call) {
        return Arrays.stream(stack, call + 1, stack.length)
                .anyMatch(frame -> frame.getClassName().startsWith("dev.trapline."));
    }

    private static List<StackTraceElement> shown(StackTraceElement[] stack, int from) {
        return List.copyOf(Arrays.asList(stack).subList(from, Math.min(stack.length, from + FRAMES)));
    }

    /// The method through which the service was entered. A constructor is called by classes of the JDK.
    private static @Nullable StackTraceElement entered(StackTraceElement[] stack, int border) {
        for (int at = border - 1; at >= 0; at--) {
            String type = stack[at].getClassName();
            if (BORDER.contains(type)) {
                return null;
            }
            if (BETWEEN.stream().noneMatch(type::startsWith)) {
                return stack[at];
            }
        }
        return null;
    }
}
