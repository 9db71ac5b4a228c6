package dev.trapline.firmware.sdei;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.Reply;

/// The calls that unregister all handlers. If a handler runs, they unregister the others and return DENIED.
final class Resets {

    private Resets() {}

    /// PRIVATE_RESET (DEN0054 §5.1.18): unregisters the handlers of the caller's private events.
    static Reply<SdeiState> privateEvents(SdeiState state, VcpuId caller) {
        return reset(state, caller, false);
    }

    /// SHARED_RESET (DEN0054 §5.1.19): unregisters the handlers of shared events, then releases the interrupts of
    /// all slots. A private slot stays bound if a PE still has a handler for it.
    static Reply<SdeiState> sharedEvents(SdeiState state, VcpuId caller) {
        Reply<SdeiState> reset = reset(state, caller, true);
        if (reset.registers().value(0) != SdeiStatus.SUCCESS.code()) {
            return reset;
        }
        SdeiState now = reset.state();
        boolean released = true;
        for (SdeiEvent event : now.events()) {
            if (event.definition().dynamic() && event.isThere()) {
                boolean allowed = event.allows(HandlerCall.RELEASE);
                released &= allowed;
                now = allowed ? now.with(event.boundTo(EventDefinition.NO_INTERRUPT)) : now;
            }
        }
        return released ? Answers.success(now) : Answers.denied(now);
    }

    private static Reply<SdeiState> reset(SdeiState state, VcpuId caller, boolean shared) {
        SdeiState now = state;
        boolean running = false;
        for (SdeiEvent event : state.events()) {
            if (event.definition().isShared() == shared) {
                running |= event.state(caller).isRunning();
                now = Registration.unregistered(now, event, caller);
            }
        }
        return running ? Answers.denied(now) : Answers.success(now);
    }
}
