package dev.trapline.machine;

import dev.trapline.abi.Digest64;
import dev.trapline.abi.history.History;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.board.memory.MachineMemory;

/// The digests by which two runs of a machine are compared: of each slice, and at intervals of all registers and of all
/// memory.
final class Digests implements Snapshot {

    /// Slices between two digests of all registers.
    private static final long FULL_DIGEST_EVERY = 64;

    private final long memoryInterval;
    private final MachineMemory memory;
    private final History history;
    private long ofSlices;
    private long nextMemoryDigest;

    /// @param memoryInterval virtual time between two digests of memory, in ticks
    Digests(long memoryInterval, MachineMemory memory, History history) {
        this.memoryInterval = memoryInterval;
        this.memory = memory;
        this.history = history;
        this.nextMemoryDigest = memoryInterval;
    }

    /// Whether a digest of all registers is due at the end of a slice.
    ///
    /// @param slice how many have ended before it
    static boolean isFullOneDue(long slice) {
        return slice % FULL_DIGEST_EVERY == FULL_DIGEST_EVERY - 1;
    }

    /// A digest of the digests of all slices.
    long ofSlices() {
        return ofSlices;
    }

    /// Adds the digest of a slice.
    void add(JournalRecord.Slice slice) {
        ofSlices = Digest64.fold(ofSlices, slice.digest());
    }

    /// Records the digests that are due at the end of a slice.
    ///
    /// @param rounds the rounds, which have already counted the slice
    void sliceEnded(SliceEnd end, Rounds rounds) {
        if (isFullOneDue(rounds.slices() - 1)) {
            history.append(new JournalRecord.FullDigest(
                    end.slice().vcpu(), end.reading().fullDigest()));
        }
        if (rounds.latest() >= nextMemoryDigest) {
            nextMemoryDigest = (rounds.latest() / memoryInterval + 1) * memoryInterval;
            history.append(new JournalRecord.MemoryDigest(memory.digest()));
        }
    }

    @Override
    public void save(StateWriter state) {
        state.put(ofSlices);
        state.put(nextMemoryDigest);
    }

    @Override
    public void load(StateReader state) {
        ofSlices = state.take();
        nextMemoryDigest = state.take();
    }
}
