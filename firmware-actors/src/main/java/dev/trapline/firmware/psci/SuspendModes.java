package dev.trapline.firmware.psci;

import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;

/// SET_SUSPEND_MODE (DEN0022 §5.20): whether the platform or the operating system coordinates idle states.
final class SuspendModes {

    private static final int PLATFORM_COORDINATED = 0;
    private static final int OS_INITIATED = 1;

    private SuspendModes() {}

    static Reply<PsciState> set(PsciState state, ServiceCall call) {
        int mode = Arguments.word(call, 1);
        if (mode != PLATFORM_COORDINATED && mode != OS_INITIATED) {
            return Answers.status(state, PsciStatus.INVALID_PARAMETERS);
        }
        boolean osInitiated = mode == OS_INITIATED;
        if (osInitiated == state.osInitiated()) {
            return Answers.status(state, PsciStatus.SUCCESS);
        }
        boolean alone =
                ((state.cpus().on() | state.cpus().frozen()) & ~call.caller().bit()) == 0;
        if (alone || (osInitiated && noneHasVoted(state, call.time()))) {
            return Answers.status(state.withMode(osInitiated), PsciStatus.SUCCESS);
        }
        return Answers.status(state, PsciStatus.DENIED);
    }

    /// The condition for a change to OS-initiated mode: each CPU runs, is off, or was suspended by
    /// CPU_DEFAULT_SUSPEND, and none has called CPU_SUSPEND. If no other CPU is on, the condition does not apply,
    /// because no request of another CPU remains.
    private static boolean noneHasVoted(PsciState state, long time) {
        CpuStates cpus = state.cpus();
        return cpus.suspenders() == 0 && cpus.frozen() == 0 && cpus.pending(cpus.on(), time) == 0;
    }
}
