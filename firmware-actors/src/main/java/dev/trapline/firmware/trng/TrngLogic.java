package dev.trapline.firmware.trng;

import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.MachineEvent;
import dev.trapline.abi.firmware.Reaction;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.smccc.FunctionId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// TRNG as a function of its state and a call (DEN0098).
final class TrngLogic {

    /// Major in bits 30:16, minor in bits 15:0 (DEN0098 §2.1).
    private static final long VERSION_1_0 = 1 << 16;

    /// The registers that carry bits: x1 the highest, x3 the lowest (DEN0098 §2.4).
    private static final int WORDS = 3;

    private TrngLogic() {}

    static Reply<TrngState> apply(TrngState state, ServiceCall call) {
        @Nullable TrngFunction function = TrngFunction.of(call.smccc().functionId());
        if (function == null) {
            return Reply.x0(state, TrngStatus.NOT_SUPPORTED.code());
        }
        return switch (function) {
            case VERSION -> Reply.x0(state, VERSION_1_0);
            case FEATURES -> Reply.x0(state, features(call).code());
            case GET_UUID -> Reply.of(state, state.uuid().registers());
            case RND32 -> random(state, call, Integer.SIZE);
            case RND64 -> random(state, call, Long.SIZE);
        };
    }

    static Reaction<TrngState> notice(TrngState state, MachineEvent event) {
        return switch (event) {
            case MachineEvent.Started() -> new Reaction<>(state, refill(state));
            case MachineEvent.Entropy(var bytes) -> Reaction.of(state.with(bytes));
            case MachineEvent.Woken _,
                    MachineEvent.StayedAwake _,
                    MachineEvent.PoweredOn _,
                    MachineEvent.PoweredOff _,
                    MachineEvent.PoweredDown _,
                    MachineEvent.EventInjected _,
                    MachineEvent.Interrupted _ -> Reaction.of(state);
        };
    }

    /// DEN0098 §2.2. A function that the machine's policy denies is reported as NOT_SUPPORTED.
    private static TrngStatus features(ServiceCall call) {
        FunctionId asked = new FunctionId((int) call.smccc().argument(1));
        boolean known = TrngFunction.of(asked) != null;
        return known && call.reaches(asked) ? TrngStatus.SUCCESS : TrngStatus.NOT_SUPPORTED;
    }

    /// DEN0098 §2.4. The number of bits is w1 in both conventions.
    ///
    /// @param wordBits the number of bits in one register
    private static Reply<TrngState> random(TrngState state, ServiceCall call, int wordBits) {
        long bits = call.smccc().argument(1) & 0xffff_ffffL;
        if (bits == 0 || bits > (long) WORDS * wordBits) {
            return Reply.x0(state, TrngStatus.INVALID_PARAMETERS.code());
        }
        int bytes = (int) (bits + Byte.SIZE - 1) / Byte.SIZE;
        if (state.pool().size() < bytes) {
            return new Reply<>(state, RegisterWrites.x0(TrngStatus.NO_ENTROPY.code()), refill(state));
        }
        RegisterWrites writes = RegisterWrites.x0(TrngStatus.SUCCESS.code());
        for (int word = 0; word < WORDS; word++) {
            writes = writes.and(WORDS - word, word(state, word * wordBits, (int) bits, wordBits));
        }
        TrngState rest = state.without(bytes);
        return new Reply<>(rest, writes, refill(rest));
    }

    /// One word of the first `bits` bits of the pool; bits after them are zero.
    private static long word(TrngState state, int from, int bits, int wordBits) {
        long word = 0;
        int to = Math.min(bits, from + wordBits);
        for (int bit = from; bit < to; bit++) {
            long value = (long) state.pool().at(bit / Byte.SIZE) >>> (bit % Byte.SIZE) & 1;
            word |= value << (bit - from);
        }
        return word;
    }

    private static List<Effect> refill(TrngState state) {
        return state.missing() == 0 ? List.of() : List.of(new Effect.DrawEntropy(state.missing()));
    }
}
