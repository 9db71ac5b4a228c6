package dev.trapline.firmware.psci;

import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.Effect.SystemOff.Off;
import dev.trapline.abi.firmware.Effect.SystemReset.Reset;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ResetRequest;
import dev.trapline.abi.firmware.ServiceCall;

/// SYSTEM_OFF, SYSTEM_RESET, SYSTEM_RESET2 and SYSTEM_OFF2 (DEN0022 §5.11 and after it).
final class SystemCalls {

    /// FEATURES of SYSTEM_OFF2: HIBERNATE_OFF is there.
    static final long OFF2_FEATURES = 1;

    private static final int WARM_RESET = 0;
    private static final int HIBERNATE_OFF = 1;

    private SystemCalls() {}

    static Reply<PsciState> off(PsciState state) {
        return Reply.of(state, new Effect.SystemOff());
    }

    static Reply<PsciState> reset(PsciState state) {
        return Reply.of(state, new Effect.SystemReset(Reset.COLD));
    }

    /// Of the architectural types, bit 31 clear, there is the warm reset alone. The host is told
    /// type and cookie, also where they mean nothing here.
    static Reply<PsciState> reset2(PsciState state, ServiceCall call) {
        int type = Arguments.word(call, 1);
        Reset kind = type == WARM_RESET
                ? Reset.WARM
                : state.settings().vendorResets().kind(type);
        return kind == null
                ? Answers.status(state, PsciStatus.INVALID_PARAMETERS)
                : Reply.of(
                        state, new Effect.SystemReset(kind, new ResetRequest.Typed(type, Arguments.argument(call, 2))));
    }

    /// HIBERNATE_OFF is 1, and 0 as in the specification's first issue; the cookie must be 0.
    static Reply<PsciState> off2(PsciState state, ServiceCall call) {
        int type = Arguments.word(call, 1);
        boolean valid = (type == 0 || type == HIBERNATE_OFF) && Arguments.argument(call, 2) == 0;
        return valid
                ? Reply.of(state, new Effect.SystemOff(Off.HIBERNATE))
                : Answers.status(state, PsciStatus.INVALID_PARAMETERS);
    }
}
