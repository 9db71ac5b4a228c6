package dev.trapline.launcher.process;

import dev.trapline.abi.firmware.MemoryReserve;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.JsonObject;
import dev.trapline.launcher.output.OthersOutput;
import dev.trapline.launcher.output.ResultFile;
import dev.trapline.machine.firmware.ServiceGate;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Ends the process if there is no memory left, and reports which service took it.
///
/// A service may take all memory, to the last byte. Then nothing that allocates works any more: no exception can be
/// handled, no thread started, no text composed. So the reports are prepared while there is still memory: one for each
/// service, and another one, with a stack trace, as soon as memory becomes scarce while a service is running. A service
/// may also be too fast for that. Whether memory is left is tested by allocating some: the JVM refuses only when
/// nothing can be freed.
public final class MemoryWatch {

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

    /// Memory is scarce if this much of it is in use, in per cent.
    private static final long SCARCE = 25;

    /// The size of a test allocation: more than a thread's own allocation buffer has left.
    private static final int PROBE_BYTES = 256 << 10;

    /// How many test allocations must fail in a row.
    private static final int REFUSALS = 2;

    /// How long a process without memory may take to end in order, if a service has thrown the error and the
    /// reserve is in use.
    private static final long ORDERLY_NANOS = TimeUnit.SECONDS.toNanos(3);

    /// How long test allocations must fail if no service was seen: other code may free memory.
    private static final long NAMELESS_NANOS = TimeUnit.SECONDS.toNanos(5);

    /// A prepared report.
    private static final class Word {
        private final Ending ending;
        private final byte[] text;

        /// @param trace the stack of the service, printed before the last line; empty if it is not known
        private Word(Ending ending, String trace) {
            this.ending = ending;
            this.text = text(ending, trace, JSON.get());
        }
    }

    private static final String NONE = "no part of the process can get any";

    private static final AtomicReference<@Nullable Word> NAMING = new AtomicReference<>();
    /// By service name: the report of a service that has thrown the error, and of one that is running.
    private static final Map<String, Word> OF_FINDERS = new ConcurrentSkipListMap<>();

    private static final Map<String, Word> AT_WORK = new ConcurrentSkipListMap<>();

    private static final AtomicReference<@Nullable Word> NAMELESS = new AtomicReference<>();
    private static final AtomicBoolean JSON = new AtomicBoolean();
    private static final byte[] NOTHING = {};
    private static final OutputStream ERR = OthersOutput.messages();

    private MemoryWatch() {}

    /// Starts watching.
    ///
    /// @param json whether the reports are JSON
    public static void start(boolean json) {
        JSON.set(json);
        NAMELESS.set(new Word(Failures.ofMemory(NONE), ""));
        warmUp();
        OwnThreads.builder("memory-watch").start(MemoryWatch::look);
    }

    /// Without memory anything may fail, in more than one way. No failure ends this thread: only it can still end
    /// the process.
    private static void look() {
        Lack lack = new Lack();
        while (true) {
            try {
                // SLEEP: there is no notification when memory becomes scarce.
                LockSupport.parkNanos(LOOK_NANOS);
                if (lack.isOver()) {
                    speak();
                }
                // WIDE: see above.
            } catch (Throwable _) {
                lack.refusals++;
            }
        }
    }

    /// How long there has been no memory.
    private static final class Lack {
        private final long scarceBytes = Runtime.getRuntime().maxMemory() / 100 * SCARCE;

        /// The number of failed test allocations in a row.
        private int refusals;

        private long sinceNanos = System.nanoTime();

        /// Allocates some memory, and decides whether the process must end.
        boolean isOver() {
            if (isScarce()) {
                ask();
                return isLasting();
            }
            NAMING.set(null);
            refusals = 0;
            sinceNanos = System.nanoTime();
            return false;
        }

        private boolean isScarce() {
            Runtime runtime = Runtime.getRuntime();
            return runtime.totalMemory() - runtime.freeMemory() >= scarceBytes;
        }

        private void ask() {
            try {
                if (refusals == 0) {
                    prepare();
                }
                refusals = new byte[PROBE_BYTES].length == PROBE_BYTES ? 0 : refusals;
                sinceNanos = MemoryReserve.finder() == null ? System.nanoTime() : sinceNanos;
                // WIDE: lack of memory causes different errors.
            } catch (Throwable _) {
                refusals++;
            }
        }

        private boolean isLasting() {
            long nanos = System.nanoTime() - sinceNanos;
            if (MemoryReserve.finder() != null) {
                return nanos > ORDERLY_NANOS;
            }
            return refusals >= REFUSALS && (running() != null || nanos > NAMELESS_NANOS);
        }
    }

    private static void prepare() {
        RunningServices.Found found = RunningServices.any();
        RunningServices.Found own =
                found == null ? RunningServices.ownThread(state -> state == Thread.State.RUNNABLE) : null;
        if (found != null) {
            NAMING.set(new Word(
                    taken(found.service(), "it is in " + found.words()),
                    "The service is running, and was here:\n" + found.trace()));
        } else if (own != null) {
            NAMING.set(new Word(
                    new Ending(
                            Ending.BROKEN,
                            "service-failed",
                            "there is no memory left, and a thread of service '" + own.service() + "' is running: "
                                    + own.words()),
                    "The thread of the service was here:\n" + own.trace()));
        }
    }

    private static Ending taken(String service, String detail) {
        return new Ending(Ending.BROKEN, "service-failed", "service '" + service + "' has taken all memory: " + detail);
    }

    private static byte[] text(Ending ending, String trace, boolean json) {
        String text = json
                ? ResultFile.json(ending, null)
                        .withAll(new JsonObject()
                                .with("stackTrace", trace.lines().toList()))
                        .line()
                : trace + ending.lastLine() + "\n";
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// Prepares the reports for a service.
    static void know(String service) {
        OF_FINDERS.put(service, new Word(Failures.ofMemory(service, NONE), ""));
        AT_WORK.put(service, new Word(taken(service, "it is running, and " + NONE), ""));
    }

    /// The ending of a process that lacks memory while a service is running; null if none is.
    static @Nullable Ending ofService() {
        Word word = running();
        return word == null ? null : word.ending;
    }

    private static @Nullable Word running() {
        Word seen = NAMING.get();
        return seen == null ? of(AT_WORK, ServiceGate.anyService()) : seen;
    }

    private static @Nullable Word of(Map<String, Word> words, @Nullable String service) {
        return service == null ? null : words.get(service);
    }

    /// The service that took the memory, from the best source: seen running as memory became scarce, named by the
    /// error, or running now.
    private static @Nullable Word word() {
        Word seen = NAMING.get();
        Word told = seen == null ? of(OF_FINDERS, MemoryReserve.finder()) : seen;
        Word known = told == null ? running() : told;
        return known == null ? NAMELESS.get() : known;
    }

    /// Reports, and ends the process. Allocates nothing.
    public static void speak() {
        int status = Interruption.status();
        if (status < 0) {
            status = say();
        }
        Runtime.getRuntime().halt(status);
    }

    /// @return the status to end with
    private static int say() {
        Word word = NAMELESS.get();
        try {
            OthersOutput.end();
            word = word();
            write(word);
            // WIDE: there is no memory, and ending matters more than the report.
        } catch (Throwable _) {
            // The report cannot be written; the exit status remains.
        }
        return word == null ? Ending.USAGE : word.ending.status();
    }

    private static void write(@Nullable Word word) throws IOException {
        ERR.write(word == null ? NOTHING : word.text);
    }

    /// Uses all of the above once, because the first use allocates memory.
    private static void warmUp() {
        try {
            if (Interruption.status() < 0 && word() != null) {
                ERR.write(NOTHING);
            }
        } catch (IOException _) {
            // There is no standard error.
        }
    }
}
