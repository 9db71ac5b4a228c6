package dev.trapline.firmware.sdei;

import dev.trapline.abi.firmware.Reply;

/// The calls that make an interrupt an event, and an interrupt again.
final class Binding {

    private Binding() {}

    /// INTERRUPT_BIND (DEN0054 §5.1.14): the free slot with the lowest number, private for a PPI and shared for an
    /// SPI.
    static Reply<SdeiState> bind(SdeiState state, int intid) {
        EventType type = Interrupts.typeOf(intid);
        if (type == null) {
            return Answers.invalid(state);
        }
        SdeiEvent bound = state.boundTo(intid);
        if (bound != null) {
            return bound.definition().dynamic()
                    ? Reply.x0(state, bound.definition().number())
                    : Answers.invalid(state);
        }
        if (state.settings().isSecure(intid)) {
            return Answers.denied(state);
        }
        for (SdeiEvent slot : state.events()) {
            if (slot.definition().dynamic() && slot.definition().type() == type && !slot.isThere()) {
                return Reply.x0(
                        state.with(slot.boundTo(intid)), slot.definition().number());
            }
        }
        return Answers.status(state, SdeiStatus.OUT_OF_RESOURCE);
    }

    /// INTERRUPT_RELEASE (DEN0054 §5.1.15): once no PE has a handler for it, nor runs one.
    static Reply<SdeiState> release(SdeiState state, int number) {
        SdeiEvent event = state.event(number);
        if (event == null || !event.definition().dynamic() || !event.isThere()) {
            return Answers.invalid(state);
        }
        return event.allows(HandlerCall.RELEASE)
                ? Answers.success(state.with(event.boundTo(EventDefinition.NO_INTERRUPT)))
                : Answers.denied(state);
    }
}
