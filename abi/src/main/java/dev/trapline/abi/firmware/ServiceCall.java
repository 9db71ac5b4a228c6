package dev.trapline.abi.firmware;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.smccc.FunctionId;
import dev.trapline.abi.smccc.SmcccCall;
import org.jspecify.annotations.Nullable;

/// A hypercall on its way to a service.
///
/// @param caller the vCPU that made it
/// @param exit the call itself
/// @param time virtual time of the call in ticks: the caller's clock, or the highest counter value that any vCPU has
///     read, if that is higher. After the call, no vCPU reads a lower counter value
/// @param interrupted x0 to x17, PC and PSTATE as the innermost [Effect.DeliverEvent] on the caller saved them, if it
///     is in a handler
/// @param capabilities how other calls would be decided, at the time of this one
public record ServiceCall(
        VcpuId caller,
        HypercallExit exit,
        long time,
        @Nullable GeneralRegisters interrupted,
        Capabilities capabilities) {

    /// A call outside of any handler.
    public ServiceCall(VcpuId caller, HypercallExit exit, long time, Capabilities capabilities) {
        this(caller, exit, time, null, capabilities);
    }

    /// The same, with other registers or another instruction.
    public ServiceCall with(HypercallExit other) {
        return new ServiceCall(caller, other, time, interrupted, capabilities);
    }

    /// The call seen through the SMC Calling Convention, its function without the SVE hint where the machine takes
    /// hints.
    public SmcccCall smccc() {
        return new SmcccCall(exit, capabilities.named((int) exit.registers().x(0)));
    }

    /// Whether an SMCCC call of another function, made by the same conduit from the same state, would reach a
    /// service that has it: what a FEATURES call must agree with.
    public boolean reaches(FunctionId function) {
        return capabilities.offers(capabilities.named(function.value()))
                && capabilities.decisionOn(exit.conduit(), 0, function.value(), exit.state())
                        != Capabilities.DecisionKind.DENIED;
    }
}
