package dev.trapline.firmware.psci;

import dev.trapline.abi.VcpuId;

/// Changes the state when a CPU starts to run, after a suspend or CPU_ON.
final class WakeUps {

    private WakeUps() {}

    /// A suspended CPU continues. For a CPU that is not suspended, nothing changes.
    static PsciState woken(PsciState state, VcpuId vcpu, long time) {
        return (state.cpus().suspended() & vcpu.bit()) == 0 ? state : awake(state, vcpu, time);
    }

    /// A CPU should have suspended but did not: neither it nor a domain above it was in an idle state.
    static PsciState stayedAwake(PsciState state, VcpuId vcpu) {
        return (state.cpus().suspended() & vcpu.bit()) == 0
                ? state
                : state.notMoved(state.cpus().awake(vcpu.bit()), running(state, vcpu), vcpu);
    }

    /// A CPU that makes a call is on and runs, even if the state says otherwise: another service may have woken it
    /// or turned it on.
    static PsciState caller(PsciState state, VcpuId vcpu, long time) {
        return state.cpus().isRunning(vcpu.bit()) ? state : awake(state, vcpu, time);
    }

    /// The power-domain tree in which a CPU and all domains above it run.
    static PowerTree running(PsciState state, VcpuId vcpu) {
        return state.osInitiated()
                ? OsInitiated.wake(state, vcpu.index())
                : state.tree().withRunning(vcpu.bit());
    }

    private static PsciState awake(PsciState state, VcpuId vcpu, long time) {
        return state.moved(state.cpus().awake(vcpu.bit()), running(state, vcpu), vcpu, time);
    }
}
