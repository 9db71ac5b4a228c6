package dev.trapline.abi.machine;

/// Who may read a recording. It holds what was in the guest's memory.
public enum Sharing {
    /// Its owner alone, whatever the process's umask says.
    PRIVATE,
    /// Everyone that the process's umask allows.
    UMASK
}
