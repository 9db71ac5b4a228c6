package dev.trapline.firmware.psci;

import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.Effect.SystemOff.Off;
import dev.trapline.abi.firmware.Effect.SystemReset.Reset;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ResetRequest;
import dev.trapline.abi.firmware.ServiceCall;

/// SYSTEM_OFF, SYSTEM_RESET, SYSTEM_RESET2 and SYSTEM_OFF2 (DEN0022 §5.11 and the following sections).
final class SystemCalls {

    /// The answer of PSCI_FEATURES for SYSTEM_OFF2: HIBERNATE_OFF is implemented.
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

    /// Of the architectural types (bit 31 clear), only the warm reset exists. Type and cookie are part of the
    /// effect, even if they have no meaning here.
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

    /// HIBERNATE_OFF is 1; the specification's first issue has 0, which is accepted too. The cookie must be 0.
    static Reply<PsciState> off2(PsciState state, ServiceCall call) {
        int type = Arguments.word(call, 1);
        boolean valid = (type == 0 || type == HIBERNATE_OFF) && Arguments.argument(call, 2) == 0;
        return valid
                ? Reply.of(state, new Effect.SystemOff(Off.HIBERNATE))
                : Answers.status(state, PsciStatus.INVALID_PARAMETERS);
    }
}
