package dev.trapline.firmware.sdei;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.smccc.SmcccCall;
import org.jspecify.annotations.Nullable;

/// The sources of events: a call, an injection from outside, an interrupt.
final class Signals {

    private static final long NOBODY_AWAKE = 0;

    private Signals() {}

    /// EVENT_SIGNAL (DEN0054 §5.1.16): only to a PE that can take the event, now or after its handler has
    /// completed. In the specification only event 0 can be signalled; a machine may declare others.
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

    /// An event from outside. It is lost if there is no such event, or no handler for it.
    static Delivery injected(SdeiState state, long number, VcpuId vcpu) {
        return trigger(state, state.event((int) number), vcpu);
    }

    /// An interrupt. It is lost if it is not bound to an event.
    static Delivery interrupted(SdeiState state, int intid, VcpuId vcpu) {
        return trigger(state, state.boundTo(intid), vcpu);
    }

    /// The state after an interrupt has arrived, before its event is delivered.
    static SdeiState arrived(SdeiState state, int intid, VcpuId vcpu) {
        SdeiEvent event = state.boundTo(intid);
        return event == null ? state : pending(state, event, vcpu);
    }

    private static Delivery trigger(SdeiState state, @Nullable SdeiEvent event, VcpuId vcpu) {
        return event == null ? Delivery.of(state) : trigger(state, event, vcpu, NOBODY_AWAKE);
    }

    private static Delivery trigger(SdeiState state, SdeiEvent event, VcpuId vcpu, long awake) {
        return event.state(vcpu).isRegistered()
                ? Delivery.of(pending(state, event, vcpu), event.definition().number(), awake)
                : Delivery.of(state);
    }

    /// If no handler is registered, the client handles the interrupt of an event itself.
    private static SdeiState pending(SdeiState state, SdeiEvent event, VcpuId vcpu) {
        return event.state(vcpu).isRegistered() ? state.with(event.withPending(vcpu)) : state;
    }
}
