package dev.trapline.firmware.sdei;

import org.jspecify.annotations.Nullable;

/// The interrupts that can be bound to events, by INTID.
final class Interrupts {

    /// The first private peripheral interrupt.
    static final int FIRST_PPI = 16;
    /// The first shared peripheral interrupt.
    static final int FIRST_SPI = 32;
    /// The last shared peripheral interrupt.
    static final int LAST_SPI = 1019;

    private Interrupts() {}

    /// The type of an event that is bound to an interrupt: private for a PPI, shared for an SPI.
    ///
    /// @return null for any other number
    static @Nullable EventType typeOf(int intid) {
        if (intid < FIRST_PPI || intid > LAST_SPI) {
            return null;
        }
        return intid < FIRST_SPI ? EventType.PRIVATE : EventType.SHARED;
    }
}
