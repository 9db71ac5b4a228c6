package dev.trapline.launcher;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Ctrl-C and its like while a machine runs: the first asks, the second Ctrl-C does not ask any more.
///
/// A run that is asked ends between two slices and closes its recording; a process that is killed leaves the
/// recording as far as it was written.
///
/// The JDK has no supported way to handle a signal. `sun.misc.Signal` is what it keeps in `jdk.unsupported` for lack
/// of one; it is reached by reflection because the compiler's warning about it cannot be excused. Where it is
/// missing, signals do what the JVM does.
final class Signals implements AutoCloseable {

    private static final String SIGNAL = "sun.misc.Signal";
    private static final String HANDLER = "sun.misc.SignalHandler";

    private final Runnable stop;
    private final Runnable kill;
    private final Map<Object, Object> previous = new LinkedHashMap<>();
    private boolean asked;

    private Signals(Runnable stop, Runnable kill) {
        this.stop = stop;
        this.kill = kill;
    }

    /// Handles signals until closed.
    ///
    /// @param stop called once, on another thread
    /// @param kill called at the second Ctrl-C, just before the process is halted
    static Signals handle(Runnable stop, Runnable kill) {
        Signals signals = new Signals(stop, kill);
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
                    // Whoever started the process had it ignored, as nohup does.
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
        boolean first;
        synchronized (this) {
            first = !asked;
            asked = true;
        }
        if (first) {
            stop.run();
        } else if (name.equals("INT")) {
            kill.run();
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
