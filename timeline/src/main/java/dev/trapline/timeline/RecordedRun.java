package dev.trapline.timeline;

import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.journal.RecordingReader;
import dev.trapline.machine.ConsoleOutput;
import java.util.List;
import java.util.function.Supplier;

/// A recording that can be opened any number of times, with the engines and services for its replay.
///
/// @param recording opens the recording; the caller closes each reader
/// @param services those that the recording names are taken
public record RecordedRun(
        Supplier<? extends RecordingReader> recording, EngineFactory engines, List<FirmwareService<?>> services) {

    public RecordedRun {
        services = List.copyOf(services);
    }

    /// Powers the recorded machine on, as [Playback#of].
    public Playback playback(ConsoleOutput console) {
        return Playback.of(engines, recording.get(), services, console);
    }

    /// How many slices it has.
    public long slices() {
        try (RecordingReader reader = recording.get()) {
            return PositionQuery.slices(reader);
        }
    }
}
