package dev.trapline.abi.firmware;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.choice.EntropyKey;

/// The source of a machine's entropy. Entropy is an input: it is recorded, and a replay does not draw any.
public interface EntropySource {

    /// Draws entropy. Called between slices, on the machine's thread.
    ///
    /// @param asked what asks; a source that follows from a seed gives the same for the same request
    /// @param bytes how many are wanted
    /// @return as many; fewer, or none, if the source has no more
    Bytes draw(EntropyKey asked, int bytes);
}
