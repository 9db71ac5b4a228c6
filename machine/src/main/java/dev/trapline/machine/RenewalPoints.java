package dev.trapline.machine;

import dev.trapline.abi.machine.RunSpec;
import dev.trapline.abi.state.Snapshot;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;

/// Decides before which slices all vCPUs get fresh engines.
///
/// An engine has translations of code and TLB entries that can be older than memory, until the guest's maintenance. No
/// checkpoint contains them. So a replay can begin only where the run has none either. These places follow from the
/// history alone.
final class RenewalPoints implements Snapshot {

    private final long interval;
    private long last;
    private boolean here = true;

    /// @param interval see [RunSpec#renewalInterval]
    RenewalPoints(long interval) {
        this.interval = interval;
    }

    /// Decides for the next slice.
    ///
    /// @param slices those that have ended
    /// @param executed instructions in them
    /// @return whether all engines are to be replaced before it
    boolean pass(long slices, long executed) {
        long passed = (executed + slices * RunSpec.SLICE_WORK) / interval;
        boolean due = passed != last;
        last = passed;
        here = due || slices == 0;
        return due;
    }

    /// Whether no engine has run since the last time that all were fresh: before a renewal's slice, and before the
    /// first one of the run.
    boolean isHere() {
        return here;
    }

    @Override
    public void save(StateWriter state) {
        state.put(last);
        state.put(here);
    }

    @Override
    public void load(StateReader state) {
        last = state.take();
        here = state.takeFlag();
    }
}
