package dev.trapline.junit;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.VcpuState;
import java.util.List;

/// A run that has ended.
///
/// @param outcome how
/// @param console what the guest printed
/// @param calls its hypercalls, in order
/// @param vcpus each vCPU's state at the end
/// @param memory the guest's, at the end: valid until the machine runs again
public record GuestRun(
        RunOutcome outcome, String console, List<GuestCall> calls, List<VcpuState> vcpus, GuestMemory memory) {
    public GuestRun {
        calls = List.copyOf(calls);
        vcpus = List.copyOf(vcpus);
    }

    /// The calls of a function, in order.
    public List<GuestCall> calls(String function) {
        return calls.stream().filter(call -> call.function().equals(function)).toList();
    }

    /// The state of a vCPU at the end.
    ///
    /// @throws IllegalArgumentException if there is no such vCPU
    public VcpuState vcpu(int index) {
        if (index < 0 || index >= vcpus.size()) {
            throw new IllegalArgumentException(
                    "no " + new VcpuId(Math.max(0, index)) + ": the machine has " + vcpus.size());
        }
        return vcpus.get(index);
    }
}
