package dev.trapline.abi;

/// Which device is the guest's console.
public enum ConsoleKind {
    /// The PL011: `ttyAMA0` of Linux.
    PL011("pl011"),
    /// A VirtIO device: `hvc0` of Linux. The PL011 is there, and what a guest prints to it is dropped.
    VIRTIO("virtio");

    private final String id;

    ConsoleKind(String id) {
        this.id = id;
    }

    /// The name in configuration and on the command line.
    public String id() {
        return id;
    }
}
