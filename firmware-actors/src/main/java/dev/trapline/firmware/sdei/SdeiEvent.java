package dev.trapline.firmware.sdei;

import dev.trapline.abi.VcpuId;
import java.util.Collections;
import java.util.List;

/// An event with its handlers.
///
/// A shared event has one *instance*, a private event has one for each PE. Each instance has a handler, and is pending
/// or not.
///
/// @param handlers by instance
/// @param pending the instances that are pending, one bit each
/// @param intid the interrupt that is bound to it, or [EventDefinition#NO_INTERRUPT]
/// @param routing the routing of a shared event
record SdeiEvent(EventDefinition definition, List<Handler> handlers, long pending, int intid, Routing routing) {

    SdeiEvent {
        handlers = List.copyOf(handlers);
    }

    /// The event when the machine starts.
    static SdeiEvent initial(EventDefinition definition, int pes) {
        int instances = definition.isShared() ? 1 : pes;
        return new SdeiEvent(
                definition, Collections.nCopies(instances, Handler.NONE), 0, definition.intid(), Routing.ANY);
    }

    /// The instance that a PE sees.
    private int instance(VcpuId pe) {
        return definition.isShared() ? 0 : pe.index();
    }

    private long bit(VcpuId pe) {
        return 1L << instance(pe);
    }

    /// The handler as a PE sees it.
    Handler handler(VcpuId pe) {
        return handlers.get(instance(pe));
    }

    HandlerState state(VcpuId pe) {
        return handler(pe).state();
    }

    boolean isPending(VcpuId pe) {
        return (pending & bit(pe)) != 0;
    }

    /// Whether EVENT_REGISTER accepts the event: a slot is not an event until an interrupt is bound to it.
    boolean isThere() {
        return !definition.dynamic() || hasInterrupt();
    }

    boolean hasInterrupt() {
        return intid != EventDefinition.NO_INTERRUPT;
    }

    /// Whether a call is allowed in the state of every instance.
    boolean allows(HandlerCall call) {
        return handlers.stream().allMatch(handler -> handler.state().after(call) != null);
    }

    SdeiEvent with(VcpuId pe, Handler handler) {
        return with(pe, handler, pending);
    }

    SdeiEvent with(VcpuId pe, HandlerState state) {
        return with(pe, handler(pe).in(state));
    }

    /// The event after its handler was entered on a PE: it is no longer pending there.
    SdeiEvent delivered(VcpuId pe, HandlerState running) {
        return with(pe, handler(pe).in(running), pending & ~bit(pe));
    }

    private SdeiEvent with(VcpuId pe, Handler handler, long stillPending) {
        return new SdeiEvent(
                definition, ImmutableLists.with(handlers, instance(pe), handler), stillPending, intid, routing);
    }

    SdeiEvent withPending(VcpuId pe) {
        return new SdeiEvent(definition, handlers, pending | bit(pe), intid, routing);
    }

    SdeiEvent withoutPending(VcpuId pe) {
        return new SdeiEvent(definition, handlers, pending & ~bit(pe), intid, routing);
    }

    SdeiEvent with(Routing changed) {
        return new SdeiEvent(definition, handlers, pending, intid, changed);
    }

    SdeiEvent boundTo(int interrupt) {
        return new SdeiEvent(definition, handlers, pending, interrupt, routing);
    }
}
