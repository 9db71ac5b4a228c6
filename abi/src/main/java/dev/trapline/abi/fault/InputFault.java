package dev.trapline.abi.fault;

/// What goes wrong with an input. The machine records what arrives, so a recording has the faulty input and no more.
public enum InputFault implements Fault {
    /// It does not arrive. A service gets no entropy.
    DROPPED,
    /// One of its bits is wrong. The seed says which.
    CORRUPTED,
    /// It arrives twice.
    DOUBLED
}
