package dev.trapline.machine;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.Width;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.ServiceFailure;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.VcpuState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Checks whether the effects of a service are possible on this machine, in its current state. An impossible effect is
/// a defect of the service, and is found before any effect is executed.
final class EffectCheck {

    /// The largest size of an effect in a record, without the bytes that it writes.
    private static final int EFFECT_BYTES = 64;

    private final MachineSpec spec;
    private final GuestMemory memory;
    private final Vcpus vcpus;

    EffectCheck(MachineSpec spec, GuestMemory memory, Vcpus vcpus) {
        this.spec = spec;
        this.memory = memory;
        this.vcpus = vcpus;
    }

    /// Refuses an impossible effect.
    ///
    /// @throws ServiceFailure that names the service, the effect, and the reason
    void require(Effect effect, String service) {
        String reason = refusal(effect);
        if (reason != null) {
            throw new ServiceFailure(service, reason, null);
        }
    }

    /// Refuses effects that are too large for one record, even in a run that is not recorded: a run must not depend
    /// on that.
    ///
    /// @return how many bytes they have
    /// @throws ServiceFailure that names the service, and the size
    static long requireRecordable(List<Effect> effects, String service) {
        long bytes = 0;
        for (Effect effect : effects) {
            bytes += EFFECT_BYTES
                    + (effect instanceof Effect.WriteMemory write
                            ? write.bytes().size()
                            : 0);
        }
        if (bytes > JournalRecord.MAX_BYTES) {
            throw new ServiceFailure(
                    service,
                    "wants effects of " + bytes + " bytes at once, and at most " + JournalRecord.MAX_BYTES
                            + " can be recorded: it has to write memory in several answers",
                    null);
        }
        return bytes;
    }

    private @Nullable String refusal(Effect effect) {
        return switch (effect) {
            case Effect.PowerOn on -> inState(on.target(), "powers on", VcpuState.OFF);
            case Effect.PowerOff(VcpuId target) -> exists(target, "powers off");
            case Effect.Standby(VcpuId target) -> inState(target, "suspends", VcpuState.ON);
            case Effect.PowerDown down -> inState(down.target(), "powers down", VcpuState.ON);
            case Effect.StayAwake(VcpuId target) -> inState(target, "keeps awake", VcpuState.ON);
            case Effect.Wake(VcpuId target) -> exists(target, "wakes");
            case Effect.EventHandling handling -> events(handling);
            case Effect.WriteMemory write ->
                inMemory(
                        "writes " + write.bytes().size() + " bytes",
                        write.address(),
                        write.bytes().size());
            case Effect.ShareStolenTime(VcpuId of, long address) -> stolenTime(of, address);
            case Effect.RouteInterrupt route -> exists(route.target(), "routes an interrupt of");
            case Effect.DrawEntropy _, Effect.SystemOff _, Effect.SystemReset _, Effect.ExitRun _ -> null;
        };
    }

    private @Nullable String events(Effect.EventHandling handling) {
        if (spec.cpus().width() == Width.AARCH32) {
            return "delivers or completes an event on an AArch32 machine: events are for AArch64 (DEN0054)";
        }
        return switch (handling) {
            case Effect.DeliverEvent deliver ->
                inState(deliver.target(), "delivers an event to", VcpuState.ON, VcpuState.SUSPENDED, VcpuState.STALLED);
            case Effect.CompleteEvent(VcpuId target) -> completion(target);
            case Effect.CompleteEventAndResume(VcpuId target, long _) -> completion(target);
        };
    }

    private @Nullable String completion(VcpuId target) {
        String wrong = inState(target, "completes an event on", VcpuState.ON, VcpuState.SUSPENDED, VcpuState.STALLED);
        return wrong == null && !vcpus.isInHandler(target)
                ? "completes an event on " + target + ", which runs no handler"
                : wrong;
    }

    private @Nullable String stolenTime(VcpuId of, long address) {
        String missing = exists(of, "shares the stolen time of");
        if (missing != null) {
            return missing;
        }
        return address % Long.BYTES == 0
                ? inMemory("shares stolen time", address, Long.BYTES)
                : "shares stolen time at 0x" + Long.toHexString(address) + ", which is not a multiple of 8";
    }

    private @Nullable String inMemory(String what, long address, long length) {
        return memory.contains(address, length)
                ? null
                : what + " at 0x" + Long.toHexString(address) + ", which is not wholly in memory";
    }

    private @Nullable String exists(VcpuId target, String verb) {
        return target.index() < spec.cpus().count()
                ? null
                : verb + " " + target + ", which does not exist: this machine has "
                        + (spec.cpus().count() == 1 ? "1 vCPU" : spec.cpus().count() + " vCPUs");
    }

    private @Nullable String inState(VcpuId target, String verb, VcpuState... allowed) {
        String missing = exists(target, verb);
        if (missing != null) {
            return missing;
        }
        VcpuState state = vcpus.states().get(target.index());
        for (VcpuState each : allowed) {
            if (state == each) {
                return null;
            }
        }
        return verb + " " + target + ", which is " + state.description();
    }
}
