package dev.trapline.abi.state;

import dev.trapline.abi.Bytes;

/// What can be saved between two slices and become again what it was.
///
/// A checkpoint holds what [#save(StateWriter)] wrote. After [#load(StateReader)] of it, everything that a guest, the
/// machine and a later save can see is as it was when it was saved.
public interface Snapshot {

    /// Saves all of its state, and changes nothing.
    void save(StateWriter state);

    /// Becomes what was saved: reads what [#save(StateWriter)] wrote, in the same order, and nothing else.
    ///
    /// @throws StateDamagedException if it is something else
    void load(StateReader state);

    /// Its state alone, as bytes.
    default Bytes save() {
        StateWriter state = new StateWriter();
        save(state);
        return state.toBytes();
    }

    /// Becomes what [#save()] gave.
    ///
    /// @throws StateDamagedException if the bytes are something else
    default void load(Bytes bytes) {
        StateReader state = new StateReader(bytes);
        load(state);
        state.end();
    }
}
