package dev.trapline.abi.firmware;

import dev.trapline.abi.Bytes;

/// Where a machine's entropy comes from. What is drawn is an input: it is recorded, and a replay draws nothing.
public interface EntropySource {

    /// Draws entropy. Called between slices, on the machine's thread.
    ///
    /// @param bytes how many are wanted
    /// @return as many; fewer, or none, if the source has no more
    Bytes draw(int bytes);

    /// Goes on to where it would be after a draw: what a recording has is not drawn again, and what comes after it
    /// is to be as it would have been.
    ///
    /// @param bytes how many were wanted
    default void passOver(int bytes) {}
}
