package dev.trapline.firmware.psci;

import dev.trapline.abi.VcpuId;

/// CPUs that come up, by a wake-up or by CPU_ON.
final class WakeUps {

    private WakeUps() {}

    /// A suspended CPU goes on; nothing for one that is not suspended.
    static PsciState woken(PsciState state, VcpuId vcpu, long time) {
        return (state.cpus().suspended() & vcpu.bit()) == 0 ? state : awake(state, vcpu, time);
    }

    /// A CPU that was to be suspended was not: neither it nor a domain above it was in an idle state.
    static PsciState stayedAwake(PsciState state, VcpuId vcpu) {
        return (state.cpus().suspended() & vcpu.bit()) == 0
                ? state
                : state.notMoved(state.cpus().awake(vcpu.bit()), running(state, vcpu), vcpu);
    }

    /// A CPU that makes a call is on and awake, whatever has been heard of it: another service may have woken it or
    /// turned it on.
    static PsciState caller(PsciState state, VcpuId vcpu, long time) {
        return state.cpus().isRunning(vcpu.bit()) ? state : awake(state, vcpu, time);
    }

    /// The power-domain tree with a CPU up, and all above it.
    static PowerTree running(PsciState state, VcpuId vcpu) {
        return state.osInitiated()
                ? OsInitiated.wake(state, vcpu.index())
                : state.tree().withRunning(vcpu.bit());
    }

    private static PsciState awake(PsciState state, VcpuId vcpu, long time) {
        return state.moved(state.cpus().awake(vcpu.bit()), running(state, vcpu), vcpu, time);
    }
}
