package dev.trapline.launcher.process;

import dev.trapline.launcher.output.Ending;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

    private static final String SIGNAL = "sun.misc.Signal";
    private static final String HANDLER = "sun.misc.SignalHandler";
    /// The JVM's own handler of a signal, which ends the process.
    private static final String DEFAULT = "java.lang.Terminator";

    private final Map<Object, Object> previous = new LinkedHashMap<>();
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
        List<String> names = new ArrayList<>(List.of("INT", "TERM"));
        if (!System.getProperty("os.name", "").startsWith("Windows")) {
            names.add("HUP");
        }
        try {
            Class<?> type = Class.forName(SIGNAL);
            Class<?> handlerType = Class.forName(HANDLER);
            for (String name : names) {
                Object signal = type.getConstructor(String.class).newInstance(name);
                Object handler = Proxy.newProxyInstance(
                        Signals.class.getClassLoader(),
                        new Class<?>[] {handlerType},
                        (proxy, method, arguments) -> signals.called(proxy, method, arguments, name));
                Object before = handleMethod().invoke(null, signal, handler);
                if (handlerType.getField("SIG_IGN").get(null).equals(before)) {
                    // The signal was ignored when the process was started, as nohup does.
                    handleMethod().invoke(null, signal, before);
                } else {
                    signals.previous.put(signal, before);
                }
            }
        } catch (ReflectiveOperationException _) {
            // Without handlers the JVM ends the process at a signal; its shutdown hooks restore the terminal.
        }
        return signals;
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

    private static Method handleMethod() throws ReflectiveOperationException {
        return Class.forName(SIGNAL).getMethod("handle", Class.forName(SIGNAL), Class.forName(HANDLER));
    }

    // Only 'handle' and the methods of Object are ever called on a handler.
    @SuppressWarnings("ReferenceEquality")
    private Object called(Object proxy, Method method, Object[] arguments, String name) {
        return switch (method.getName()) {
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> name.hashCode();
            case "toString" -> "handler of " + name;
            default -> {
                received(name);
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
            killing.run();
            Interruption.halt(Ending.INTERRUPTED);
        }
    }

    @Override
    public void close() {
        previous.forEach((signal, handler) -> {
            try {
                handleMethod().invoke(null, signal, handler);
            } catch (ReflectiveOperationException _) {
                // The process is about to end; a handler that remains asks a run that has ended, which does nothing.
            }
        });
    }
}
