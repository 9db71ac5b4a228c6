package dev.trapline.journal.bundle;

/// Told now and then how far an import is. It may throw to end the import, which then leaves nothing behind.
@FunctionalInterface
public interface ImportProgress {

    /// What an import does, one after the other.
    enum Step {
        /// The file is read, and its events are stored. Counted in bytes of the file.
        READING,
        /// The events are packed, so that they take less room. Counted in segments.
        PACKING,
        /// The recording is read as anybody will read it. Counted in segments.
        CHECKING
    }

    /// Takes note of how far it is.
    ///
    /// @param done in the step's unit, and never less than before in the same step
    /// @param total what `done` is at the end
    void at(Step step, long done, long total);
}
