package dev.trapline.journal.bundle;

import java.util.function.LongConsumer;

/// What an import may take, and who hears of it.
///
/// @param bytes that the parts of the file may have together, unpacked: about what the recording takes on the disk
/// @param progress told now and then how many bytes of the file were read; may throw to end the import, which then
///     leaves nothing behind
public record ImportLimits(long bytes, LongConsumer progress) {

    /// Whatever the file promises, and nobody hears of it.
    public static final ImportLimits NONE = new ImportLimits(Long.MAX_VALUE, _ -> {});
}
