package dev.trapline.board.cpu;

import dev.trapline.abi.Digest64;
import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;

/// The cycle counter of the performance monitors: it counts ticks of virtual time while PMCR_EL0.E and its bit in
/// PMCNTENSET_EL0 are both set.
///
/// Event counters never count, because there is no microarchitecture to produce the events.
public final class CycleCounter implements Snapshot {

    private static final long ENABLE = 1;
    private static final long RESET = 1L << 2;
    /// The cycle counter's bit in PMCNTENSET_EL0 and PMCNTENCLR_EL0.
    private static final long CYCLES = 1L << 31;

    private boolean enabled;
    private boolean counting;
    private long userEnable;
    private long held;
    private long since;

    /// PMCR_EL0.E.
    public boolean enabled() {
        return enabled;
    }

    /// Writes PMCR_EL0: E and C.
    public void writeControl(long value, long counter) {
        hold(counter);
        enabled = (value & ENABLE) != 0;
        if ((value & RESET) != 0) {
            held = 0;
        }
    }

    /// Writes PMCNTENSET_EL0 or PMCNTENCLR_EL0.
    public void writeEnable(long mask, boolean set, long counter) {
        hold(counter);
        if ((mask & CYCLES) != 0) {
            counting = set;
        }
    }

    /// PMCCNTR_EL0.
    public long read(long counter) {
        return enabled && counting ? held + (counter - since) : held;
    }

    public void write(long value, long counter) {
        held = value;
        since = counter;
    }

    private void hold(long counter) {
        held = read(counter);
        since = counter;
    }

    /// PMUSERENR_EL0: EN, SW, CR, ER.
    public long userEnable() {
        return userEnable;
    }

    public void writeUserEnable(long value) {
        userEnable = value & 0xf;
    }

    /// Whether EL0 may read the counter: EN or CR.
    public boolean readableByEl0() {
        return (userEnable & 5) != 0;
    }

    /// Whether EL0 may write the counter: EN.
    public boolean writableByEl0() {
        return (userEnable & 1) != 0;
    }

    /// Folds its state into a digest.
    public long foldInto(long digest) {
        long flags = (enabled ? 1 : 0) | (counting ? 2 : 0) | (userEnable << 2);
        return Digest64.fold(Digest64.fold(Digest64.fold(digest, flags), held), since);
    }

    @Override
    public void save(StateWriter state) {
        state.put(enabled);
        state.put(counting);
        state.put(userEnable);
        state.put(held);
        state.put(since);
    }

    @Override
    public void load(StateReader state) {
        enabled = state.takeFlag();
        counting = state.takeFlag();
        userEnable = state.take();
        held = state.take();
        since = state.take();
    }
}
