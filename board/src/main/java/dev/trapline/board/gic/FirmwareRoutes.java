package dev.trapline.board.gic;

import dev.trapline.abi.firmware.Effect.RouteInterrupt.Receiver;
import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import java.util.Arrays;

/// Which interrupts belong to firmware and not to the guest, and which of these firmware takes when they are pending.
/// One bit for each, in words as [Interrupts] has them.
final class FirmwareRoutes implements Snapshot {

    private final int[] owned;
    private final int[] taken;
    /// Whether firmware takes any. It follows from the bits.
    private boolean takesAny;

    FirmwareRoutes(int words) {
        owned = new int[words];
        taken = new int[words];
    }

    void reset() {
        Arrays.fill(owned, 0);
        Arrays.fill(taken, 0);
        takesAny = false;
    }

    void set(int word, int bit, Receiver receiver) {
        owned[word] &= ~bit;
        taken[word] &= ~bit;
        switch (receiver) {
            case GUEST -> {}
            case NOBODY -> owned[word] |= bit;
            case FIRMWARE -> {
                owned[word] |= bit;
                taken[word] |= bit;
            }
        }
        refresh();
    }

    private void refresh() {
        takesAny = Arrays.stream(taken).anyMatch(bits -> bits != 0);
    }

    boolean takesAny() {
        return takesAny;
    }

    /// The interrupts that belong to firmware.
    int owned(int word) {
        return owned[word];
    }

    /// The interrupts that firmware takes.
    int taken(int word) {
        return taken[word];
    }

    @Override
    public void save(StateWriter state) {
        Interrupts.save(state, owned, taken);
    }

    @Override
    public void load(StateReader state) {
        Interrupts.load(state, owned, taken);
        refresh();
    }
}
