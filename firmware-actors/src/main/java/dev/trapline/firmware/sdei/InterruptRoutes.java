package dev.trapline.firmware.sdei;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.Effect.RouteInterrupt.Receiver;
import java.util.ArrayList;
import java.util.List;

/// Who gets the interrupts that are bound to events, as it follows from the state.
///
/// While no handler is registered, the client handles the interrupt itself. From EVENT_REGISTER on it belongs to the
/// firmware, and stays pending until it is delivered (DEN0054, interrupt-bound events). The firmware takes it while the
/// handler is enabled and does not run, and the event is not pending already: a level-sensitive interrupt that is still
/// high after the handler has completed makes the event pending again.
final class InterruptRoutes {

    private InterruptRoutes() {}

    /// The effects that change the receivers from those of one state to those of the next.
    static List<Effect> changes(SdeiState before, SdeiState after) {
        List<Effect> changes = new ArrayList<>();
        for (int index = 0; index < after.events().size(); index++) {
            addChanges(
                    before.events().get(index),
                    after.events().get(index),
                    after.topology().vcpus(),
                    changes);
        }
        return changes;
    }

    private static void addChanges(SdeiEvent before, SdeiEvent after, int vcpus, List<Effect> changes) {
        if (!before.hasInterrupt() && !after.hasInterrupt()) {
            return;
        }
        int instances = after.definition().isShared() ? 1 : vcpus;
        for (int index = 0; index < instances; index++) {
            VcpuId pe = new VcpuId(index);
            Receiver old = receiver(before, pe);
            Receiver now = receiver(after, pe);
            if (now != old) {
                int intid = now == Receiver.GUEST ? before.intid() : after.intid();
                changes.add(new Effect.RouteInterrupt(pe, intid, now));
            }
        }
    }

    private static Receiver receiver(SdeiEvent event, VcpuId pe) {
        HandlerState state = event.state(pe);
        if (!event.hasInterrupt() || !state.isRegistered()) {
            return Receiver.GUEST;
        }
        boolean takes = state.isEnabled() && !state.isRunning() && !event.isPending(pe);
        return takes ? Receiver.FIRMWARE : Receiver.NOBODY;
    }
}
