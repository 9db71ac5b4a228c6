package dev.trapline.launcher.recording;

import dev.trapline.abi.Visible;
import dev.trapline.abi.engine.EngineLibrary;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.history.RecordingHeader;
import dev.trapline.abi.history.RecordingHeader.ServiceRef;
import dev.trapline.journal.RecordingReader;
import dev.trapline.launcher.process.Services;
import java.io.PrintWriter;

/// Compares the library, services and plugins of a recording with those of this process. Every command that replays
/// reports the differences; the digests decide whether they matter.
public final class RecordedWith {

    private RecordedWith() {}

    /// Reports how the recording was opened, and what has another version here.
    public static void warn(RecordingReader reader, EngineLibrary library, Services services, PrintWriter err) {
        RecordingHeader header = reader.header();
        warnOfLibrary(header.library(), library, err);
        for (ServiceRef recorded : header.services()) {
            for (ServiceDescriptor present : services.descriptors()) {
                if (present.name().equals(recorded.name()) && !present.version().equals(recorded.version())) {
                    err.println("trapline: recorded with another version of service '" + recorded.name() + "' ("
                            + Visible.line(recorded.version()) + "; here: " + present.version()
                            + "); the digests decide whether that matters");
                }
            }
        }
        warnOfPlugins(header, services, err);
        tellNotice(reader, err);
    }

    /// Names plugins that the recording was made without: their services take no part in the replay.
    public static void warnOfPlugins(RecordingHeader header, Services services, PrintWriter err) {
        services.ofPlugins().forEach((plugin, names) -> {
            if (header.services().stream().noneMatch(recorded -> names.contains(recorded.name()))) {
                err.println("trapline: the plugin " + plugin + " has no effect: the recording was made without "
                        + (names.size() == 1 ? "its service " : "its services ") + String.join(", ", names));
            }
        });
    }

    private static void warnOfLibrary(EngineLibrary recorded, EngineLibrary present, PrintWriter err) {
        if (!recorded.sha256().equals(present.sha256())) {
            err.println("trapline: recorded with another build of the library ("
                    + Visible.line(recorded.name() + " " + recorded.version()) + "; here: " + present.name() + " "
                    + present.version()
                    + "); the digests decide whether that matters");
        }
    }

    /// Reports how a recording was opened that was not closed in order.
    public static void tellNotice(RecordingReader reader, PrintWriter err) {
        String notice = reader.notice();
        if (notice != null) {
            err.println("trapline: " + notice);
        }
    }
}
