package dev.trapline.firmware.psci;

import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;

/// CPU_OFF and CPU_FREEZE (DEN0022 §5.5, §5.16): the caller is off until CPU_ON. Interrupts for a frozen CPU are
/// allowed, but do not wake it.
final class CpuOff {

    private CpuOff() {}

    static Reply<PsciState> off(PsciState state, ServiceCall call) {
        return down(state, call, state.cpus().withOff(call.caller().bit()));
    }

    static Reply<PsciState> freeze(PsciState state, ServiceCall call) {
        return down(state, call, state.cpus().withFrozen(call.caller().bit()));
    }

    private static Reply<PsciState> down(PsciState state, ServiceCall call, CpuStates cpus) {
        boolean resident = state.settings().trustedOs().isResidentOnOneCpu()
                && state.trustedOsCpu() == call.caller().index();
        if (resident) {
            return Answers.status(state, PsciStatus.DENIED);
        }
        return Reply.of(
                state.moved(cpus, state.tree().withOff(call.caller().bit()), call.caller(), call.time()),
                new Effect.PowerOff(call.caller()));
    }
}
