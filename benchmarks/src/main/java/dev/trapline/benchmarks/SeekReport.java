package dev.trapline.benchmarks;

import dev.trapline.timeline.Checkpoints;
import dev.trapline.timeline.Playback;
import dev.trapline.timeline.Seeker;
import dev.trapline.timeline.checkpoint.CheckpointSeal;
import dev.trapline.timeline.checkpoint.CheckpointStore;
import dev.trapline.timeline.verify.ParallelReplay;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/// Records guests, makes their checkpoints, and seeks to random positions: in one process with checkpoints in memory,
/// like a debugger, and separately each time with the recording's stored checkpoints, like a command. Then replays the
/// parts between checkpoints, on one thread and on two. Prints the times next to that of a plain replay.
///
/// Start it in the root of the repository. With a number, it also measures a recording of that many instructions, such
/// as `10000000000`, which takes longer.
public final class SeekReport {

    private static final int SEEKS = 100;
    private static final long BUDGET = 256L << 20;
    private static final double MILLI = 1e6;

    private SeekReport() {}

    /// Measures and prints.
    public static void main(String[] arguments) {
        try (Machines machines = new Machines()) {
            PrintStream out = System.out;
            out.println("| guest | straight to the end | making checkpoints | how many | size"
                    + " | seek in memory: median, p99 | from the store: median, p99, longest"
                    + " | parts on 1 thread | on 2 | ratio |");
            out.println("|---|---|---|---|---|---|---|---|---|---|");
            measure(machines, "compute", machines.record(Guest.COMPUTE), out);
            measure(machines, "hypercall-loop", machines.record(Guest.HYPERCALL_LOOP), out);
            if (arguments.length > 0) {
                long instructions = Long.parseLong(arguments[0]);
                measure(
                        machines,
                        String.format(Locale.ROOT, "two-instruction loop, %,d instructions", instructions),
                        machines.record(Guest.tightLoop(instructions)),
                        out);
            }
        }
    }

    private static void measure(Machines machines, String guest, Path recording, PrintStream out) {
        double straight;
        try (Seeker seeker = machines.seeker(recording, null, Long.MAX_VALUE)) {
            straight = millis(seeker, Long.MAX_VALUE);
        }
        double making;
        long slices;
        int count;
        long bytes;
        Playback first = machines.playback(recording);
        try (CheckpointStore store = CheckpointStore.open(recording, first.key(), seal(recording), BUDGET);
                Seeker seeker = new Seeker(first, store, Seeker.SPACING, BUDGET, System::nanoTime)) {
            making = millis(seeker, Long.MAX_VALUE);
            slices = seeker.position().slice();
            count = store.slices().size();
            bytes = store.bytes();
        }
        Random random = new Random(1);
        double[] inMemory = inMemory(machines, recording, slices, random);
        double[] stored = stored(machines, recording, slices, random);
        double one = parts(machines, recording, 1);
        double two = parts(machines, recording, 2);
        out.printf(
                Locale.ROOT,
                "| %s | %.0f ms | %.0f ms | %d | %.1f MB | %.0f, %.0f ms | %.0f, %.0f, %.0f ms | %.0f ms | %.0f ms |"
                        + " %.2f |%n",
                guest,
                straight,
                making,
                count,
                bytes / 1e6,
                inMemory[SEEKS / 2],
                inMemory[SEEKS * 99 / 100],
                stored[SEEKS / 2],
                stored[SEEKS * 99 / 100],
                stored[SEEKS - 1],
                one,
                two,
                one / two);
    }

    private static CheckpointSeal seal(Path recording) {
        return CheckpointSeal.of(recording.resolveSibling("checkpoint.key"));
    }

    /// The times of seeks in one process, one after the other, in ascending order.
    private static double[] inMemory(Machines machines, Path recording, long slices, Random random) {
        double[] seeks = new double[SEEKS];
        try (Seeker seeker = machines.seeker(recording, null, Seeker.SPACING)) {
            seeker.seek(Long.MAX_VALUE);
            for (int n = 0; n < SEEKS; n++) {
                seeks[n] = millis(seeker, random.nextLong(slices));
            }
        }
        Arrays.sort(seeks);
        return seeks;
    }

    /// The times of seeks, each as if in a separate process, in ascending order.
    private static double[] stored(Machines machines, Path recording, long slices, Random random) {
        double[] seeks = new double[SEEKS];
        for (int n = 0; n < SEEKS; n++) {
            seeks[n] = anew(machines, recording, random.nextLong(slices));
        }
        Arrays.sort(seeks);
        return seeks;
    }

    private static double millis(Seeker seeker, long slice) {
        long start = System.nanoTime();
        seeker.seek(slice);
        return (System.nanoTime() - start) / MILLI;
    }

    /// The time of opening the recording and its checkpoints, and seeking: everything except the start of the
    /// process.
    private static double anew(Machines machines, Path recording, long slice) {
        long start = System.nanoTime();
        Playback playback = machines.playback(recording);
        // With no budget, no checkpoints are added, so every seek finds the same ones.
        try (CheckpointStore store = CheckpointStore.open(recording, playback.key(), seal(recording), 0);
                Seeker seeker = new Seeker(playback, store, Seeker.SPACING, BUDGET, System::nanoTime)) {
            seeker.seek(slice);
            return (System.nanoTime() - start) / MILLI;
        }
    }

    /// Replays the parts between checkpoints, and compares the end of each with the beginning of the next.
    private static double parts(Machines machines, Path recording, int threads) {
        long start = System.nanoTime();
        Checkpoints checkpoints = new Checkpoints(
                recording, true, seal(recording), 0, Seeker.SPACING, System::nanoTime, SeekReport::refuse);
        ParallelReplay replay = new ParallelReplay(machines.run(recording), checkpoints, (_, _) -> {}, (_, _, _) -> {});
        if (!(replay.replay(threads) instanceof ParallelReplay.Result.Confirmed)) {
            throw new IllegalStateException(
                    "a checkpoint cannot be used, or the machine at a checkpoint differs from the stored one");
        }
        return (System.nanoTime() - start) / MILLI;
    }

    private static void refuse(String notice) {
        throw new IllegalStateException(notice);
    }
}
