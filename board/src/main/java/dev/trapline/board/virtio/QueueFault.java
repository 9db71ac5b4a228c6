package dev.trapline.board.virtio;

/// The guest gave a device something that the specification forbids, and with which the device cannot continue. The
/// device then needs a reset (VIRTIO 1.2 §2.1.2).
public final class QueueFault extends Exception {

    private static final long serialVersionUID = 1;

    /// @param message what the guest did wrong, and where: a sentence without its full stop
    public QueueFault(String message) {
        super(message, null, false, false);
    }
}
