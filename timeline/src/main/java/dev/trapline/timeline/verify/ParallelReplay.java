package dev.trapline.timeline.verify;

import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.journal.RecordingReader;
import dev.trapline.machine.ConsoleOutput;
import dev.trapline.machine.RunReport;
import dev.trapline.timeline.Checkpoints;
import dev.trapline.timeline.LastCalls;
import dev.trapline.timeline.Playback;
import dev.trapline.timeline.RecordedRun;
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

/// Replays a whole recording on several threads, part by part.
///
/// It either confirms the recording, or has no result. In the second case the caller replays it sequentially, which
/// finds the first divergence.
public final class ParallelReplay {

    private static final long LOOK_MILLIS = 50;

    /// Somebody waits.
    public interface Onlooker {

        /// Is notified from time to time, on the thread that called [#replay], of the progress.
        ///
        /// @param unit what is counted: `slice`
        /// @param done of `total`
        /// @throws RuntimeException to end the replay
        void at(String unit, long done, long total);

        /// Is notified, before anything is replayed, that there are checkpoints to divide the recording at: no
        /// others are made.
        default void divided() {}
    }

    /// The result for a recording. A closed set.
    public sealed interface Result {

        /// The replay matches: each part does.
        record Confirmed(RunReport report) implements Result {}

        /// There were no checkpoints at which to divide it: it was replayed sequentially.
        ///
        /// @param report of a run that is as recorded, or is not
        /// @param checkpoints that were made
        record Sequential(RunReport report, int checkpoints) implements Result {}

        /// A part does not match, or a checkpoint cannot be used.
        record Doubted() implements Result {}

        /// It cannot have checkpoints: nothing was replayed.
        record Undivided() implements Result {}
    }

    private final RecordedRun run;
    private final Checkpoints checkpoints;
    private final ConsoleOutput console;
    private final Onlooker onlooker;
    private long printed;

    public ParallelReplay(RecordedRun run, Checkpoints checkpoints, ConsoleOutput console, Onlooker onlooker) {
        this.run = run;
        this.checkpoints = checkpoints;
        this.console = console;
        this.onlooker = onlooker;
    }

    /// How much of the guest's console was written, in bytes.
    public long printed() {
        return printed;
    }

    /// Replays the recording.
    ///
    /// @param jobs threads, 2 or more
    public Result replay(int jobs) {
        long start = checkpoints.nanoTime().getAsLong();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Playback first = playback(out);
        try (CheckpointStore store = checkpoints.open(first)) {
            if (store == null || store.slices().isEmpty()) {
                checkpoints.tellNotice(store);
                first.close();
                return store == null ? new Result.Undivided() : sequentially(store, start);
            }
            onlooker.divided();
            RunReport report = inParallel(RecordingParts.of(store, jobs), jobs, first, out);
            checkpoints.tellNotice(store);
            return report == null
                    ? new Result.Doubted()
                    : new Result.Confirmed(
                            timed(report, lastCalls(report.progress().hypercalls()), start));
        }
    }

    /// A part knows its own calls alone.
    private List<String> lastCalls(long calls) {
        List<ServiceDescriptor> services =
                run.services().stream().map(FirmwareService::descriptor).toList();
        try (RecordingReader reader = run.recording().get()) {
            return LastCalls.of(reader, services, calls);
        }
    }

    private Playback playback(ByteArrayOutputStream out) {
        return run.playback((bytes, length) -> out.write(bytes, 0, length));
    }

    private void print(byte[] bytes, int length) {
        console.write(bytes, length);
        printed += length;
    }

    /// Without checkpoints there is one part. A sequential replay can save some on the way.
    private Result sequentially(CheckpointStore store, long start) {
        long slices = run.slices();
        try (Seeker seeker =
                checkpoints.seeker(run.playback(this::print), store, slice -> onlooker.at("slice", slice, slices))) {
            seeker.playTo(Long.MAX_VALUE);
            checkpoints.tellTrouble(seeker, store);
            RunReport report = seeker.playback().report();
            return new Result.Sequential(
                    timed(report, report.lastHypercalls(), start),
                    store.slices().size());
        }
    }

    private @Nullable RunReport inParallel(RecordingParts parts, int jobs, Playback first, ByteArrayOutputStream out) {
        List<CompletableFuture<RecordingParts.@Nullable Result>> results = new ArrayList<>();
        for (int n = 0; n < parts.count(); n++) {
            results.add(new CompletableFuture<>());
        }
        AtomicInteger next = new AtomicInteger();
        AtomicBoolean failed = new AtomicBoolean();
        List<Thread> workers = new ArrayList<>();
        for (int n = 0; n < Math.min(jobs, parts.count()); n++) {
            boolean isFirst = n == 0;
            workers.add(Thread.ofPlatform()
                    .name("replay-" + n)
                    .inheritInheritableThreadLocals(false)
                    .start(() -> {
                        ByteArrayOutputStream own = isFirst ? out : new ByteArrayOutputStream();
                        work(parts, next, failed, results, isFirst ? first : null, own);
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
            RecordingParts parts,
            AtomicInteger next,
            AtomicBoolean failed,
            List<CompletableFuture<RecordingParts.@Nullable Result>> results,
            @Nullable Playback given,
            ByteArrayOutputStream out) {
        int index = next.getAndIncrement();
        try (Playback playback = given == null ? playback(out) : given) {
            for (; index < results.size(); index = next.getAndIncrement()) {
                RecordingParts.Result result = parts.replay(index, playback, out, failed::get);
                results.get(index).complete(result);
                if (result == null || !result.asRecorded()) {
                    failed.set(true);
                }
            }
        } catch (RuntimeException | Error e) {
            for (CompletableFuture<RecordingParts.@Nullable Result> result : results) {
                result.completeExceptionally(e);
            }
        }
    }

    /// Prints what the guest printed, in its order, while the later parts are replayed.
    private @Nullable RunReport collect(List<CompletableFuture<RecordingParts.@Nullable Result>> results) {
        RunReport report = null;
        for (CompletableFuture<RecordingParts.@Nullable Result> each : results) {
            RecordingParts.@Nullable Result result = await(each, results);
            tell(results);
            if (result == null || !result.asRecorded()) {
                return null;
            }
            print(result.console().toArray(), result.console().size());
            report = result.report();
        }
        return report;
    }

    private RecordingParts.@Nullable Result await(
            CompletableFuture<RecordingParts.@Nullable Result> wanted,
            List<CompletableFuture<RecordingParts.@Nullable Result>> results) {
        while (true) {
            try {
                return wanted.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException _) {
                tell(results);
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

    private void tell(List<CompletableFuture<RecordingParts.@Nullable Result>> results) {
        long done = results.stream().filter(CompletableFuture::isDone).count();
        onlooker.at("part", done, results.size());
    }

    private static void join(Thread worker) {
        try {
            worker.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private RunReport timed(RunReport report, List<String> lastCalls, long start) {
        return report.ofParts(lastCalls, checkpoints.nanoTime().getAsLong() - start);
    }
}
