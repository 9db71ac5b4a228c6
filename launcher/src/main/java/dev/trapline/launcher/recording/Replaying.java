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

/// A recording that is to be replayed, and what that is done with.
///
/// @param recording its directory
/// @param open how it is opened
public record Replaying(Path recording, ReplaySettings settings, Services services, OpenOptions open) {

    /// The same, with images taken as they are.
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

    /// Says what here is another version than what it was recorded with.
    public void warn(EngineFactory engines, PrintWriter err) {
        try (RecordingReader reader = Recordings.open(recording, open)) {
            RecordedWith.warn(reader, engines.library(), services, err);
        }
    }

    /// Itself, to be opened as often as there is need.
    public RecordedRun run(EngineFactory engines) {
        return new RecordedRun(() -> Recordings.open(recording, open), engines, services.all());
    }

    /// The checkpoints beside it.
    ///
    /// @param inUse whether they are used at all
    /// @param notices takes what a person should know of them
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
