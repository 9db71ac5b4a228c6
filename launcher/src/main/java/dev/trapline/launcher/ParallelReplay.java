package dev.trapline.launcher;

import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.machine.RunReport;
import dev.trapline.timeline.Playback;
import dev.trapline.timeline.PositionQuery;
import dev.trapline.timeline.Seeker;
import dev.trapline.timeline.checkpoint.CheckpointStore;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Replays a whole recording on several threads, stretch by stretch.
///
/// It either confirms the recording or gives no verdict; the caller then replays it in one go, which tells the first
/// divergence.
final class ParallelReplay {

    private static final long LOOK_MILLIS = 50;

    private final Replaying replaying;
    private final EngineFactory engines;
    private final Checkpoints checkpoints;
    private final GuestConsole console;
    private final Watch watch;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private long printed;
    private boolean doubted;

    ParallelReplay(
            Replaying replaying, EngineFactory engines, Checkpoints checkpoints, GuestConsole console, Watch watch) {
        this.replaying = replaying;
        this.engines = engines;
        this.checkpoints = checkpoints;
        this.console = console;
        this.watch = watch;
    }

    /// Ends it soon. For any thread.
    void stop() {
        stopped.set(true);
    }

    /// How much of the guest's console was written, in bytes.
    long printed() {
        return printed;
    }

    /// Whether a stretch was not as recorded, or a checkpoint of no use.
    boolean isDoubted() {
        return doubted;
    }

    /// Replays the recording.
    ///
    /// @param jobs threads, 2 or more
    /// @param divided called before anything is replayed, if there are checkpoints to divide the recording at
    /// @return null if it is not known whether it is as recorded
    /// @throws CommandException if it was stopped
    @Nullable
    RunReport replay(int jobs, Runnable divided) {
        long start = System.nanoTime();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Playback first = playback(out);
        try (CheckpointStore store = checkpoints.open(first)) {
            if (store == null || store.slices().isEmpty()) {
                checkpoints.tellNotice(store);
                first.close();
                return store == null ? null : makingCheckpoints(store, start);
            }
            divided.run();
            Stretches stretches = Stretches.of(store, jobs);
            RunReport report = inParallel(stretches, jobs, first, out);
            checkpoints.tellNotice(store);
            return report == null
                    ? null
                    : timed(report, lastCalls(report.progress().hypercalls()), start);
        }
    }

    private long slices() {
        try (RecordingReader reader = Recordings.open(replaying.recording(), replaying.open())) {
            return PositionQuery.slices(reader);
        }
    }

    /// A stretch knows its own calls alone.
    private List<String> lastCalls(long calls) {
        try (RecordingReader reader = Recordings.open(replaying.recording(), replaying.open())) {
            return LastCalls.of(reader, replaying.services(), calls);
        }
    }

    private Playback playback(ByteArrayOutputStream out) {
        return Playback.of(
                engines,
                Recordings.open(replaying.recording(), replaying.open()),
                replaying.services().all(),
                (bytes, length) -> out.write(bytes, 0, length));
    }

    /// Without checkpoints there is one stretch. What is replayed in one go can as well leave some behind.
    private @Nullable RunReport makingCheckpoints(CheckpointStore store, long start) {
        Playback playback = Playback.of(
                engines,
                Recordings.open(replaying.recording(), replaying.open()),
                replaying.services().all(),
                (bytes, length) -> {
                    console.write(bytes, length);
                    printed += length;
                });
        long slices = slices();
        try (Seeker seeker = checkpoints.seeker(playback, store, slice -> {
            requireNotStopped();
            watch.at("slice", slice, slices);
        })) {
            seeker.playTo(Long.MAX_VALUE);
            watch.pause();
            checkpoints.tellTrouble(seeker, store);
            int made = store.slices().size();
            checkpoints
                    .err()
                    .println("trapline: there were no checkpoints: replayed on one core, and "
                            + (made == 0
                                    ? "made none"
                                    : "made " + Figures.count(made, "checkpoint") + " for the next time")
                            + " ('trapline journal index' makes them ahead)");
            RunReport report = playback.report();
            return timed(report, report.lastHypercalls(), start);
        }
    }

    private @Nullable RunReport inParallel(Stretches stretches, int jobs, Playback first, ByteArrayOutputStream out) {
        List<CompletableFuture<Stretches.@Nullable Result>> results = new ArrayList<>();
        for (int n = 0; n < stretches.count(); n++) {
            results.add(new CompletableFuture<>());
        }
        AtomicInteger next = new AtomicInteger();
        AtomicBoolean failed = new AtomicBoolean();
        List<Thread> workers = new ArrayList<>();
        for (int n = 0; n < Math.min(jobs, stretches.count()); n++) {
            boolean isFirst = n == 0;
            workers.add(Thread.ofPlatform().name("replay-" + n).start(() -> {
                ByteArrayOutputStream own = isFirst ? out : new ByteArrayOutputStream();
                work(stretches, next, failed, results, isFirst ? first : null, own);
            }));
        }
        try {
            return collect(results);
        } finally {
            failed.set(true);
            workers.forEach(ParallelReplay::join);
        }
    }

    // Whatever breaks a worker breaks the command: it is thrown where the result is asked for.
    @SuppressWarnings("IllegalCatch")
    private void work(
            Stretches stretches,
            AtomicInteger next,
            AtomicBoolean failed,
            List<CompletableFuture<Stretches.@Nullable Result>> results,
            @Nullable Playback given,
            ByteArrayOutputStream out) {
        int index = next.getAndIncrement();
        try (Playback playback = given == null ? playback(out) : given) {
            for (; index < results.size(); index = next.getAndIncrement()) {
                Stretches.Result result = stretches.replay(index, playback, out, () -> failed.get() || stopped.get());
                results.get(index).complete(result);
                if (result == null || !result.asRecorded()) {
                    failed.set(true);
                }
            }
        } catch (RuntimeException | Error e) {
            for (CompletableFuture<Stretches.@Nullable Result> result : results) {
                result.completeExceptionally(e);
            }
        }
    }

    /// Prints what the guest printed, in its order, while the later stretches are replayed.
    private @Nullable RunReport collect(List<CompletableFuture<Stretches.@Nullable Result>> results) {
        RunReport report = null;
        for (CompletableFuture<Stretches.@Nullable Result> each : results) {
            Stretches.@Nullable Result result = await(each, results);
            requireNotStopped();
            if (result == null || !result.asRecorded()) {
                doubted = true;
                return null;
            }
            console.write(result.console().toArray(), result.console().size());
            printed += result.console().size();
            if (console.isBroken()) {
                stop();
            }
            report = result.report();
        }
        return report;
    }

    private Stretches.@Nullable Result await(
            CompletableFuture<Stretches.@Nullable Result> wanted,
            List<CompletableFuture<Stretches.@Nullable Result>> results) {
        while (true) {
            try {
                return wanted.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException _) {
                long done = results.stream().filter(CompletableFuture::isDone).count();
                watch.at("part", done, results.size());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("nobody interrupts the thread that collects the results", e);
            } catch (ExecutionException e) {
                throw e.getCause() instanceof RuntimeException cause
                        ? cause
                        : new IllegalStateException("a part could not be replayed", e.getCause());
            }
        }
    }

    private void requireNotStopped() {
        if (stopped.get() || console.isBroken()) {
            throw CommandException.interrupted("the replay was interrupted; no divergence so far");
        }
    }

    private static void join(Thread worker) {
        try {
            worker.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static RunReport timed(RunReport report, List<String> lastCalls, long start) {
        return report.ofParts(lastCalls, System.nanoTime() - start);
    }
}
