package dev.trapline.firmware.sdei;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.Reply;

/// Masks and unmasks the events of PEs, by calls and by changes of power state.
final class Masking {

    private Masking() {}

    /// PE_MASK (DEN0054 §5.1.12): returns 1 if events were unmasked before, else 0. A pending software-signalled
    /// event of the caller is lost. One that is signalled while events are masked is lost too.
    static Reply<SdeiState> mask(SdeiState state, VcpuId caller) {
        Delivery after = Delivery.of(state.withMasked(caller));
        return new Reply<>(after.state(), RegisterWrites.x0(state.isMasked(caller) ? 0 : 1), after.effects());
    }

    /// PE_UNMASK (DEN0054 §5.1.13): pending events are delivered.
    static Reply<SdeiState> unmask(SdeiState state, VcpuId caller) {
        return Answers.success(Delivery.of(state.withUnmasked(caller)));
    }

    /// A PE that starts has masked events and no private handlers.
    static Delivery poweredOn(SdeiState state, VcpuId vcpu) {
        return Delivery.of(forgetting(state, vcpu).withOn(vcpu));
    }

    /// A PE that is off cannot complete a handler: if it ran the handler of a shared event, the handler counts as
    /// completed, so that other PEs can take the event.
    static Delivery poweredOff(SdeiState state, VcpuId vcpu) {
        return Delivery.of(forgetting(state, vcpu).withOff(vcpu));
    }

    /// A powered-down PE has masked events, also after its wake-up, until it unmasks them. It keeps its handlers,
    /// even one that was running: the firmware keeps the interrupted context.
    static Delivery poweredDown(SdeiState state, VcpuId vcpu) {
        return Delivery.of(state.withMasked(vcpu));
    }

    private static SdeiState forgetting(SdeiState state, VcpuId vcpu) {
        SdeiState now = state.withMasked(vcpu);
        for (SdeiState completed = Completion.completed(now, vcpu);
                completed != null;
                completed = Completion.completed(now, vcpu)) {
            now = completed;
        }
        for (SdeiEvent event : now.events()) {
            if (!event.definition().isShared()) {
                now = now.with(event.withoutPending(vcpu).with(vcpu, Handler.NONE));
            }
        }
        return now;
    }
}
