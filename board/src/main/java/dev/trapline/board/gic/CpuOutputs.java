package dev.trapline.board.gic;

import dev.trapline.abi.state.Snapshot;

/// What an interrupt controller signals to one vCPU: the part of it that belongs to this vCPU.
interface CpuOutputs extends Snapshot {

    /// Resets its registers.
    void reset();

    boolean irq();

    boolean fiq();

    /// Whether a vCPU without power is to get it, although neither output is high.
    boolean requestsPower();

    /// Whether one of these would be high if this interrupt became pending. Changes nothing.
    boolean wouldWake(int intid);
}
