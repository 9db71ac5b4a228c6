package dev.trapline.launcher.process;

import dev.trapline.abi.firmware.MemoryReserve;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.ResultFile;
import java.io.PrintWriter;
import java.util.concurrent.atomic.AtomicReference;

/// Reports why the process ends when nothing else does: a plugin ended it, a signal came before the command took
/// signals, or a thread of a library met a fatal error. In the last case there was usually no memory or no thread left,
/// and the user must learn which service took all of it.
public final class LastWord implements AutoCloseable {

    private static final AtomicReference<Runnable> PREPARED = new AtomicReference<>(() -> {});

    private final Thread hook;

    private LastWord(boolean json, PrintWriter err) {
        Runnable word = () -> say(json, err);
        this.hook = new Thread(word, "last-word");
        PREPARED.set(word);
    }

    /// Prepares everything that the report needs.
    ///
    /// @param json whether the report is JSON
    public static LastWord prepare(boolean json, PrintWriter err) {
        MemoryReserve.take();
        LastWord word = new LastWord(json, err);
        Runtime.getRuntime().addShutdownHook(word.hook);
        return word;
    }

    /// Reports on this thread, and ends the process. Does nothing if nothing was prepared.
    static void sayHere() {
        PREPARED.get().run();
    }

    private static void say(boolean json, PrintWriter err) {
        if (!Interruption.begin()) {
            return;
        }
        MemoryReserve.release();
        try {
            RunningServices.Found exiting = RunningServices.exiting();
            Ending ending = exiting == null ? ofFatalError() : ofExit(exiting);
            if (exiting != null && !json) {
                err.print("A plugin has ended the process:\n" + exiting.trace());
            }
            Interruption.doAtLast();
            err.print(json ? ResultFile.json(ending, null).line() : ending.lastLine() + "\n");
            err.flush();
            Runtime.getRuntime().halt(ending.status());
        } catch (OutOfMemoryError _) {
            MemoryWatch.speak();
        }
    }

    private static Ending ofExit(RunningServices.Found exiting) {
        return new Ending(
                Ending.BROKEN,
                "service-failed",
                "service '" + Services.nameOf(exiting.entered().getClassName())
                        + "' has ended the process by System.exit, in " + exiting.words());
    }

    private static Ending ofFatalError() {
        if (ThreadWatch.isLacking()) {
            return ThreadWatch.ofRefusal();
        }
        if (MemoryReserve.finder() != null || MemoryWatch.ofService() != null) {
            return Failures.ofMemory("another part of the process could not get any");
        }
        return Signals.areEndingTheProcess()
                ? Interruption.interrupted()
                : new Ending(
                        Ending.BROKEN,
                        "broken",
                        "a fatal error ended the process; usually the reason is lack of memory"
                                + Interruption.whereHeld());
    }

    /// The process ends normally, and reports that itself.
    @Override
    public void close() {
        PREPARED.set(() -> {});
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // It is ending already.
        }
    }
}
