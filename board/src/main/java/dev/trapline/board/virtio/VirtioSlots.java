package dev.trapline.board.virtio;

/// Where the VirtIO devices of the board `virt` are: 32 of them in a row, as on QEMU's. Slots are numbered from 0.
public final class VirtioSlots {

    /// The number of slots.
    public static final int COUNT = 32;

    private static final long BASE = 0x0a00_0000L;
    private static final int FIRST_INTERRUPT = 16;

    private VirtioSlots() {}

    /// The guest physical address of the first register of the device in a slot.
    ///
    /// @param slot 0 to 31
    /// @throws IllegalArgumentException if there is no such slot
    public static long base(int slot) {
        return BASE + require(slot) * VirtioMmio.SIZE;
    }

    /// The number of the interrupt of the device in a slot, counted from the first shared one.
    ///
    /// @param slot 0 to 31
    /// @throws IllegalArgumentException if there is no such slot
    public static int spi(int slot) {
        return FIRST_INTERRUPT + require(slot);
    }

    private static int require(int slot) {
        if (slot < 0 || slot >= COUNT) {
            throw new IllegalArgumentException("there is no VirtIO slot " + slot + ": use 0 to " + (COUNT - 1));
        }
        return slot;
    }
}
