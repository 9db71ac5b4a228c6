package dev.trapline.abi.firmware;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.smccc.SmcccCall;

/// A hypercall on its way to a service.
///
/// @param caller the vCPU that made it
/// @param exit the call itself
/// @param time virtual time at the beginning of the slice in which it was made, in ticks
public record ServiceCall(VcpuId caller, HypercallExit exit, long time) {

    /// The call seen through the SMC Calling Convention.
    public SmcccCall smccc() {
        return new SmcccCall(exit);
    }
}
