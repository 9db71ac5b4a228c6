package dev.trapline.firmware.sdei;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.smccc.SmcccCall;
import org.jspecify.annotations.Nullable;

/// The calls that register, enable, disable and unregister a handler. Order of checks: parameters, then state.
final class Registration {

    private static final int INSTRUCTION_BYTES = 4;

    private Registration() {}

    /// EVENT_REGISTER (DEN0054 §5.1.2). An event that was pending before is dropped, unless it is the
    /// software-signalled event.
    static Reply<SdeiState> register(SdeiState state, VcpuId caller, SmcccCall call) {
        SdeiEvent event = state.event((int) call.argument(1));
        long entry = call.argument(2);
        if (event == null || !isEntryPoint(entry)) {
            return Answers.invalid(state);
        }
        Routing routing = routing(state, event, call.argument(4), call.argument(5));
        if (routing == null) {
            return Answers.invalid(state);
        }
        HandlerState next = event.state(caller).after(HandlerCall.REGISTER);
        if (next == null || !event.isThere()) {
            return Answers.denied(state);
        }
        Handler handler = new Handler(next, entry, call.argument(3));
        return Answers.success(
                state.with(forgetting(event, caller).with(caller, handler).with(routing)));
    }

    /// A private event is always delivered to its own PE: the routing arguments are checked, but have no effect.
    private static @Nullable Routing routing(SdeiState state, SdeiEvent event, long flags, long affinity) {
        if (event.definition().isShared()) {
            return Routing.of(flags, affinity, state.topology());
        }
        return Routing.areFlags(flags) ? Routing.ANY : null;
    }

    /// Whether A64 instructions may begin at a virtual address. It does not check whether the address is mapped,
    /// because only the client's translation tables say so.
    static boolean isEntryPoint(long address) {
        return address != 0 && address % INSTRUCTION_BYTES == 0;
    }

    /// EVENT_ENABLE (DEN0054 §5.1.3): delivers the event if it has become pending since it was registered.
    static Reply<SdeiState> enable(SdeiState state, VcpuId caller, int number) {
        SdeiEvent event = state.event(number);
        if (event == null) {
            return Answers.invalid(state);
        }
        HandlerState next = event.state(caller).after(HandlerCall.ENABLE);
        if (next == null) {
            return Answers.denied(state);
        }
        return Answers.success(Delivery.of(
                state.with(event.with(caller, next)), event.definition().number(), caller.bit()));
    }

    /// EVENT_DISABLE (DEN0054 §5.1.4): a pending event stays pending.
    static Reply<SdeiState> disable(SdeiState state, VcpuId caller, int number) {
        SdeiEvent event = state.event(number);
        if (event == null) {
            return Answers.invalid(state);
        }
        HandlerState next = event.state(caller).after(HandlerCall.DISABLE);
        return next == null ? Answers.denied(state) : Answers.success(state.with(event.with(caller, next)));
    }

    /// EVENT_UNREGISTER (DEN0054 §5.1.8): returns PENDING if the handler runs; it is then unregistered when it
    /// completes.
    static Reply<SdeiState> unregister(SdeiState state, VcpuId caller, int number) {
        SdeiEvent event = state.event(number);
        if (event == null) {
            return Answers.invalid(state);
        }
        SdeiStatus status = unregisterStatus(event, caller);
        return Answers.status(unregistered(state, event, caller), status);
    }

    private static SdeiStatus unregisterStatus(SdeiEvent event, VcpuId pe) {
        HandlerState before = event.state(pe);
        if (before.isRunning()) {
            return SdeiStatus.PENDING;
        }
        return before.isRegistered() ? SdeiStatus.SUCCESS : SdeiStatus.DENIED;
    }

    /// The state without a PE's handler for an event; the same state if it had none.
    static SdeiState unregistered(SdeiState state, SdeiEvent event, VcpuId pe) {
        HandlerState next = event.state(pe).after(HandlerCall.UNREGISTER);
        return next == null ? state : state.with(forgetting(event, pe).with(pe, Handler.NONE.in(next)));
    }

    private static SdeiEvent forgetting(SdeiEvent event, VcpuId pe) {
        return event.definition().isSoftwareSignalled() ? event : event.withoutPending(pe);
    }
}
