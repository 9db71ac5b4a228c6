package dev.trapline.timeline.verify;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.machine.RunReport;
import dev.trapline.timeline.Checkpoint;
import dev.trapline.timeline.Playback;
import dev.trapline.timeline.checkpoint.CheckpointStore;
import dev.trapline.timeline.checkpoint.StoredCheckpoint;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The parts of a recording between checkpoints, each of which can be replayed separately. A part matches if all its
/// records match, and if the machine at its end equals, to the last byte, the machine at the beginning of the next
/// part. If all parts match, the whole recording does, because each part begins with the state in which the previous
/// one ended.
///
/// @param starts slices at which they begin: 0, then checkpoints
record RecordingParts(CheckpointStore store, List<Long> starts) {

    /// Slices between two checks for a request to stop.
    private static final long STRIDE = 256;

    /// The number of parts for each worker: enough to keep all busy to the end, but few, because each beginning
    /// takes time.
    private static final int EACH = 8;

    RecordingParts {
        starts = List.copyOf(starts);
    }

    /// Divides a recording.
    static RecordingParts of(CheckpointStore store, int workers) {
        List<Long> checkpoints = store.slices();
        List<Long> starts = new ArrayList<>(List.of(0L));
        int together = Math.max(1, Math.ceilDiv(checkpoints.size() + 1, workers * EACH));
        for (int n = together - 1; n < checkpoints.size(); n += together) {
            starts.add(checkpoints.get(n));
        }
        return new RecordingParts(store, starts);
    }

    int count() {
        return starts.size();
    }

    /// The result of a part.
    ///
    /// @param asRecorded whether it is as recorded, and its end is where the next one begins
    /// @param console what the guest printed in it
    /// @param report of the run's end; null elsewhere
    record Result(
            boolean asRecorded, Bytes console, @Nullable RunReport report) {}

    /// Replays one part.
    ///
    /// @param playback of the worker, wherever it is; a fresh one for the first part
    /// @param printed where the playback's console goes
    /// @param stop asked now and then
    /// @return null if it was stopped
    @Nullable
    Result replay(int index, Playback playback, ByteArrayOutputStream printed, BooleanSupplier stop) {
        try {
            return tried(index, playback, printed, stop);
            // WIDE: a wrong checkpoint leads to any failure. A right one does not, and a second look tells which it
            // was.
        } catch (RuntimeException _) {
            return new Result(false, Bytes.EMPTY, null);
        }
    }

    private @Nullable Result tried(int index, Playback playback, ByteArrayOutputStream printed, BooleanSupplier stop) {
        printed.reset();
        if (!begin(playback, starts.get(index))) {
            return new Result(false, Bytes.EMPTY, null);
        }
        boolean last = index == starts.size() - 1;
        long end = last ? Long.MAX_VALUE : starts.get(index + 1);
        while (playback.position().slice() < end && playback.outcome() == null) {
            if (stop.getAsBoolean()) {
                return null;
            }
            playback.playTo(Math.min(end, playback.position().slice() + STRIDE));
        }
        RunOutcome outcome = playback.outcome();
        if (last) {
            boolean asRecorded = outcome != null && outcome.isHistory();
            return new Result(asRecorded, Bytes.copyOf(printed.toByteArray()), playback.report());
        }
        boolean asRecorded = outcome == null && playback.hash().equals(store.hash(end));
        return new Result(asRecorded, Bytes.copyOf(printed.toByteArray()), null);
    }

    private boolean begin(Playback playback, long slice) {
        if (playback.outcome() == null && playback.position().slice() == slice) {
            // It came here by the part before, whose end was compared.
            return true;
        }
        StoredCheckpoint stored = store.read(slice);
        Checkpoint checkpoint = stored == null ? null : playback.checkpoint(stored);
        if (checkpoint == null) {
            return false;
        }
        playback.goTo(checkpoint);
        return true;
    }
}
