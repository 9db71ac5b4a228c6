package dev.trapline.vcpu;

import dev.trapline.abi.Position;
import dev.trapline.abi.engine.MemoryMap;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/// Goes to any slice of a recording, forwards and backwards: from the nearest checkpoint before it, and not from the
/// start. The checkpoints are made on the way, evenly in the time that replaying takes.
///
/// They cost memory of the host. Where that is more than the budget, every other one goes, and those to come are twice
/// as far apart: a longer recording has longer ways, not more checkpoints.
///
/// Where they are depends on the host's time; what is found at a place does not.
public final class Seeker implements AutoCloseable {

    /// Half a second of replay, in nanoseconds.
    public static final long SPACING = 500_000_000L;

    /// Slices between two looks at the clock.
    private static final long STRIDE = 64;

    private final Playback playback;
    private final LongSupplier nanoTime;
    private final long budget;
    private final TreeMap<Long, Checkpoint> checkpoints = new TreeMap<>();
    private long spacing;
    /// Replaying time since the last checkpoint that was passed, in nanoseconds.
    private long since;

    /// @param playback at its beginning; belongs to the seeker from now on
    /// @param spacing of checkpoints, in nanoseconds of replay; [#SPACING] if in doubt
    /// @param budget for checkpoints, in bytes
    /// @param nanoTime the host's clock
    public Seeker(Playback playback, long spacing, long budget, LongSupplier nanoTime) {
        this.playback = playback;
        this.spacing = spacing;
        this.budget = budget;
        this.nanoTime = nanoTime;
        if (playback.outcome() == null) {
            take();
        }
    }

    /// What it moves. It may be looked at, and a part of its next slice be played: the next [#seek] goes back
    /// first.
    public Playback playback() {
        return playback;
    }

    /// Goes to the beginning of a slice, or to the end of the run if that comes first.
    public void seek(long slice) {
        long here = playback.position().slice();
        Map.Entry<Long, Checkpoint> nearest = checkpoints.floorEntry(slice);
        boolean behind = playback.isSpent() || playback.outcome() != null || here > slice;
        if (nearest != null && (behind || nearest.getKey() > here)) {
            playback.goTo(nearest.getValue());
            since = 0;
        }
        long from = nanoTime.getAsLong();
        while (playback.position().slice() < slice && playback.outcome() == null) {
            long before = playback.position().slice();
            playback.playTo(Math.min(slice, before + STRIDE));
            long now = nanoTime.getAsLong();
            since = passed(before) ? 0 : since + now - from;
            from = now;
            if (since >= spacing && playback.outcome() == null) {
                take();
                from = nanoTime.getAsLong();
            }
        }
    }

    /// Whether a checkpoint lies between a slice and the place where it is.
    private boolean passed(long before) {
        Long last = checkpoints.floorKey(playback.position().slice());
        return last != null && last > before;
    }

    private void take() {
        Checkpoint checkpoint = playback.checkpoint();
        checkpoints.put(checkpoint.position().slice(), checkpoint);
        since = 0;
        while (bytes() > budget && checkpoints.size() > 1) {
            thin();
        }
    }

    /// The first one stays: without it nothing before the second can be reached.
    private void thin() {
        spacing *= 2;
        boolean goes = false;
        for (Iterator<Long> each = checkpoints.keySet().iterator(); each.hasNext(); goes = !goes) {
            each.next();
            if (goes) {
                each.remove();
            }
        }
        playback.forgetPagesExcept(checkpoints.values());
    }

    /// What the checkpoints take, in bytes.
    public long bytes() {
        long bytes = playback.pagesKept() * MemoryMap.PAGE;
        for (Checkpoint checkpoint : checkpoints.values()) {
            bytes += checkpoint.bytes();
        }
        return bytes;
    }

    /// How many checkpoints there are.
    public int checkpointCount() {
        return checkpoints.size();
    }

    /// Where it is.
    public Position position() {
        return playback.position();
    }

    @Override
    public void close() {
        playback.close();
    }
}
