package dev.trapline.timeline;

import dev.trapline.abi.Position;
import dev.trapline.abi.Width;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.machine.RunReport;
import dev.trapline.machine.VcpuView;
import java.util.List;

/// A machine at one position of its recording.
///
/// @param ticks virtual time
/// @param width of its vCPUs' registers
/// @param vcpus its vCPUs
/// @param handlers of events that run, each vCPU's innermost one last
/// @param memory the guest's memory; valid until the playback moves
public record MachineView(
        Position position,
        long ticks,
        Width width,
        List<VcpuView> vcpus,
        List<RunReport.OpenHandler> handlers,
        GuestMemory memory) {

    public MachineView {
        vcpus = List.copyOf(vcpus);
        handlers = List.copyOf(handlers);
    }
}
