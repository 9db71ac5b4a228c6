package dev.trapline.firmware.psci;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;

/// CPU_ON (DEN0022 §5.6). Order of checks: target, entry point, state of the target. The target starts with the
/// caller's data endianness (§6.4).
final class CpuOn {

    private CpuOn() {}

    static Reply<PsciState> apply(PsciState state, ServiceCall call, GuestMemory memory) {
        PsciSettings settings = state.settings();
        long target = PowerTree.core(state.topology(), Arguments.argument(call, 1)) & ~settings.disabled();
        boolean mayDeny = settings.version().isAtLeast(PsciVersion.V1_2);
        if (target == 0 || (!mayDeny && (target & settings.unplugged()) != 0)) {
            return Answers.status(state, PsciStatus.INVALID_PARAMETERS);
        }
        long entry = Arguments.argument(call, 2);
        if (!Arguments.isEntryPoint(call, entry, memory)) {
            return Answers.status(state, PsciStatus.INVALID_ADDRESS);
        }
        if ((target & settings.unplugged()) != 0) {
            return Answers.status(state, PsciStatus.DENIED);
        }
        if ((target & state.cpus().on()) != 0) {
            boolean pending = state.cpus().pending(target, call.time()) != 0;
            return Answers.status(state, pending ? PsciStatus.ON_PENDING : PsciStatus.ALREADY_ON);
        }
        if ((target & settings.failing()) != 0) {
            return Answers.status(state, PsciStatus.INTERNAL_FAILURE);
        }
        VcpuId vcpu = new VcpuId(Long.numberOfTrailingZeros(target));
        long readyAt = call.time() + settings.onPending();
        return Answers.success(
                state.moved(
                        state.cpus().withOn(target, readyAt, call.time()),
                        WakeUps.running(state, vcpu),
                        vcpu,
                        call.time()),
                new Effect.PowerOn(
                        vcpu,
                        entry,
                        Arguments.argument(call, 3),
                        readyAt,
                        call.exit().dataOrder()));
    }
}
