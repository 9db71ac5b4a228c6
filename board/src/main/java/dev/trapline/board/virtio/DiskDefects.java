package dev.trapline.board.virtio;

import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.Injection.BadDisk.Failure;
import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateDamagedException;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;

/// What is wrong with a disk: the requests that come next fail.
public final class DiskDefects implements Snapshot {

    /// Requests that still fail; 0 if none does.
    private long reads;
    private long writes;
    private Failure ofWrites = Failure.WRITE_FAILS;

    /// Lets requests fail from now on.
    ///
    /// @param count how many; [Injection.Defect#EVERY_TIME] for each one
    public void add(Failure failure, long count) {
        switch (failure) {
            case READ_FAILS -> reads = count;
            case WRITE_FAILS, WRITE_LOST, WRITE_TORN -> {
                writes = count;
                ofWrites = failure;
            }
        }
    }

    /// Lets no request fail.
    public void clear() {
        reads = 0;
        writes = 0;
    }

    /// Whether there may be a failing read.
    boolean ofReads() {
        return reads != 0;
    }

    /// Whether there may be a failing write.
    boolean ofWrites() {
        return writes != 0;
    }

    /// A read fails.
    void failRead() {
        reads = less(reads);
    }

    /// A write fails.
    ///
    /// @return how
    Failure failWrite() {
        writes = less(writes);
        return ofWrites;
    }

    private static long less(long count) {
        return count == Injection.Defect.EVERY_TIME ? count : count - 1;
    }

    @Override
    public void save(StateWriter state) {
        state.put(reads);
        state.put(writes);
        state.put(ofWrites == Failure.WRITE_LOST);
        state.put(ofWrites == Failure.WRITE_TORN);
    }

    @Override
    public void load(StateReader state) {
        reads = state.take();
        writes = state.take();
        boolean lost = state.takeFlag();
        boolean torn = state.takeFlag();
        if (reads < 0 || writes < 0 || (lost && torn)) {
            throw new StateDamagedException("the defects of a disk are not possible");
        }
        ofWrites = lost ? Failure.WRITE_LOST : torn ? Failure.WRITE_TORN : Failure.WRITE_FAILS;
    }
}
