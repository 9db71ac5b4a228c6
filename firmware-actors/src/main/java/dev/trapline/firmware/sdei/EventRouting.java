package dev.trapline.firmware.sdei;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.smccc.SmcccCall;

/// EVENT_ROUTING_SET (DEN0054 §5.1.11): for shared events that are registered and disabled, and whose handler does not
/// run.
final class EventRouting {

    private EventRouting() {}

    static Reply<SdeiState> set(SdeiState state, VcpuId caller, SmcccCall call) {
        SdeiEvent event = state.event((int) call.argument(1));
        if (event == null || !event.definition().isShared() || !event.isThere()) {
            return Answers.invalid(state);
        }
        Routing routing = Routing.of(call.argument(2), call.argument(3), state.topology());
        if (routing == null) {
            return Answers.invalid(state);
        }
        if (event.state(caller).after(HandlerCall.ROUTING_SET) == null) {
            return Answers.denied(state);
        }
        return Answers.success(state.with(event.with(routing)));
    }
}
