package dev.trapline.board.device;

import dev.trapline.abi.Bytes;
import dev.trapline.board.bus.Device;

/// The device that is the guest's console: the machine gives it what is typed, and takes from it what the guest prints.
/// Both between slices.
public interface ConsoleDevice extends Device {

    /// How many bytes the receiver can take.
    int receiverRoom();

    /// Whether the guest has taken every byte.
    boolean receiverIsEmpty();

    /// Whether the guest has ever taken a byte.
    boolean everRead();

    /// Gives bytes to the receiver.
    ///
    /// @param bytes no more than [#receiverRoom]
    /// @throws IllegalArgumentException if there are more
    void receive(Bytes bytes);

    /// How many bytes were transmitted since [#clearTransmitted].
    int transmittedCount();

    /// The transmitted bytes, valid up to [#transmittedCount]; the array is the device's own.
    byte[] transmitted();

    /// Forgets what was transmitted: it has been passed on.
    void clearTransmitted();
}
