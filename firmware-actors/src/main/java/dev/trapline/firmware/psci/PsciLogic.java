package dev.trapline.firmware.psci;

import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.smccc.FunctionId;

/// PSCI as a function of its state and a call (DEN0022): dispatch, and the answers of PSCI_FEATURES.
final class PsciLogic {

    private static final FunctionId SMCCC_VERSION = FunctionId.fast32(0, 0);
    private static final long OS_INITIATED_MODE = 1;
    private static final long EXTENDED_FORMAT = 1 << 1;

    private PsciLogic() {}

    static Reply<PsciState> apply(PsciState before, ServiceCall call, GuestMemory memory) {
        PsciState state = WakeUps.caller(before, call.caller(), call.time());
        PsciFunction function = state.settings()
                .function(Arguments.functionId(call), call.exit().state());
        if (function == null) {
            return Answers.status(state, PsciStatus.NOT_SUPPORTED);
        }
        return switch (function) {
            case VERSION -> Reply.x0(state, state.settings().version().value());
            case CPU_SUSPEND -> CpuSuspend.suspend(state, call, memory);
            case CPU_OFF -> CpuOff.off(state, call);
            case CPU_ON -> CpuOn.apply(state, call, memory);
            case AFFINITY_INFO -> PowerQueries.affinityInfo(state, call);
            case MIGRATE -> Migration.migrate(state, call);
            case MIGRATE_INFO_TYPE -> Migration.infoType(state);
            case MIGRATE_INFO_UP_CPU -> Migration.infoUpCpu(state);
            case SYSTEM_OFF -> SystemCalls.off(state);
            case SYSTEM_RESET -> SystemCalls.reset(state);
            case FEATURES -> features(state, call);
            case CPU_FREEZE -> CpuOff.freeze(state, call);
            case CPU_DEFAULT_SUSPEND -> CpuSuspend.defaultSuspend(state, call, memory);
            case NODE_HW_STATE -> PowerQueries.nodeHardwareState(state, call);
            case SYSTEM_SUSPEND -> CpuSuspend.systemSuspend(state, call, memory);
            case SET_SUSPEND_MODE -> SuspendModes.set(state, call);
            case STAT_RESIDENCY -> PowerStatistics.residency(state, call);
            case STAT_COUNT -> PowerStatistics.count(state, call);
            case SYSTEM_RESET2 -> SystemCalls.reset2(state, call);
            case MEM_PROTECT -> MemoryProtection.protect(state, call);
            case MEM_PROTECT_CHECK_RANGE -> MemoryProtection.checkRange(state, call, memory);
            case SYSTEM_OFF2 -> SystemCalls.off2(state, call);
        };
    }

    /// DEN0022 §5.15. It also reports SMCCC_VERSION: a caller discovers SMCCC 1.1 in this way. Functions that the
    /// machine's policy denies are reported as missing.
    private static Reply<PsciState> features(PsciState state, ServiceCall call) {
        FunctionId asked = new FunctionId(Arguments.word(call, 1));
        PsciFunction function =
                state.settings().function(asked.value(), call.exit().state());
        boolean known = function != null || asked.equals(SMCCC_VERSION);
        if (!known || !call.reaches(asked)) {
            return Answers.status(state, PsciStatus.NOT_SUPPORTED);
        }
        return Reply.x0(state, function == null ? 0 : flags(state.settings(), function));
    }

    private static long flags(PsciSettings settings, PsciFunction function) {
        if (function == PsciFunction.SYSTEM_OFF2) {
            return SystemCalls.OFF2_FEATURES;
        }
        if (function != PsciFunction.CPU_SUSPEND) {
            return 0;
        }
        return (settings.has(PsciFunction.SET_SUSPEND_MODE) ? OS_INITIATED_MODE : 0)
                | (settings.states().format() == IdleStates.Format.EXTENDED ? EXTENDED_FORMAT : 0);
    }
}
