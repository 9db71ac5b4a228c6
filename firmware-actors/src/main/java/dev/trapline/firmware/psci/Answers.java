package dev.trapline.firmware.psci;

import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.Reply;
import java.util.List;

/// Builds PSCI's replies.
final class Answers {

    private Answers() {}

    /// Returns a status, as the machine's version of PSCI defines it. The state does not change.
    static Reply<PsciState> status(PsciState state, PsciStatus status) {
        return Reply.x0(state, status.in(state.settings().version()).code());
    }

    /// Returns SUCCESS and requests an effect.
    static Reply<PsciState> success(PsciState state, Effect effect) {
        return new Reply<>(state, RegisterWrites.x0(PsciStatus.SUCCESS.code()), List.of(effect));
    }
}
