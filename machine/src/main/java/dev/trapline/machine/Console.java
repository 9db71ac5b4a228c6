package dev.trapline.machine;

import dev.trapline.abi.Digest64;
import dev.trapline.abi.history.JournalRecord.Slice;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.board.device.ConsoleDevice;

/// What the guest has printed: counted, digested, and passed on.
public final class Console {

    private final ConsoleOutput output;
    private long bytes;
    private long digest;

    public Console(ConsoleOutput output) {
        this.output = output;
    }

    /// A slice that just ended, as it goes into the history: what was printed in it is part of its digest, so that
    /// a difference that reaches nothing but the console shows in the slice that printed it.
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
        // Cleared first, so that what an output throws on is not offered again. The array keeps what it holds.
        device.clearTransmitted();
        output.write(printed, count);
    }

    /// How much was printed.
    public long bytes() {
        return bytes;
    }

    /// Digest of all that was printed, the same however it was cut into slices.
    long digest() {
        return digest;
    }

    void save(StateWriter state) {
        state.put(bytes);
        state.put(digest);
    }

    void load(StateReader state) {
        bytes = state.take();
        digest = state.take();
    }
}
