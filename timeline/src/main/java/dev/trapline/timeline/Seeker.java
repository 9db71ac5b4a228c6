package dev.trapline.timeline;

import dev.trapline.abi.Position;
import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.state.StateDamagedException;
import dev.trapline.machine.firmware.state.UnsupportedStateException;
import dev.trapline.timeline.checkpoint.CheckpointStore;
import dev.trapline.timeline.checkpoint.StoredCheckpoint;
import java.util.Iterator;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Goes to any slice of a recording, forwards and backwards, from the nearest checkpoint before it instead of the
/// start. Checkpoints are made on the way: in memory, and if there is a store, also there, for later seeks. They are
/// made where all vCPUs have fresh engines ([Playback#isRenewed]), at least a certain replay time apart.
///
/// They use memory of the host. If that exceeds the budget, every second checkpoint is deleted, and later ones are
/// twice as far apart: a longer recording has larger distances, not more checkpoints. A store has its own budget.
///
/// Their positions depend on the host's time; the state at a position does not.
public final class Seeker implements AutoCloseable {

    /// Half a second of replay, in nanoseconds.
    public static final long SPACING = 500_000_000L;

    /// The default budget for checkpoints in memory, in bytes.
    public static final long BUDGET = 256L << 20;

    /// Slices between two readings of the clock.
    private static final long STRIDE = 64;

    /// Where a replay to a position began.
    ///
    /// @param slice the slice of the checkpoint; the playback's position if none was used
    /// @param stored whether the checkpoint came from the store
    public record Origin(long slice, boolean stored) {}

    private final Playback playback;
    private final @Nullable CheckpointStore store;
    private final LongSupplier nanoTime;
    private final long budget;
    private final TreeMap<Long, Checkpoint> checkpoints = new TreeMap<>();
    private final long wanted;
    private long spacing;
    /// Replaying time since the last checkpoint in memory that was passed, in nanoseconds.
    private long since;
    /// The same for those in the store.
    private long sinceStored;

    private LongConsumer observer = _ -> {};
    private Origin origin = new Origin(0, false);
    private boolean reliesOnStore;
    private @Nullable String unsupported;

    /// A seeker whose checkpoints end with it.
    ///
    /// @param playback at its beginning; belongs to the seeker from now on
    /// @param spacing of checkpoints, in nanoseconds of replay; [#SPACING] if in doubt
    /// @param budget for checkpoints in memory, in bytes; [#BUDGET] if in doubt
    /// @param nanoTime the host's clock
    public Seeker(Playback playback, long spacing, long budget, LongSupplier nanoTime) {
        this(playback, null, spacing, budget, nanoTime);
    }

    /// A seeker that uses stored checkpoints, and adds to them.
    ///
    /// @param store of the same recording, opened with the playback's key; stays the caller's. Null for none
    public Seeker(
            Playback playback, @Nullable CheckpointStore store, long spacing, long budget, LongSupplier nanoTime) {
        this.playback = playback;
        this.store = store;
        this.wanted = spacing;
        this.spacing = spacing;
        this.budget = budget;
        this.nanoTime = nanoTime;
        if (playback.outcome() == null) {
            keep(playback.checkpoint());
        }
    }

    /// Sets an observer that is told from time to time, on the seeker's thread, the current slice.
    ///
    /// @param newObserver may throw to end the replay; then the seeker can only be closed
    public void tell(LongConsumer newObserver) {
        observer = newObserver;
    }

    /// The playback that it moves. It may be examined, and a part of its next slice may be replayed: the next
    /// [#seek] goes back first.
    public Playback playback() {
        return playback;
    }

    /// The last slice before another one that it can reach without replaying: 0 if there is no checkpoint.
    public long checkpointBefore(long slice) {
        Long kept = checkpoints.lowerKey(slice);
        Long stored = slice == 0 ? null : storedUpTo(slice - 1);
        return Math.max(kept == null ? 0 : kept, stored == null ? 0 : stored);
    }

    /// Goes to the beginning of a slice, or to the end of the run if that comes first.
    public void seek(long slice) {
        long here = playback.position().slice();
        boolean behind = playback.isSpent() || playback.outcome() != null || here > slice;
        goNear(slice, behind ? -1 : here);
        playTo(slice);
    }

    /// Continues without seeking, and makes checkpoints, until this number of slices has ended or the run is over.
    public void playTo(long slice) {
        long from = nanoTime.getAsLong();
        while (playback.position().slice() < slice && playback.outcome() == null) {
            long before = playback.position().slice();
            playback.playToRenewal(Math.min(slice, before + STRIDE));
            observer.accept(playback.position().slice());
            long now = nanoTime.getAsLong();
            long here = playback.position().slice();
            since = isPassed(checkpoints.floorKey(here), before) ? 0 : since + now - from;
            sinceStored = isPassed(storedUpTo(here), before) ? 0 : sinceStored + now - from;
            from = now;
            if (playback.isRenewed() && (since >= spacing || isStoreDue())) {
                take();
                from = nanoTime.getAsLong();
            }
        }
    }

    /// Continues without seeking up to a position, which may be within a slice.
    ///
    /// @return false if the replay failed on the way
    /// @throws NotInRecordingException if the slice has fewer instructions
    public boolean reach(Position position) {
        long slice = position.slice();
        playTo(slice);
        RunOutcome outcome = playback.outcome();
        if (playback.position().slice() < slice || (outcome != null && !outcome.isHistory())) {
            return false;
        }
        if (!position.isInside()) {
            return true;
        }
        if (outcome != null) {
            // The recording has a slice here, but the replay ended before it.
            return false;
        }
        long instruction = position.instruction();
        if (position.phase() == Position.Phase.EXIT) {
            playback.playToExit();
        } else if (!playback.playInto(instruction)) {
            throw new NotInRecordingException("slice " + slice + " ends with or before its instruction " + instruction
                    + ": what comes after it is slice " + (slice + 1));
        }
        return true;
    }

    /// Goes to the best checkpoint up to a slice, if one is after the current position.
    ///
    /// @param here the current position; -1 if it cannot be used
    private void goNear(long slice, long here) {
        Long kept = checkpoints.floorKey(slice);
        long least = kept == null ? here : Math.max(here, kept);
        for (Long stored = storedUpTo(slice); stored != null && stored > least; stored = storedUpTo(slice)) {
            if (goToStored(stored)) {
                return;
            }
        }
        Checkpoint nearest = kept == null ? null : checkpoints.get(kept);
        if (nearest != null && nearest.position().slice() > here) {
            playback.goTo(nearest);
            arrived(new Origin(nearest.position().slice(), false));
        } else {
            origin = new Origin(Math.max(0, here), false);
        }
    }

    private boolean goToStored(long slice) {
        CheckpointStore from = store;
        StoredCheckpoint stored = from == null ? null : from.read(slice);
        if (from == null || stored == null) {
            return false;
        }
        Checkpoint checkpoint = playback.checkpoint(stored);
        if (checkpoint == null) {
            from.drop(slice, "the checkpoint at slice " + slice + " is not of this recording as it is today");
            return false;
        }
        try {
            playback.goTo(checkpoint);
        } catch (StateDamagedException e) {
            // It was half loaded: what is here now is no machine.
            from.drop(slice, "the checkpoint at slice " + slice + " is not of this machine: " + e.getMessage());
            goToFirst(e);
            return true;
        }
        reliesOnStore = true;
        arrived(new Origin(slice, true));
        return true;
    }

    private void goToFirst(StateDamagedException otherwise) {
        if (checkpoints.isEmpty()) {
            throw otherwise;
        }
        Checkpoint first = checkpoints.firstEntry().getValue();
        playback.goTo(first);
        arrived(new Origin(first.position().slice(), false));
    }

    private void arrived(Origin at) {
        origin = at;
        since = 0;
        sinceStored = 0;
    }

    private @Nullable Long storedUpTo(long slice) {
        return store == null ? null : store.floor(slice);
    }

    /// Whether a checkpoint is between a slice and the current position.
    private static boolean isPassed(@Nullable Long last, long before) {
        return last != null && last > before;
    }

    private boolean isStoreDue() {
        return store != null && unsupported == null && sinceStored >= store.spacing(wanted) && store.isWritable();
    }

    private void take() {
        Checkpoint checkpoint = playback.checkpoint();
        if (store != null && isStoreDue()) {
            write(checkpoint, store);
        }
        if (since >= spacing) {
            keep(checkpoint);
        } else {
            playback.forgetPagesExcept(checkpoints.values());
        }
    }

    private void write(Checkpoint checkpoint, CheckpointStore into) {
        sinceStored = 0;
        try {
            into.put(checkpoint.image(), checkpoint.pages());
        } catch (UnsupportedStateException e) {
            unsupported = e.getMessage();
        }
    }

    private void keep(Checkpoint checkpoint) {
        checkpoints.put(checkpoint.position().slice(), checkpoint);
        since = 0;
        while (bytes() > budget && checkpoints.size() > 1) {
            thin();
        }
    }

    /// The first one is kept: without it no position before the second can be reached.
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

    /// The size of the checkpoints in memory, in bytes.
    public long bytes() {
        long bytes = playback.pagesKept() * MemoryMap.PAGE;
        for (Checkpoint checkpoint : checkpoints.values()) {
            bytes += checkpoint.bytes();
        }
        return bytes;
    }

    /// How many checkpoints there are in memory.
    public int checkpointCount() {
        return checkpoints.size();
    }

    /// Where the last [#seek] began.
    public Origin origin() {
        return origin;
    }

    /// Whether the result depends on a checkpoint of another process. Such a checkpoint was checked as far as
    /// possible; a replay from the start needs no trust in it.
    public boolean reliesOnStore() {
        return reliesOnStore;
    }

    /// Why nothing more is stored, if the state of a service cannot be written; otherwise null.
    public @Nullable String unsupported() {
        return unsupported;
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
