package dev.trapline.firmware.sdei;

import dev.trapline.abi.firmware.Reply;

/// The calls that bind an interrupt to an event and release it.
final class Binding {

    private Binding() {}

    /// INTERRUPT_BIND (DEN0054 §5.1.14): binds the free slot with the lowest number, a private one for a PPI and a
    /// shared one for an SPI.
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

    /// INTERRUPT_RELEASE (DEN0054 §5.1.15): allowed if no PE has a handler registered for the event, or runs one.
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
