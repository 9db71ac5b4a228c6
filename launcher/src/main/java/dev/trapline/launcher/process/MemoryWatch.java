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
    private static final byte[] NOTHING = {};
    private static final OutputStream ERR = OthersOutput.messages();

    private MemoryWatch() {}

    /// Looks from now on.
    ///
    /// @param json whether what is said is for a program
    public static void start(boolean json) {
        JSON.set(json);
        NAMELESS.set(new Word(Failures.ofMemory(NONE), ""));
        warmUp();
        Thread.ofPlatform().daemon().name("memory-watch").start(MemoryWatch::look);
    }

    /// Where there is no memory, anything may fail, and in more than one way. Nothing of that ends this thread: it
    /// is the last one to end the process.
    private static void look() {
        Lack lack = new Lack();
        while (true) {
            try {
                // SLEEP: nothing tells that memory becomes scarce.
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

    /// For how long there has been no memory.
    private static final class Lack {
        private final long scarceBytes = Runtime.getRuntime().maxMemory() / 100 * SCARCE;

        /// In a row, up to now.
        private int refusals;

        private long sinceNanos = System.nanoTime();

        /// Asks for some, and decides whether this lack is the process's end.
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
                // WIDE: lack of memory shows in more than one way.
            } catch (Throwable _) {
                refusals++;
            }
        }

        private boolean isLasting() {
            long nanos = System.nanoTime() - sinceNanos;
            if (MemoryReserve.finder() != null) {
                return nanos > ORDERLY_NANOS;
            }
            return refusals >= REFUSALS && (atWork() != null || nanos > NAMELESS_NANOS);
        }
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
            // WIDE: that it ends matters more than what is said, and there is no memory.
        } catch (Throwable _) {
            // Nobody listens, or there is nothing to say it with; the status says it.
        }
        return word == null ? Ending.USAGE : word.ending.status();
    }

    private static void write(@Nullable Word word) throws IOException {
        ERR.write(word == null ? NOTHING : word.text);
    }

    /// Has all of the above ready for use: what is used for the first time takes memory.
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
