package dev.trapline.firmware.ffa;

import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.smccc.FunctionId;
import dev.trapline.abi.smccc.SmcccCall;
import java.util.List;

/// FF-A as a function of its state and a call (DEN0077).
///
/// A failure returns the identifier of FFA_ERROR in w0 and the error code in w2. Every answer writes w0 to w7; reserved
/// registers are zero. Only FFA_VERSION returns NOT_SUPPORTED in w0.
final class FfaLogic {

    static final FunctionId ERROR = FunctionId.fast32(FfaService.OWNER, 0x60);
    static final FunctionId SUCCESS = FunctionId.fast32(FfaService.OWNER, 0x61);
    static final FunctionId VERSION = FunctionId.fast32(FfaService.OWNER, 0x63);
    static final FunctionId FEATURES = FunctionId.fast32(FfaService.OWNER, 0x64);
    static final FunctionId ID_GET = FunctionId.fast32(FfaService.OWNER, 0x69);

    static final long NOT_SUPPORTED = -1;

    private static final long W = 0xffff_ffffL;
    private static final List<FunctionId> KNOWN = List.of(ERROR, SUCCESS, VERSION, FEATURES, ID_GET);

    private FfaLogic() {}

    static Reply<FfaState> apply(FfaState state, ServiceCall call) {
        FunctionId function = call.smccc().functionId();
        if (function.equals(VERSION)) {
            return version(state, (int) call.smccc().argument(1));
        }
        if (state.version() == FfaVersion.NONE) {
            return Reply.of(state, error(NOT_SUPPORTED));
        }
        FfaState next = state.afterAnotherCall();
        if (function.equals(FEATURES)) {
            return Reply.of(next, features(call));
        }
        if (function.equals(ID_GET)) {
            return Reply.of(next, success(state.endpoint()));
        }
        return Reply.of(next, error(NOT_SUPPORTED));
    }

    /// After a guest has negotiated a version and made another call, the version cannot change.
    private static Reply<FfaState> version(FfaState state, int asked) {
        boolean refused = asked < 0 || !state.version().isToldTo(asked) || (state.settled() && asked != state.agreed());
        return refused
                ? Reply.of(state, returned(NOT_SUPPORTED, 0))
                : Reply.of(state.withAgreed(asked), returned(state.version().value(), 0));
    }

    /// Bit 31 of w1 distinguishes functions from features, such as the notification interrupts. No features are
    /// implemented. The implemented functions have no input properties, so w2 is ignored.
    private static RegisterWrites features(ServiceCall call) {
        SmcccCall smccc = call.smccc();
        FunctionId asked = new FunctionId((int) smccc.argument(1));
        return KNOWN.contains(asked) && call.reaches(asked) ? success(0) : error(NOT_SUPPORTED);
    }

    private static RegisterWrites success(long w2) {
        return returned(SUCCESS.value() & W, w2);
    }

    private static RegisterWrites error(long code) {
        return returned(ERROR.value() & W, code & W);
    }

    private static RegisterWrites returned(long x0, long w2) {
        return RegisterWrites.fromX0(x0, 0, w2, 0, 0, 0, 0, 0);
    }
}
