package dev.trapline.benchmarks;

import akka.actor.typed.ActorSystem;
import dev.trapline.abi.engine.EngineLibrary;
import dev.trapline.abi.history.History;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.RecordingHeader;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.StoragePolicy;
import dev.trapline.journal.HistoryEntry;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.recording.Recordings;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// Writes hypercalls into recordings, like a machine, but without one.
final class OwnJournal {

    private final ActorSystem<?> system;
    private final List<Call> calls;

    OwnJournal(ActorSystem<?> system, List<Call> calls) {
        this.system = system;
        this.calls = calls;
    }

    /// Records a number of calls.
    ///
    /// @param directory the directory to create
    /// @return seconds from the first call until the recording is closed and everything is on the disk
    double write(Path directory, int count) {
        History history = Recordings.begin(
                system, directory, header(directory.getFileName().toString()), List.of(), StoragePolicy.DEFAULT);
        Thread here = Thread.currentThread();
        history.onCredit(() -> LockSupport.unpark(here));
        long start = System.nanoTime();
        for (int n = 0; n < count; n++) {
            while (!history.hasCredit()) {
                LockSupport.park(history);
            }
            Call call = calls.get(n % calls.size());
            history.append(call.slice());
            history.append(call.answer());
        }
        history.append(new JournalRecord.End(new RunOutcome.PoweredOff(), 256L * count, 0, 0));
        history.close().toCompletableFuture().join();
        return (System.nanoTime() - start) / 1e9;
    }

    private static RecordingHeader header(String id) {
        return new RecordingHeader(
                id,
                "benchmark",
                new EngineLibrary("none", "0", "0".repeat(64), "none"),
                "splitmix64/1",
                1,
                Machines.spec(),
                List.of(),
                List.of(),
                List.of());
    }

    /// Opens a recording, and checks and decodes all of it.
    ///
    /// @return seconds
    static double scan(Path directory, int count) {
        long start = System.nanoTime();
        int found = 0;
        try (RecordingReader reader = Recordings.open(directory, OpenOptions.STRICT)) {
            for (Iterator<HistoryEntry> entries = reader.entries(); entries.hasNext(); ) {
                if (entries.next().record() instanceof JournalRecord.Slice) {
                    found++;
                }
            }
        }
        if (found != count) {
            throw new IllegalStateException("of " + count + " calls, " + found + " were read");
        }
        return (System.nanoTime() - start) / 1e9;
    }
}
