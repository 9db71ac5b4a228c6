package dev.trapline.firmware.sdei;

import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.Effect;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Delivers pending events, as far as possible. It is called after every change of the state.
///
/// An event is delivered to a PE if the event is pending, registered and enabled, its handler does not run, the PE is a
/// target of it and has not masked events, and the event's priority may interrupt the handlers that the PE runs
/// (DEN0054, event priorities). Events are delivered in the order of [EventDefinition], PEs by index.
///
/// If several PEs can take an event with RM_ANY, one that runs no handler is preferred, then the lowest index. The
/// specification leaves this choice open; the rule makes it the same in every run.
///
/// @param state the state after the delivery
/// @param effects the effects for the machine
record Delivery(SdeiState state, List<Effect> effects) {

    Delivery {
        effects = List.copyOf(effects);
    }

    /// Delivers all events that can be delivered.
    static Delivery of(SdeiState state) {
        List<Effect> effects = new ArrayList<>();
        return new Delivery(toAll(state, effects), effects);
    }

    /// Delivers all events that can be delivered, after another effect.
    static Delivery after(Effect first, SdeiState state) {
        List<Effect> effects = new ArrayList<>();
        effects.add(first);
        return new Delivery(toAll(state, effects), effects);
    }

    /// Delivers all events that can be delivered, after one event may have become pending or enabled. If it stays
    /// pending for PEs that have masked events, these PEs are woken: they may be powered down, and take the event
    /// when they unmask events.
    ///
    /// @param awake the PEs that need no waking, one bit each
    static Delivery of(SdeiState state, int number, long awake) {
        List<Effect> effects = new ArrayList<>();
        SdeiState now = toAll(state, effects);
        SdeiEvent event = require(now, number);
        if (event.pending() != 0) {
            wake(now, event, awake, effects);
        }
        return new Delivery(now, effects);
    }

    private static void wake(SdeiState state, SdeiEvent event, long awake, List<Effect> effects) {
        long targets = event.definition().isShared() ? event.routing().targets() : -1;
        long sleepers = targets & state.masked() & state.on() & ~awake;
        for (long rest = sleepers; rest != 0; rest &= rest - 1) {
            VcpuId pe = new VcpuId(Long.numberOfTrailingZeros(rest));
            if (event.isPending(pe) && event.state(pe).isEnabled()) {
                effects.add(new Effect.Wake(pe));
            }
        }
    }

    private static SdeiState toAll(SdeiState state, List<Effect> effects) {
        SdeiState now = state;
        for (SdeiEvent event : state.events()) {
            if (event.pending() != 0) {
                now = event.definition().isShared() ? toOne(now, event, effects) : toEach(now, event, effects);
            }
        }
        return now;
    }

    private static SdeiState toEach(SdeiState state, SdeiEvent event, List<Effect> effects) {
        SdeiState now = state;
        for (long rest = event.pending(); rest != 0; rest &= rest - 1) {
            VcpuId pe = new VcpuId(Long.numberOfTrailingZeros(rest));
            SdeiEvent current = require(now, event.definition().number());
            if (canTake(now, current, pe)) {
                now = deliver(now, current, pe, effects);
            } else if (isLost(now, current, pe)) {
                now = now.with(current.withoutPending(pe));
            }
        }
        return now;
    }

    private static SdeiState toOne(SdeiState state, SdeiEvent event, List<Effect> effects) {
        VcpuId pe = choose(state, event);
        return pe == null ? state : deliver(state, event, pe, effects);
    }

    private static @Nullable VcpuId choose(SdeiState state, SdeiEvent event) {
        VcpuId chosen = null;
        for (int index = 0; index < state.topology().vcpus(); index++) {
            VcpuId pe = new VcpuId(index);
            if ((event.routing().targets() & pe.bit()) != 0 && canTake(state, event, pe)) {
                if (!state.pe(pe).isRunning()) {
                    return pe;
                }
                chosen = chosen == null ? pe : chosen;
            }
        }
        return chosen;
    }

    private static boolean canTake(SdeiState state, SdeiEvent event, VcpuId pe) {
        return event.state(pe).after(HandlerCall.DISPATCH) != null
                && !state.isMasked(pe)
                && state.pe(pe).canEnter(event.definition().priority());
    }

    /// The software-signalled event is an SGI and is not kept pending: the PE takes it as soon as the handlers that
    /// it runs allow it, and drops it if it has masked events or no handler for it. All other events stay pending.
    private static boolean isLost(SdeiState state, SdeiEvent event, VcpuId pe) {
        return event.definition().isSoftwareSignalled()
                && state.pe(pe).canEnter(event.definition().priority())
                && (state.isMasked(pe) || !event.state(pe).isRegistered());
    }

    private static SdeiState deliver(SdeiState state, SdeiEvent event, VcpuId pe, List<Effect> effects) {
        HandlerState running = event.state(pe).after(HandlerCall.DISPATCH);
        if (running == null) {
            throw new InvariantViolation(event.definition() + " cannot be delivered to " + pe);
        }
        Handler handler = event.handler(pe);
        effects.add(
                new Effect.DeliverEvent(pe, handler.entry(), event.definition().number(), handler.argument()));
        return state.with(event.delivered(pe, running), pe, state.pe(pe).entering(event.definition()));
    }

    private static SdeiEvent require(SdeiState state, int number) {
        SdeiEvent event = state.event(number);
        if (event == null) {
            throw new InvariantViolation("there is no event " + number);
        }
        return event;
    }
}
