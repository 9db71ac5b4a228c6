package dev.trapline.board.virtio;

import dev.trapline.abi.state.Snapshot;

/// Where an entropy device gets its bytes. It gives the same bytes whenever the machine's history is the same. Its
/// state is saved with the device.
public interface EntropyBytes extends Snapshot {

    /// Fills an array with random bytes.
    void fill(byte[] bytes);
}
