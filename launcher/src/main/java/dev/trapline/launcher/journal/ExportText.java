package dev.trapline.launcher.journal;

import dev.trapline.abi.Figures;
import dev.trapline.journal.bundle.ExportSummary;
import dev.trapline.launcher.output.JsonObject;
import java.nio.file.Path;

/// Reports what was exported or imported.
///
/// @param recording the directory
/// @param file the file
record ExportText(Path recording, Path file, ExportSummary summary) {

    /// @param done what was done, for the message
    String as(boolean json, String done) {
        return json ? json().line() : text(done);
    }

    private String text(String done) {
        String images = summary.images() == summary.imagesNamed()
                ? "its images"
                : "no images (give them to a replay with 'replay --image FILE')";
        return done + ": " + Figures.count(summary.segments(), "segment") + ", "
                + Figures.count(summary.slices(), "slice") + ", " + images + ", "
                + Figures.count(summary.bytes(), "byte")
                + (summary.complete() ? "" : "; it does not contain " + "the end of the run")
                + "\n";
    }

    private JsonObject json() {
        return JsonObject.document("export")
                .with("recording", recording.toString())
                .with("file", file.toString())
                .with("recordingId", summary.recordingId())
                .with("complete", summary.complete())
                .with("segments", summary.segments())
                .with("slices", summary.slices())
                .with("imagesIncluded", summary.images())
                .with("imagesNamed", summary.imagesNamed())
                .with("bytes", summary.bytes());
    }
}
