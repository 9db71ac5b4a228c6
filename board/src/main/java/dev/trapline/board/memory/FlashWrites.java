package dev.trapline.board.memory;

import dev.trapline.abi.engine.IgnoredWrites;
import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;

/// Counts the guest's writes to flash, and keeps the first one's address and PC. Flash is read-only and ignores writes.
public final class FlashWrites implements IgnoredWrites, Snapshot {

    /// The count and the first write.
    ///
    /// @param count the number of ignored accesses
    /// @param firstAddress guest physical address of the first; 0 if there was none
    /// @param firstPc the address of the instruction that made the first access; 0 if there was none
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
