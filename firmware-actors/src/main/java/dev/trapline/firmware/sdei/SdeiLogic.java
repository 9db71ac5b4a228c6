package dev.trapline.firmware.sdei;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.MachineEvent;
import dev.trapline.abi.firmware.Reaction;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.smccc.SmcccCall;
import java.util.ArrayList;
import java.util.List;

/// SDEI as a function of its state and a call or another event (DEN0054 §5.1).
final class SdeiLogic {

    private SdeiLogic() {}

    /// Answers a call. Clients are AArch64.
    static Reply<SdeiState> apply(SdeiState state, ServiceCall call) {
        Reply<SdeiState> answer = answer(state, call);
        List<Effect> effects = routed(state, answer.state(), answer.effects());
        return new Reply<>(answer.state(), answer.registers(), effects);
    }

    /// The effects, and those that change who gets the interrupts of events.
    private static List<Effect> routed(SdeiState before, SdeiState after, List<Effect> effects) {
        List<Effect> routes = InterruptRoutes.changes(before, after);
        if (routes.isEmpty()) {
            return effects;
        }
        List<Effect> all = new ArrayList<>(effects);
        all.addAll(routes);
        return all;
    }

    private static Reply<SdeiState> answer(SdeiState state, ServiceCall call) {
        SmcccCall smccc = call.smccc();
        SdeiFunction function = SdeiFunction.of(smccc.functionId());
        if (function == null || call.exit().state().isAarch32()) {
            return Answers.status(state, SdeiStatus.NOT_SUPPORTED);
        }
        VcpuId caller = call.caller();
        // Numbers of events, interrupts, registers and features have 32 bits (DEN0054 §5.1): the upper half of x1 is
        // ignored.
        int word = (int) smccc.argument(1);
        return switch (function) {
            case VERSION -> Reply.x0(state, state.settings().version().value());
            case EVENT_REGISTER -> Registration.register(state, caller, smccc);
            case EVENT_ENABLE -> Registration.enable(state, caller, word);
            case EVENT_DISABLE -> Registration.disable(state, caller, word);
            case EVENT_CONTEXT -> Completion.context(state, call, word);
            case EVENT_COMPLETE -> Completion.complete(state, caller);
            case EVENT_COMPLETE_AND_RESUME -> Completion.completeAndResume(state, caller, smccc.argument(1));
            case EVENT_UNREGISTER -> Registration.unregister(state, caller, word);
            case EVENT_STATUS -> EventQueries.status(state, caller, word);
            case EVENT_GET_INFO -> EventQueries.info(state, caller, word, (int) smccc.argument(2));
            case EVENT_ROUTING_SET -> EventRouting.set(state, caller, smccc);
            case PE_MASK -> Masking.mask(state, caller);
            case PE_UNMASK -> Masking.unmask(state, caller);
            case INTERRUPT_BIND -> Binding.bind(state, word);
            case INTERRUPT_RELEASE -> Binding.release(state, word);
            case EVENT_SIGNAL -> Signals.signal(state, caller, smccc);
            case FEATURES -> EventQueries.features(state, word);
            case PRIVATE_RESET -> Resets.privateEvents(state, caller);
            case SHARED_RESET -> Resets.sharedEvents(state, caller);
        };
    }

    /// Handles an event of the machine.
    static Reaction<SdeiState> notice(SdeiState state, MachineEvent event) {
        return switch (event) {
            case MachineEvent.PoweredOn on -> reaction(state, Masking.poweredOn(state, on.vcpu()));
            case MachineEvent.PoweredOff off -> reaction(state, Masking.poweredOff(state, off.vcpu()));
            case MachineEvent.PoweredDown down -> reaction(state, Masking.poweredDown(state, down.vcpu()));
            case MachineEvent.EventInjected injected ->
                reaction(state, Signals.injected(state, injected.number(), injected.vcpu()));
            // The machine holds the interrupt already.
            case MachineEvent.Interrupted(VcpuId vcpu, int intid) ->
                reaction(Signals.arrived(state, intid, vcpu), Signals.interrupted(state, intid, vcpu));
            case MachineEvent.Started _, MachineEvent.Woken _, MachineEvent.StayedAwake _, MachineEvent.Entropy _ ->
                Reaction.of(state);
        };
    }

    private static Reaction<SdeiState> reaction(SdeiState before, Delivery delivery) {
        return new Reaction<>(delivery.state(), routed(before, delivery.state(), delivery.effects()));
    }
}
