package dev.trapline.vcpu;

import dev.trapline.machine.RunReport.OpenHandler;
import dev.trapline.machine.VcpuView;
import dev.trapline.timeline.Playback;
import java.util.List;

/// What a place of a playback looks like: two ways to it that show the same came to the same place.
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
