package dev.trapline.board.virtio;

import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;

/// How far driver and device have agreed: the device status and the features (VIRTIO 1.2 §2.1 and §2.2).
final class Negotiation {

    private static final int DRIVER_OK = 4;
    private static final int FEATURES_OK = 8;
    private static final int NEEDS_RESET = 64;
    private static final int FAILED = 128;

    /// ACKNOWLEDGE, DRIVER, DRIVER_OK, FEATURES_OK and FAILED: the driver sets these.
    private static final int OF_DRIVER = 0x8f;

    private static final long INDIRECT_DESC = 1L << 28;
    private static final long EVENT_IDX = 1L << 29;
    private static final long VERSION_1 = 1L << 32;

    private final long offered;
    private int offeredSelected;
    private int acceptedSelected;
    private long accepted;
    private int status;

    /// @param features of the device's kind
    Negotiation(long features) {
        offered = features | INDIRECT_DESC | EVENT_IDX | VERSION_1;
    }

    void reset() {
        offeredSelected = 0;
        acceptedSelected = 0;
        accepted = 0;
        status = 0;
    }

    void selectOffered(int word) {
        offeredSelected = word;
    }

    void selectAccepted(int word) {
        acceptedSelected = word;
    }

    /// The selected 32 of the offered features. There are 64 features; further words are 0.
    int offered() {
        return switch (offeredSelected) {
            case 0 -> (int) offered;
            case 1 -> (int) (offered >>> Integer.SIZE);
            default -> 0;
        };
    }

    /// Sets the selected 32 of the accepted features. They do not change after FEATURES_OK (§3.1.1).
    void accept(int features) {
        if ((status & FEATURES_OK) != 0) {
            return;
        }
        long word = Integer.toUnsignedLong(features);
        switch (acceptedSelected) {
            case 0 -> accepted = (accepted & -(1L << Integer.SIZE)) | word;
            case 1 -> accepted = (accepted & ((1L << Integer.SIZE) - 1)) | (word << Integer.SIZE);
            default -> {
                // There are no features to accept.
            }
        }
    }

    int status() {
        return status;
    }

    /// The driver writes the status. A bit that is set stays so until a reset (§2.1.1). FEATURES_OK stays clear if
    /// the driver accepted a feature that is not offered, or did not accept VIRTIO_F_VERSION_1 (§6.2).
    ///
    /// @throws QueueFault if the driver starts without features on which both agree
    void set(int value) throws QueueFault {
        int added = value & OF_DRIVER;
        boolean agreed = (accepted & ~offered) == 0 && (accepted & VERSION_1) != 0;
        status |= agreed ? added : added & ~FEATURES_OK;
        if ((status & DRIVER_OK) != 0 && (status & FEATURES_OK) == 0 && !needsReset()) {
            throw new QueueFault("the driver set DRIVER_OK without FEATURES_OK: it accepted the features 0x%x of 0x%x"
                    .formatted(accepted, offered));
        }
    }

    /// Whether queues are handled.
    boolean isRunning() {
        return (status & (DRIVER_OK | FEATURES_OK | NEEDS_RESET | FAILED)) == (DRIVER_OK | FEATURES_OK);
    }

    boolean needsReset() {
        return (status & NEEDS_RESET) != 0;
    }

    /// Sets DEVICE_NEEDS_RESET.
    ///
    /// @return whether the driver must be notified of it
    boolean needReset() {
        status |= NEEDS_RESET;
        return (status & DRIVER_OK) != 0;
    }

    /// Whether the driver has accepted one of these features, one bit each.
    boolean acceptsAny(long features) {
        return (accepted & features) != 0;
    }

    boolean indirect() {
        return (accepted & INDIRECT_DESC) != 0;
    }

    boolean eventIndex() {
        return (accepted & EVENT_IDX) != 0;
    }

    void save(StateWriter state) {
        state.put(offeredSelected);
        state.put(acceptedSelected);
        state.put(accepted);
        state.put(status);
    }

    void load(StateReader state) {
        offeredSelected = state.takeInt();
        acceptedSelected = state.takeInt();
        accepted = state.take();
        status = state.takeInt();
    }
}
