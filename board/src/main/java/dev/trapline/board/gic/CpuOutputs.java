package dev.trapline.board.gic;

/// What an interrupt controller signals to one vCPU.
interface CpuOutputs {

    boolean irq();

    boolean fiq();

    /// Whether a vCPU without power is to get it, although neither output is high.
    boolean requestsPower();

    /// Whether one of these would be high if this interrupt became pending. Changes nothing.
    boolean wouldWake(int intid);
}
