package dev.trapline.board.bus;

import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;

/// What can be saved between two slices and become again what it was.
///
/// A checkpoint holds what [#save] wrote. After [#load] of it, everything that a guest, the machine and a later [#save]
/// can see is as it was when it was saved.
public interface Snapshot {

    /// Saves all of its state, and changes nothing.
    void save(StateWriter state);

    /// Becomes what was saved: reads the words in the order in which [#save] wrote them, and no others.
    void load(StateReader state);
}
