package dev.trapline.firmware.psci;

import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.Reply;
import java.util.List;

/// Replies that PSCI gives.
final class Answers {

    private Answers() {}

    /// A status, in the words of the machine's version. Nothing changes.
    static Reply<PsciState> status(PsciState state, PsciStatus status) {
        return Reply.x0(state, status.in(state.settings().version()).code());
    }

    /// SUCCESS, and something to be done.
    static Reply<PsciState> success(PsciState state, Effect effect) {
        return new Reply<>(state, RegisterWrites.x0(PsciStatus.SUCCESS.code()), List.of(effect));
    }
}
