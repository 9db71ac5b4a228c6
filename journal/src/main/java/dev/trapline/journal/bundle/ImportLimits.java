package dev.trapline.journal.bundle;

/// The limits of an import, and the receiver of its progress.
///
/// @param bytes the largest total size of the file's parts, unpacked: about the size of the recording on the disk
/// @param progress receives the progress; may end the import
public record ImportLimits(long bytes, ImportProgress progress) {

    /// No limit, and no receiver of progress.
    public static final ImportLimits NONE = new ImportLimits(Long.MAX_VALUE, (_, _, _) -> {});
}
