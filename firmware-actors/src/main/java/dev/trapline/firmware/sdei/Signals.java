package dev.trapline.firmware.sdei;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.smccc.SmcccCall;
import org.jspecify.annotations.Nullable;

/// The sources of events: a call, the machine, an interrupt.
final class Signals {

    private static final long NOBODY_AWAKE = 0;

    private Signals() {}

    /// EVENT_SIGNAL (DEN0054 §5.1.16): only to a PE that can take the event, now or when its handler is done. The
    /// document's only signalable event is 0; a machine may declare others.
    static Reply<SdeiState> signal(SdeiState state, VcpuId caller, SmcccCall call) {
        SdeiEvent event = state.event((int) call.argument(1));
        VcpuId target = Routing.find(call.argument(2), state.topology());
        if (event == null
                || !event.definition().signalable()
                || target == null
                || state.isMasked(target)
                || !event.state(target).isEnabled()) {
            return Answers.invalid(state);
        }
        return Answers.success(trigger(state, event, target, caller.bit()));
    }

    /// An event from outside; lost if there is no such event, or no handler for it.
    static Delivery injected(SdeiState state, long number, VcpuId vcpu) {
        return trigger(state, state.event((int) number), vcpu);
    }

    /// An interrupt; lost if no event is bound to it.
    static Delivery interrupted(SdeiState state, int intid, VcpuId vcpu) {
        return trigger(state, state.boundTo(intid), vcpu);
    }

    private static Delivery trigger(SdeiState state, @Nullable SdeiEvent event, VcpuId vcpu) {
        return event == null ? Delivery.of(state) : trigger(state, event, vcpu, NOBODY_AWAKE);
    }

    /// Without a handler registered, the interrupt behind an event is the client's own.
    private static Delivery trigger(SdeiState state, SdeiEvent event, VcpuId vcpu, long awake) {
        return event.state(vcpu).isRegistered()
                ? Delivery.of(
                        state.with(event.withPending(vcpu)), event.definition().number(), awake)
                : Delivery.of(state);
    }
}
