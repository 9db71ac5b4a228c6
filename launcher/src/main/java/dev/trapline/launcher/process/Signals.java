package dev.trapline.launcher.process;

import dev.trapline.launcher.output.Ending;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Ctrl-C and its like while a machine runs: the first asks, the second Ctrl-C does not ask any more.
///
/// A run that is asked ends between two slices and closes its recording; a process that is killed leaves the
/// recording as far as it was written. Signals are taken from before there is a run, so that no recording is begun that
/// one of them could leave open: the first waits until there is somebody to ask.
///
/// The JDK has no supported way to handle a signal. `sun.misc.Signal` is what it keeps in `jdk.unsupported` for lack
/// of one; it is reached by reflection because the compiler's warning about it cannot be excused. Where it is
/// missing, signals do what the JVM does.
public final class Signals implements AutoCloseable {

    private static final String SIGNAL = "sun.misc.Signal";
    private static final String HANDLER = "sun.misc.SignalHandler";

    private final Map<Object, Object> previous = new LinkedHashMap<>();
    private Runnable stop = () -> {};
    private Runnable kill = () -> {};
    private boolean asked;

    private Signals() {}

    /// Takes signals until closed.
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

    /// Says what a signal does.
    ///
    /// @param stopping called once: on another thread, or at once if a signal came already
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

    // All that is ever called on a handler is 'handle' and what every object has.
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
            Runtime.getRuntime().halt(Ending.INTERRUPTED);
        }
    }

    @Override
    public void close() {
        previous.forEach((signal, handler) -> {
            try {
                handleMethod().invoke(null, signal, handler);
            } catch (ReflectiveOperationException _) {
                // The process is about to end, and the handler that stays asks a run that is over.
            }
        });
    }
}
