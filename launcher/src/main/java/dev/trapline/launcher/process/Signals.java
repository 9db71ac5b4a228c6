package dev.trapline.launcher.process;

import dev.trapline.launcher.output.Ending;
import java.io.PrintWriter;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Handles Ctrl-C and similar signals while a machine runs: the first one asks the run to end, a second Ctrl-C ends the
/// process.
///
/// A run that is asked to end does so between two slices, and closes its recording. A killed process leaves the
/// recording as far as it was written. Signals are handled before there is a run, so that no signal can leave a
/// recording open that has just begun: the first signal waits until there is a run to ask.
///
/// The JDK has no supported way to handle a signal, and keeps `sun.misc.Signal` in `jdk.unsupported` for that reason.
/// It is called by reflection, because the compiler's warning about it cannot be suppressed. If it is missing, signals
/// have the JVM's default effect.
public final class Signals implements AutoCloseable {

    /// The user has changed the size of the terminal. It ends nothing.
    private static final String RESIZED = "WINCH";

    private static final String SIGNAL = "sun.misc.Signal";
    private static final String HANDLER = "sun.misc.SignalHandler";
    /// The JVM's own handler of a signal, which ends the process.
    private static final String DEFAULT = "java.lang.Terminator";

    /// How often a signal is taken back from a plugin.
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /// The last one that was taken, and is not closed, has the effect. Only the first one calls the JDK, and the
    /// last one that is closed: a plugin may hold the lock that this takes.
    private static final Deque<Signals> OPEN = new ConcurrentLinkedDeque<>();

    /// The handler of each signal that is handled, and the one before it.
    private static final List<Handlers> HANDLED = new CopyOnWriteArrayList<>();

    private static final AtomicBoolean IS_RESIZED = new AtomicBoolean();

    private record Handlers(Object signal, String name, Object ours, Object before) {}

    private Runnable stop = () -> {};
    private Runnable kill = () -> {};
    private boolean asked;

    private Signals() {}

    /// Whether the JVM is ending the process because of a signal that came while it was not handled here.
    static boolean areEndingTheProcess() {
        return Thread.getAllStackTraces().values().stream()
                .flatMap(Arrays::stream)
                .anyMatch(frame -> frame.getClassName().startsWith(DEFAULT));
    }

    /// Handles signals until closed.
    public static Signals take() {
        Signals signals = new Signals();
        boolean first = OPEN.isEmpty();
        OPEN.addLast(signals);
        if (first) {
            handleAll();
        }
        return signals;
    }

    private static void handleAll() {
        List<String> names = new ArrayList<>(List.of("INT", "TERM"));
        if (!System.getProperty("os.name", "").startsWith("Windows")) {
            names.add("HUP");
            names.add(RESIZED);
        }
        try {
            Class<?> type = Class.forName(SIGNAL);
            Class<?> handlerType = Class.forName(HANDLER);
            for (String name : names) {
                Object signal = type.getConstructor(String.class).newInstance(name);
                Object handler = Proxy.newProxyInstance(
                        Signals.class.getClassLoader(),
                        new Class<?>[] {handlerType},
                        (proxy, method, arguments) -> called(proxy, method, arguments, name));
                Object before = handle(signal, handler);
                if (handlerType.getField("SIG_IGN").get(null).equals(before)) {
                    // The signal was ignored when the process was started, as nohup does.
                    handle(signal, before);
                } else {
                    HANDLED.add(new Handlers(signal, name, handler, before));
                }
            }
        } catch (ReflectiveOperationException _) {
            // Without handlers the JVM ends the process at a signal; its shutdown hooks restore the terminal.
        }
    }

    /// Takes the signals back again and again, until the process ends: a plugin or a library may have taken one for
    /// itself, and Ctrl-C must work.
    ///
    /// @param notices says so, the first time
    public static void guard(PrintWriter notices) {
        OwnThreads.builder("signal-watch").start(() -> {
            boolean told = false;
            while (true) {
                // SLEEP: there is no notification when a signal gets another handler.
                LockSupport.parkNanos(LOOK_NANOS);
                String taken = takeBack();
                if (taken != null && !told) {
                    told = true;
                    notices.println("trapline: " + taken);
                    notices.flush();
                }
            }
        });
    }

    /// The JVM never handles a signal again that the system ignores: a process may have been started so. A handler
    /// is not asked whether it is equal, because it may be a plugin's code.
    @SuppressWarnings("ReferenceEquality")
    private static boolean isIgnored(Object handler) throws ReflectiveOperationException {
        return handler == Class.forName(HANDLER).getField("SIG_IGN").get(null);
    }

    /// @return which signal had another handler, and whose it was; null if none had
    @SuppressWarnings("ReferenceEquality") // Only our own handler is it.
    private static @Nullable String takeBack() {
        String taken = null;
        for (Handlers handlers : HANDLED) {
            try {
                Object found = handle(handlers.signal(), handlers.ours());
                if (found != handlers.ours()) {
                    String type = found.getClass().getName();
                    String service = Services.nameOf(type);
                    taken = (service.equals(type) ? "another part of the process" : "service '" + service + "'")
                            + " had taken the signal " + handlers.name() + " for itself"
                            + (isIgnored(found)
                                    ? ", and has it ignored: only --timeout and SIGKILL end the process"
                                    : "; it has been taken back");
                }
            } catch (ReflectiveOperationException _) {
                // As before.
            }
        }
        return taken;
    }

    /// Whether the terminal may have another size than at the last call.
    static boolean resized() {
        return IS_RESIZED.getAndSet(false);
    }

    /// Sets the effect of a signal.
    ///
    /// @param stopping called once: on another thread, or at once if a signal has already arrived
    /// @param killing called at the second Ctrl-C, just before the process is halted
    public void ask(Runnable stopping, Runnable killing) {
        boolean already;
        synchronized (this) {
            stop = stopping;
            kill = killing;
            already = asked;
        }
        if (already) {
            stopping.run();
        }
    }

    private static Object handle(Object signal, Object handler) throws ReflectiveOperationException {
        return Class.forName(SIGNAL)
                .getMethod("handle", Class.forName(SIGNAL), Class.forName(HANDLER))
                .invoke(null, signal, handler);
    }

    // Only 'handle' and the methods of Object are ever called on a handler.
    @SuppressWarnings("ReferenceEquality")
    private static Object called(Object proxy, Method method, Object[] arguments, String name) {
        return switch (method.getName()) {
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> name.hashCode();
            case "toString" -> "handler of " + name;
            default -> {
                if (name.equals(RESIZED)) {
                    IS_RESIZED.set(true);
                    yield proxy;
                }
                Signals last = OPEN.peekLast();
                if (last != null) {
                    last.received(name);
                }
                yield proxy;
            }
        };
    }

    private void received(String name) {
        Runnable stopping;
        Runnable killing;
        boolean first;
        synchronized (this) {
            first = !asked;
            asked = true;
            stopping = stop;
            killing = kill;
        }
        if (first) {
            stopping.run();
        } else if (name.equals("INT")) {
            Interruption.haltLater(Ending.INTERRUPTED, Interruption.GRACE_MILLIS);
            killing.run();
            Interruption.halt(Ending.INTERRUPTED);
        }
    }

    @Override
    public void close() {
        OPEN.remove(this);
        if (OPEN.isEmpty()) {
            HANDLED.forEach(handlers -> {
                try {
                    handle(handlers.signal(), handlers.before());
                } catch (ReflectiveOperationException _) {
                    // The process is about to end; the handler that remains has no effect.
                }
            });
            HANDLED.clear();
        }
    }
}
