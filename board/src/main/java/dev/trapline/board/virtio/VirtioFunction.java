package dev.trapline.board.virtio;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.state.Snapshot;

/// What a VirtIO device does, behind the registers and queues that all of them have. It depends only on its own state
/// and on what the guest gives it.
///
/// Its snapshot contains its own state, without that of the queues. A reset of the device does not change it.
public interface VirtioFunction extends Snapshot {

    /// Its name, such as `virtio-block`, for recordings and messages. It never changes.
    String name();

    /// The device ID (VIRTIO 1.2 §5), 1 or more.
    int id();

    /// The features that it offers, one bit each, of its own kind only: bits 0 to 23 and 50 to 63. They never
    /// change.
    long features();

    /// The number of queues, 1 or more.
    int queues();

    /// The largest size of each queue: a power of two, 1 to 32768.
    int queueSize();

    /// The configuration space. The guest cannot write it, and reads zero beyond its end. It changes only where the
    /// device says so to [VirtioMmio#configChanged].
    Bytes config();

    /// Handles the chains that the guest made available in a queue. It takes as many as it can, and gives back each
    /// of them, now or in a later call.
    ///
    /// @param index of the queue
    /// @throws QueueFault if the guest broke the specification: the device stops until the guest resets it
    void handle(int index, VirtQueue queue) throws QueueFault;
}
