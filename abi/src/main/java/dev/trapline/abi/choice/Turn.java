package dev.trapline.abi.choice;

import dev.trapline.abi.VcpuId;

/// A turn in a round: who runs next, and for how long.
///
/// @param vcpu one that can run in the round
/// @param length in ticks; the turn ends with the round at the latest. 0 if the vCPU is passed over in this round, as
///     by a hypervisor that runs something else on its CPU
public record Turn(VcpuId vcpu, long length) {
    public Turn {
        if (length < 0) {
            throw new IllegalArgumentException("a turn of " + length + " ticks");
        }
    }
}
