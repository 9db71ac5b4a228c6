package dev.trapline.abi.choice;

import dev.trapline.abi.VcpuId;

/// A hypercall of a run. It is named by its caller, so that a choice taken away from one vCPU leaves the names of the
/// others' calls.
///
/// @param nth which of its calls in this run, from 1; a call whose condition check failed is none
public record CallKey(VcpuId caller, long nth) implements Comparable<CallKey> {

    /// By caller, then in order.
    @Override
    public int compareTo(CallKey other) {
        int byCaller = Integer.compare(caller.index(), other.caller.index());
        return byCaller == 0 ? Long.compare(nth, other.nth) : byCaller;
    }
}
