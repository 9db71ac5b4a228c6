package dev.trapline.vcpu;

import dev.trapline.machine.RunReport.OpenHandler;
import dev.trapline.machine.VcpuView;
import dev.trapline.timeline.Playback;
import java.util.List;

/// The state at a position of a playback: two ways that lead to equal states have reached the same position.
record Sight(long slice, List<VcpuView> vcpus, List<OpenHandler> handlers, long memory, long now, long printed) {

    static Sight of(Playback playback) {
        return new Sight(
                playback.position().slice(),
                playback.vcpus(),
                playback.openHandlers(),
                playback.memoryDigest(),
                playback.now(),
                playback.consoleBytes());
    }
}
