package dev.trapline.launcher;

import dev.trapline.journal.bundle.ExportSummary;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// Says what was exported or imported.
///
/// @param recording the directory
/// @param file the file
record ExportText(Path recording, Path file, ExportSummary summary) {

    /// @param done what was done, in words
    String as(boolean json, String done) {
        return json ? Json.of(fields()) + "\n" : text(done);
    }

    private String text(String done) {
        String images = summary.images() == summary.imagesNamed()
                ? "its images"
                : "no images (who replays it gives them with 'replay --image FILE')";
        return done + ": " + Figures.count(summary.segments(), "segment") + ", "
                + Figures.count(summary.slices(), "slice") + ", " + images + ", "
                + Figures.count(summary.bytes(), "byte") + (summary.complete() ? "" : "; the run's end is not in it")
                + "\n";
    }

    private Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("recording", recording.toString());
        fields.put("file", file.toString());
        fields.put("id", summary.recordingId());
        fields.put("complete", summary.complete());
        fields.put("segments", summary.segments());
        fields.put("slices", summary.slices());
        fields.put("images", summary.images());
        fields.put("imagesNamed", summary.imagesNamed());
        fields.put("bytes", summary.bytes());
        return fields;
    }
}
