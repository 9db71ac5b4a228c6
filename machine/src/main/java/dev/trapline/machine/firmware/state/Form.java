package dev.trapline.machine.firmware.state;

import dev.trapline.abi.state.StateDamagedException;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;

/// How the values of one type are written and read.
interface Form {

    /// Writes a value.
    ///
    /// @param value of the form's type, never null
    /// @throws UnsupportedStateException if this value, unlike others of its type, cannot be written
    void write(StateWriter out, Object value);

    /// Reads a value.
    ///
    /// @return a value that is equal to the one that was written
    /// @throws StateDamagedException if there is none
    Object read(StateReader in);
}
