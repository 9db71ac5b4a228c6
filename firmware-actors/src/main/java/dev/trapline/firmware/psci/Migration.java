package dev.trapline.firmware.psci;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;

/// MIGRATE and its queries (DEN0022 §5.8 to §5.10): a Trusted OS that runs on one CPU.
final class Migration {

    private Migration() {}

    /// Order of checks: target, kind of Trusted OS, caller, state of the target. A target that is not on, or that
    /// is set to fail, is INTERNAL_FAILURE.
    static Reply<PsciState> migrate(PsciState state, ServiceCall call) {
        long target = PowerTree.core(state.topology(), Arguments.argument(call, 1));
        if (target == 0) {
            return Answers.status(state, PsciStatus.INVALID_PARAMETERS);
        }
        if (state.settings().trustedOs() == TrustedOs.UP_NOT_MIGRATABLE) {
            return Answers.status(state, PsciStatus.DENIED);
        }
        if (state.trustedOsCpu() != call.caller().index()) {
            return Answers.status(state, PsciStatus.NOT_PRESENT);
        }
        boolean on = (target & state.cpus().on()) != 0 && state.cpus().pending(target, call.time()) == 0;
        if (!on || (target & state.settings().failing()) != 0) {
            return Answers.status(state, PsciStatus.INTERNAL_FAILURE);
        }
        return Answers.status(state.withTrustedOsOn(Long.numberOfTrailingZeros(target)), PsciStatus.SUCCESS);
    }

    static Reply<PsciState> infoType(PsciState state) {
        return Reply.x0(state, state.settings().trustedOs().infoType());
    }

    /// The affinity fields of the CPU on which the Trusted OS runs.
    static Reply<PsciState> infoUpCpu(PsciState state) {
        return Reply.x0(
                state, state.topology().mpidr(new VcpuId(state.trustedOsCpu())).affinity());
    }
}
