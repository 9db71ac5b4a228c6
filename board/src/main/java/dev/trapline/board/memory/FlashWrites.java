package dev.trapline.board.memory;

import dev.trapline.abi.engine.IgnoredWrites;
import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;

/// Counts the writes to flash, which is read-only here and ignores them, and keeps where the first one came from.
public final class FlashWrites implements IgnoredWrites, Snapshot {

    /// What has been counted.
    ///
    /// @param count how many accesses were ignored
    /// @param firstAddress guest physical address of the first; 0 if there was none
    /// @param firstPc the instruction that made it; 0 if there was none
    public record Summary(long count, long firstAddress, long firstPc) {}

    private long count;
    private long firstAddress;
    private long firstPc;

    @Override
    public void ignored(long address, long pc) {
        if (count++ == 0) {
            firstAddress = address;
            firstPc = pc;
        }
    }

    public Summary summary() {
        return new Summary(count, firstAddress, firstPc);
    }

    @Override
    public void save(StateWriter state) {
        state.put(count);
        state.put(firstAddress);
        state.put(firstPc);
    }

    @Override
    public void load(StateReader state) {
        count = state.take();
        firstAddress = state.take();
        firstPc = state.take();
    }
}
