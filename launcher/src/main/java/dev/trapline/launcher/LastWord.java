package dev.trapline.launcher;

import dev.trapline.abi.firmware.MemoryReserve;
import java.io.PrintWriter;

/// Says why the process ends where nothing else does: a thread of a library met a fatal error, and ended it. As a rule
/// there was no memory any more, and the user must know that a service has taken all of it.
final class LastWord implements AutoCloseable {

    private final Thread hook;

    private LastWord(PrintWriter err) {
        this.hook = new Thread(() -> say(err), "last-word");
    }

    /// Sets aside what it takes to say it.
    static LastWord prepare(PrintWriter err) {
        MemoryReserve.take();
        LastWord word = new LastWord(err);
        Runtime.getRuntime().addShutdownHook(word.hook);
        return word;
    }

    private static void say(PrintWriter err) {
        if (Interruption.isUnderWay()) {
            return;
        }
        MemoryReserve.release();
        Ending ending = MemoryReserve.finder() != null
                ? Failures.ofMemory("another part of the process found none")
                : new Ending(
                        Ending.BROKEN,
                        "broken",
                        "a fatal error ended the process; as a rule that is for lack of memory"
                                + Interruption.whereHeld());
        err.println(ending.lastLine());
        err.flush();
        Runtime.getRuntime().halt(ending.status());
    }

    /// The process ends as it should, and says so itself.
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // It is ending already.
        }
    }
}
