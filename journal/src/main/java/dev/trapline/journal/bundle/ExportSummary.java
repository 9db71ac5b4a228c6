package dev.trapline.journal.bundle;

/// What was exported or imported.
///
/// @param recordingId the recording's
/// @param complete whether its history reaches the run's end
/// @param segments how many segments it has
/// @param slices how many slices it has
/// @param images how many images are inside
/// @param imagesNamed how many images the machine has
/// @param bytes of the file
public record ExportSummary(
        String recordingId, boolean complete, long segments, long slices, int images, int imagesNamed, long bytes) {}
