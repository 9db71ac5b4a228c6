package dev.trapline.firmware.sdei;

import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.Reply;

/// Builds SDEI's replies.
final class Answers {

    private Answers() {}

    static Reply<SdeiState> status(SdeiState state, SdeiStatus status) {
        return Reply.x0(state, status.code());
    }

    static Reply<SdeiState> invalid(SdeiState state) {
        return status(state, SdeiStatus.INVALID_PARAMETERS);
    }

    static Reply<SdeiState> denied(SdeiState state) {
        return status(state, SdeiStatus.DENIED);
    }

    static Reply<SdeiState> success(SdeiState state) {
        return status(state, SdeiStatus.SUCCESS);
    }

    /// SUCCESS, then the effects of a delivery: x0 is written before an event can interrupt the caller.
    static Reply<SdeiState> success(Delivery delivery) {
        return new Reply<>(delivery.state(), RegisterWrites.x0(SdeiStatus.SUCCESS.code()), delivery.effects());
    }

    /// Does not return to the caller: effects say where it continues.
    static Reply<SdeiState> noReturn(Delivery delivery) {
        return new Reply<>(delivery.state(), RegisterWrites.NONE, delivery.effects());
    }
}
