package dev.trapline.firmware.sdei;

import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.MachineTopology;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// SDEI's state.
///
/// @param settings the settings of the machine's SDEI
/// @param topology the machine's CPUs
/// @param events all events, in the order of delivery
/// @param pes the handlers that each PE runs
/// @param masked the PEs that have masked events, one bit each by vCPU index; this includes PEs that are off
/// @param on the PEs that are on
public record SdeiState(
        SdeiSettings settings, MachineTopology topology, List<SdeiEvent> events, List<Pe> pes, long masked, long on) {

    public SdeiState {
        events = List.copyOf(events);
        pes = List.copyOf(pes);
    }

    /// A machine that has just started: only the boot CPU is on, and every PE has masked events (DEN0054 §5.1.12).
    static SdeiState initial(MachineTopology topology, SdeiSettings settings) {
        List<SdeiEvent> events = settings.events().stream()
                .map(definition -> SdeiEvent.initial(definition, topology.vcpus()))
                .toList();
        return new SdeiState(
                settings, topology, events, Collections.nCopies(topology.vcpus(), Pe.IDLE), -1, VcpuId.BOOT.bit());
    }

    Pe pe(VcpuId vcpu) {
        return pes.get(vcpu.index());
    }

    boolean isMasked(VcpuId vcpu) {
        return (masked & vcpu.bit()) != 0;
    }

    boolean isOn(VcpuId vcpu) {
        return (on & vcpu.bit()) != 0;
    }

    /// The event with a number. Negative numbers are not events.
    ///
    /// @return null if there is none
    @Nullable
    SdeiEvent event(int number) {
        for (SdeiEvent event : events) {
            if (event.definition().number() == number) {
                return event;
            }
        }
        return null;
    }

    /// The event to which an interrupt is bound; null if there is none.
    @Nullable
    SdeiEvent boundTo(int intid) {
        for (SdeiEvent event : events) {
            if (event.intid() == intid) {
                return event;
            }
        }
        return null;
    }

    /// The state with one event changed.
    SdeiState with(SdeiEvent changed) {
        return new SdeiState(
                settings, topology, ImmutableLists.with(events, indexOf(changed), changed), pes, masked, on);
    }

    /// The state with one event and one PE changed, after a handler was entered or left.
    SdeiState with(SdeiEvent changed, VcpuId vcpu, Pe pe) {
        return new SdeiState(
                settings,
                topology,
                ImmutableLists.with(events, indexOf(changed), changed),
                ImmutableLists.with(pes, vcpu.index(), pe),
                masked,
                on);
    }

    private int indexOf(SdeiEvent changed) {
        for (int index = 0; index < events.size(); index++) {
            if (events.get(index).definition().number() == changed.definition().number()) {
                return index;
            }
        }
        throw new InvariantViolation("there is no " + changed.definition());
    }

    SdeiState withMasked(VcpuId vcpu) {
        return new SdeiState(settings, topology, events, pes, masked | vcpu.bit(), on);
    }

    SdeiState withUnmasked(VcpuId vcpu) {
        return new SdeiState(settings, topology, events, pes, masked & ~vcpu.bit(), on);
    }

    SdeiState withOn(VcpuId vcpu) {
        return new SdeiState(settings, topology, events, pes, masked, on | vcpu.bit());
    }

    SdeiState withOff(VcpuId vcpu) {
        return new SdeiState(settings, topology, events, pes, masked, on & ~vcpu.bit());
    }
}
