package dev.trapline.board.device;

import dev.trapline.abi.Bytes;
import dev.trapline.board.bus.Device;

/// The device that is the guest's console. Between slices, the machine gives it console input and takes the guest's
/// output from it.
public interface ConsoleDevice extends Device {

    /// The free space in the receiver, in bytes.
    int receiverRoom();

    /// Whether the guest has read all received bytes.
    boolean receiverIsEmpty();

    /// Whether the guest has ever read a received byte.
    boolean everRead();

    /// Puts bytes into the receiver.
    ///
    /// @param bytes no more than [#receiverRoom]
    /// @throws IllegalArgumentException if there are more
    void receive(Bytes bytes);

    /// Whether the guest can see the size of the user's terminal. Thread-safe.
    default boolean hasSize() {
        return false;
    }

    /// Shows the guest the size of the user's terminal, if it can see it.
    default void resize(int columns, int rows) {
        // A UART has no size.
    }

    /// The number of bytes transmitted since the last [#clearTransmitted].
    int transmittedCount();

    /// The transmitted bytes, valid up to [#transmittedCount]. The array belongs to the device.
    byte[] transmitted();

    /// Drops the transmitted bytes after they were passed on.
    void clearTransmitted();
}
