package dev.trapline.journal.bundle;

/// Receives the progress of an import from time to time. It may throw to end the import, which then leaves no files
/// behind.
@FunctionalInterface
public interface ImportProgress {

    /// The steps of an import, in order.
    enum Step {
        /// The file is read, and its events are stored. Counted in bytes of the file.
        READING,
        /// The events are packed to take less space. Counted in segments.
        PACKING,
        /// The recording is read again to check it. Counted in segments.
        CHECKING
    }

    /// Reports progress.
    ///
    /// @param done in the step's unit, and never less than before in the same step
    /// @param total what `done` is at the end
    void at(Step step, long done, long total);
}
