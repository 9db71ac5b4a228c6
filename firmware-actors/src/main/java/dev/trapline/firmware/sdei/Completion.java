package dev.trapline.firmware.sdei;

import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import org.jspecify.annotations.Nullable;

/// The calls that only a handler can make. They apply to the caller's innermost handler.
final class Completion {

    private static final int SAVED_REGISTERS = 18;

    private Completion() {}

    /// EVENT_CONTEXT (DEN0054 §5.1.5): a register of the interrupted code.
    static Reply<SdeiState> context(SdeiState state, ServiceCall call, int register) {
        if (register < 0 || register >= SAVED_REGISTERS) {
            return Answers.invalid(state);
        }
        SdeiEvent running = running(state, call.caller());
        if (running == null || running.state(call.caller()).after(HandlerCall.CONTEXT) == null) {
            return Answers.denied(state);
        }
        GeneralRegisters interrupted = call.interrupted();
        if (interrupted == null) {
            throw new InvariantViolation(call.caller() + " runs the handler of event "
                    + running.definition().number() + ", but no registers were saved for it");
        }
        return Reply.x0(state, interrupted.x(register));
    }

    /// EVENT_COMPLETE (DEN0054 §5.1.6). Its status, HANDLED or FAILED, changes nothing here.
    static Reply<SdeiState> complete(SdeiState state, VcpuId caller) {
        return leave(state, caller, new Effect.CompleteEvent(caller));
    }

    /// EVENT_COMPLETE_AND_RESUME (DEN0054 §5.1.7).
    static Reply<SdeiState> completeAndResume(SdeiState state, VcpuId caller, long address) {
        if (!Registration.isEntryPoint(address)) {
            return Answers.denied(state);
        }
        return leave(state, caller, new Effect.CompleteEventAndResume(caller, address));
    }

    private static Reply<SdeiState> leave(SdeiState state, VcpuId caller, Effect effect) {
        SdeiState completed = completed(state, caller);
        return completed == null ? Answers.denied(state) : Answers.noReturn(Delivery.after(effect, completed));
    }

    /// The state after a PE's innermost handler has completed; null if it runs none.
    static @Nullable SdeiState completed(SdeiState state, VcpuId pe) {
        SdeiEvent running = running(state, pe);
        HandlerState next = running == null ? null : running.state(pe).after(HandlerCall.COMPLETE);
        return running == null || next == null
                ? null
                : state.with(running.with(pe, next), pe, state.pe(pe).leaving());
    }

    private static @Nullable SdeiEvent running(SdeiState state, VcpuId pe) {
        return state.pe(pe).isRunning() ? state.event(state.pe(pe).innermost()) : null;
    }
}
