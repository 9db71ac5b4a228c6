package dev.trapline.journal.bundle;

/// What an import may take, and who hears of it.
///
/// @param bytes that the parts of the file may have together, unpacked: about what the recording takes on the disk
/// @param progress told how far it is; may end it
public record ImportLimits(long bytes, ImportProgress progress) {

    /// Whatever the file promises, and nobody hears of it.
    public static final ImportLimits NONE = new ImportLimits(Long.MAX_VALUE, (_, _, _) -> {});
}
