package dev.trapline.launcher.recording;

import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.config.ReplaySettings;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.launcher.process.Engines;
import dev.trapline.launcher.process.Services;
import dev.trapline.timeline.Checkpoints;
import dev.trapline.timeline.RecordedRun;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.function.Consumer;

/// A recording to replay, with the library and services for the replay.
///
/// @param recording its directory
/// @param open how to open it
public record Replaying(Path recording, ReplaySettings settings, Services services, OpenOptions open) {

    /// The same, without checking the images' hashes.
    public Replaying ignoringImageHashes() {
        return new Replaying(
                recording,
                settings,
                services,
                OpenOptions.IGNORE_IMAGE_HASH.withImages(open.images()).with(open.database()));
    }

    /// Opens the library that executes the guest.
    public EngineFactory engines() {
        return Engines.open(settings.library(), settings.shortcuts());
    }

    /// Reports what has another version here than in the recording.
    public void warn(EngineFactory engines, PrintWriter err) {
        try (RecordingReader reader = Recordings.open(recording, open)) {
            RecordedWith.warn(reader, engines.library(), services, err);
        }
    }

    /// The recording, which can be opened any number of times.
    public RecordedRun run(EngineFactory engines) {
        return new RecordedRun(() -> Recordings.open(recording, open), engines, services.all());
    }

    /// Its checkpoints.
    ///
    /// @param inUse whether they are used at all
    /// @param notices receives messages about them
    public Checkpoints checkpoints(boolean inUse, Consumer<String> notices) {
        return new Checkpoints(
                recording,
                inUse,
                CheckpointKeyFile.seal(),
                settings.budget(),
                settings.spacing().toNanos(),
                System::nanoTime,
                notices);
    }
}
