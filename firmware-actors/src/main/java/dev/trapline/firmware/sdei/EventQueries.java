package dev.trapline.firmware.sdei;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.Reply;

/// The calls that query an event and change nothing. They are allowed in every state.
final class EventQueries {

    private static final int EV_TYPE = 0;
    private static final int EV_SIGNALED = 1;
    private static final int EV_PRIORITY = 2;
    private static final int EV_ROUTING_MODE = 3;
    private static final int EV_ROUTING_AFF = 4;

    private static final int BIND_SLOTS = 0;
    private static final int RELATIVE_MODE = 1;
    private static final int SHARED_SLOTS_SHIFT = 16;

    private EventQueries() {}

    /// EVENT_STATUS (DEN0054 §5.1.9).
    static Reply<SdeiState> status(SdeiState state, VcpuId caller, int number) {
        SdeiEvent event = state.event(number);
        return event == null
                ? Answers.invalid(state)
                : Reply.x0(state, event.state(caller).value());
    }

    /// EVENT_GET_INFO (DEN0054 §5.1.10).
    static Reply<SdeiState> info(SdeiState state, VcpuId caller, int number, int info) {
        SdeiEvent event = state.event(number);
        if (event == null) {
            return Answers.invalid(state);
        }
        EventDefinition definition = event.definition();
        if (info == EV_TYPE) {
            return Reply.x0(state, definition.type().value());
        }
        if (info == EV_SIGNALED) {
            return Reply.x0(state, definition.signalable() != state.settings().inverseSignalled() ? 1 : 0);
        }
        if (info == EV_PRIORITY) {
            return Reply.x0(state, definition.priority().value());
        }
        if (info == EV_ROUTING_MODE || info == EV_ROUTING_AFF) {
            return routing(state, event, caller, info == EV_ROUTING_MODE);
        }
        return Answers.invalid(state);
    }

    private static Reply<SdeiState> routing(SdeiState state, SdeiEvent event, VcpuId caller, boolean mode) {
        if (!event.definition().isShared()) {
            return Answers.invalid(state);
        }
        if (!event.state(caller).isRegistered()) {
            return Answers.denied(state);
        }
        if (mode) {
            return Reply.x0(state, event.routing().mode());
        }
        VcpuId pe = event.routing().pe();
        return pe == null
                ? Answers.invalid(state)
                : Reply.x0(state, state.topology().mpidr(pe).affinity());
    }

    /// FEATURES (DEN0054 §5.1.17). Relative mode is not implemented.
    static Reply<SdeiState> features(SdeiState state, int feature) {
        SdeiSettings settings = state.settings();
        if (feature == BIND_SLOTS) {
            return Reply.x0(state, (long) settings.sharedSlots() << SHARED_SLOTS_SHIFT | settings.privateSlots());
        }
        if (feature == RELATIVE_MODE && settings.version().knowsRelativeMode()) {
            return Reply.x0(state, 0);
        }
        return Answers.invalid(state);
    }
}
