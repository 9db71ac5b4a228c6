package dev.trapline.machine;

import dev.trapline.abi.Digest64;
import dev.trapline.abi.history.JournalRecord.Slice;
import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.board.device.ConsoleDevice;

/// The guest's console output: counted, digested, and passed on.
public final class Console implements Snapshot {

    private final ConsoleOutput output;
    private long bytes;
    private long digest;

    public Console(ConsoleOutput output) {
        this.output = output;
    }

    /// The record of a slice that has just ended. Its digest includes the console output of the slice, so that a
    /// difference in the output alone is found in the slice that printed it.
    static Slice withPrinted(Slice slice, ConsoleDevice device) {
        int count = device.transmittedCount();
        if (count == 0) {
            return slice;
        }
        byte[] printed = device.transmitted();
        long folded = slice.digest();
        for (int i = 0; i < count; i++) {
            folded = Digest64.fold(folded, printed[i]);
        }
        return new Slice(slice.vcpu(), slice.began(), slice.budget(), slice.executed(), slice.exit(), folded);
    }

    /// Passes on what the guest printed in the slice that just ended.
    public void takeFrom(ConsoleDevice device) {
        int count = device.transmittedCount();
        if (count == 0) {
            return;
        }
        byte[] printed = device.transmitted();
        for (int i = 0; i < count; i++) {
            digest = Digest64.fold(digest, printed[i]);
        }
        bytes += count;
        // Cleared first, so that bytes for which an output throws are not offered again. The array keeps its content.
        device.clearTransmitted();
        output.write(printed, count);
    }

    /// The size of the output, in bytes.
    public long bytes() {
        return bytes;
    }

    /// The digest of the whole output. It does not depend on how the output was divided into slices.
    long digest() {
        return digest;
    }

    @Override
    public void save(StateWriter state) {
        state.put(bytes);
        state.put(digest);
    }

    @Override
    public void load(StateReader state) {
        bytes = state.take();
        digest = state.take();
    }
}
