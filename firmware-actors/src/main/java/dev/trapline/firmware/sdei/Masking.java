package dev.trapline.firmware.sdei;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.Reply;

/// Controls which PEs take events, by calls and by their power state.
final class Masking {

    private Masking() {}

    /// PE_MASK (DEN0054 §5.1.12): 1 if that changed something, 0 if not. A software-signalled event that was
    /// pending for the caller is lost, as one is that comes while events are masked.
    static Reply<SdeiState> mask(SdeiState state, VcpuId caller) {
        Delivery after = Delivery.of(state.withMasked(caller));
        return new Reply<>(after.state(), RegisterWrites.x0(state.isMasked(caller) ? 0 : 1), after.effects());
    }

    /// PE_UNMASK (DEN0054 §5.1.13): what waited for it is delivered.
    static Reply<SdeiState> unmask(SdeiState state, VcpuId caller) {
        return Answers.success(Delivery.of(state.withUnmasked(caller)));
    }

    /// A PE that starts has events masked, and no private handlers.
    static Delivery poweredOn(SdeiState state, VcpuId vcpu) {
        return Delivery.of(forgetting(state, vcpu).withOn(vcpu));
    }

    /// A PE that is off completes nothing any more: a shared event whose handler it ran is there for others.
    static Delivery poweredOff(SdeiState state, VcpuId vcpu) {
        return Delivery.of(forgetting(state, vcpu).withOff(vcpu));
    }

    /// A PE that is powered down has events masked, also after its wake-up, until it unmasks them. It keeps its
    /// handlers, also one that it ran: what that interrupted is the firmware's to keep.
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
