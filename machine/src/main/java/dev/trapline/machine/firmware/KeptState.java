package dev.trapline.machine.firmware;

import dev.trapline.abi.Bytes;

/// The state of a service at some place, to go back to.
public interface KeptState {

    /// Puts the service back to it.
    void restore();

    /// The state in a form that outlives the process: [ServiceHost#kept] takes it.
    ///
    /// @throws dev.trapline.machine.firmware.state.UnsupportedStateException if the service's states cannot be
    ///     written
    Bytes bytes();
}
