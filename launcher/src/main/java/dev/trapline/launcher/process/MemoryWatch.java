package dev.trapline.launcher.process;

import dev.trapline.abi.firmware.MemoryReserve;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.JsonObject;
import dev.trapline.launcher.output.ResultFile;
import dev.trapline.machine.firmware.ServiceGate;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Ends the process if there is no memory any more, and says who has taken it.
///
/// A service may keep all memory to the last byte. Then nothing that allocates can be done any more: no exception can
/// be handled, no thread be started, no text be put together. So what is to be said is made ready while there is still
/// memory: for each service, and once more, with the place where it is, as soon as memory becomes scarce and a service
/// is at work. A service may be faster than anybody can look. That there is none left is found out by asking for some:
/// the JVM refuses it only when nothing can be freed.
public final class MemoryWatch {

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

    /// Memory is scarce if so much of it is in use, in per cent.
    private static final long SCARCE = 25;

    /// What is asked for: more than a thread has at hand for itself.
    private static final int PROBE_BYTES = 256 << 10;

    /// How often nothing must be had, in a row.
    private static final int REFUSALS = 2;

    /// How long a process may take to end in order that had no memory: where a service has thrown the error, and
    /// what was set aside is in use.
    private static final long ORDERLY_NANOS = TimeUnit.SECONDS.toNanos(3);

    /// How long no memory must be had where no service was seen: others may give some back.
    private static final long NAMELESS_NANOS = TimeUnit.SECONDS.toNanos(5);

    /// What is said, made ready.
    private static final class Word {
        private final Ending ending;
        private final byte[] text;

        /// @param trace where a service is, to stand before the last line; empty if that is not known
        private Word(Ending ending, String trace) {
            this.ending = ending;
            this.text = text(ending, trace, JSON.get());
        }
    }

    private static final String NONE = "no part of the process gets any";

    private static final AtomicReference<@Nullable Word> NAMING = new AtomicReference<>();
    /// By the names of all services: of one that has thrown the error, and of one that is at work.
    private static final Map<String, Word> OF_FINDERS = new ConcurrentSkipListMap<>();

    private static final Map<String, Word> AT_WORK = new ConcurrentSkipListMap<>();

    private static final AtomicReference<@Nullable Word> NAMELESS = new AtomicReference<>();
    private static final AtomicBoolean JSON = new AtomicBoolean();
    private static final FileOutputStream ERR = new FileOutputStream(FileDescriptor.err);

    private MemoryWatch() {}

    /// Looks from now on.
    ///
    /// @param json whether what is said is for a program
    public static void start(boolean json) {
        JSON.set(json);
        NAMELESS.set(new Word(Failures.ofMemory(NONE), ""));
        Thread.ofPlatform().daemon().name("memory-watch").start(MemoryWatch::look);
    }

    private static void look() {
        Runtime runtime = Runtime.getRuntime();
        long scarce = runtime.maxMemory() / 100 * SCARCE;
        int refusals = 0;
        long refusedNanos = 0;
        while (true) {
            // SLEEP: nothing tells that memory becomes scarce.
            LockSupport.parkNanos(LOOK_NANOS);
            if (runtime.totalMemory() - runtime.freeMemory() < scarce) {
                NAMING.set(null);
                refusals = 0;
                refusedNanos = System.nanoTime();
                continue;
            }
            try {
                if (refusals == 0) {
                    prepare();
                }
                refusals = new byte[PROBE_BYTES].length == PROBE_BYTES ? 0 : refusals;
                refusedNanos = MemoryReserve.finder() == null ? System.nanoTime() : refusedNanos;
                // WIDE: lack of memory shows in more than one way, and this thread must not end by it.
            } catch (Throwable _) {
                refusals++;
            }
            if (isOver(refusals, System.nanoTime() - refusedNanos)) {
                speak();
            }
        }
    }

    /// @param refusals in a row, up to now
    /// @param nanos since the first
    private static boolean isOver(int refusals, long nanos) {
        if (MemoryReserve.finder() != null) {
            return nanos > ORDERLY_NANOS;
        }
        return refusals >= REFUSALS && (atWork() != null || nanos > NAMELESS_NANOS);
    }

    private static void prepare() {
        ServicesAtWork.Found found = ServicesAtWork.any();
        if (found == null) {
            return;
        }
        String service = Services.nameOf(found.entered().getClassName());
        NAMING.set(new Word(
                taken(service, "it is in " + found.words()),
                "The service is at work, and had come to:\n" + found.trace()));
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

    /// Makes ready what is said of a service.
    static void know(String service) {
        OF_FINDERS.put(service, new Word(Failures.ofMemory(service, NONE), ""));
        AT_WORK.put(service, new Word(taken(service, "it is at work, and " + NONE), ""));
    }

    /// How the process ends if it lacks memory while a service is at work; null if none is.
    static @Nullable Ending ofService() {
        Word word = atWork();
        return word == null ? null : word.ending;
    }

    private static @Nullable Word atWork() {
        Word seen = NAMING.get();
        return seen == null ? of(AT_WORK, ServiceGate.anyService()) : seen;
    }

    private static @Nullable Word of(Map<String, Word> words, @Nullable String service) {
        return service == null ? null : words.get(service);
    }

    /// Who has taken the memory, by what is known best: seen in a service, told by the error, or at work now.
    private static @Nullable Word word() {
        Word seen = NAMING.get();
        Word told = seen == null ? of(OF_FINDERS, MemoryReserve.finder()) : seen;
        Word known = told == null ? atWork() : told;
        return known == null ? NAMELESS.get() : known;
    }

    /// Says it, and ends the process. Allocates nothing.
    public static void speak() {
        int said = Interruption.status();
        if (said >= 0) {
            Runtime.getRuntime().halt(said);
        }
        Word word = word();
        try {
            if (word != null) {
                ERR.write(word.text);
            }
        } catch (IOException _) {
            // Nobody listens; the status says it.
        }
        Runtime.getRuntime().halt(word == null ? Ending.USAGE : word.ending.status());
    }
}
