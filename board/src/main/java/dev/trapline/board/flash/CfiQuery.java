package dev.trapline.board.flash;

/// What each chip of a bank answers to a query: its geometry and its command set. Only the lower byte of each half-word
/// is used.
///
/// Source: JEDEC JESD68.01 (Common Flash Interface), with the primary table of Intel's command set.
final class CfiQuery {

    private static final int FIRST = 0x10;

    /// log2 of the size of the chip in bytes: 32 MiB.
    private static final int SIZE = 25;

    /// log2 of the size of a chip's buffer in bytes: 32 half-words.
    private static final int BUFFER = 6;

    /// The upper byte of a block's size in units of 256 bytes: 128 KiB. The lower byte is 0.
    private static final int BLOCK_UPPER = 0x02;

    private static final int PRIMARY = 0x31;

    private static final int[] TABLE = {
        'Q',
        'R',
        'Y',
        // The primary command set, and where its table is.
        0x01,
        0x00,
        PRIMARY,
        0x00,
        // No alternate command set.
        0x00,
        0x00,
        0x00,
        0x00,
        // The supply: 2.7 V to 3.6 V, and no programming voltage.
        0x27,
        0x36,
        0x00,
        0x00,
        // Typical times of a word, a buffer (2^N us), a block and the chip (2^N ms); and the most, as multiples 2^N.
        // The chip cannot be erased at once.
        0x07,
        0x07,
        0x0a,
        0x00,
        0x04,
        0x04,
        0x04,
        0x00,
        SIZE,
        // Interface: 8 or 16 data lines.
        0x02,
        0x00,
        BUFFER,
        0x00,
        // One region of equal blocks: their number minus 1, and their size.
        0x01,
        (CfiFlash.BLOCKS - 1) & 0xff,
        (CfiFlash.BLOCKS - 1) >>> 8,
        0x00,
        BLOCK_UPPER,
        // The primary table, version 1.0, without optional features: no suspending, no locking.
        'P',
        'R',
        'I',
        '1',
        '0',
        0x00,
        0x00,
        0x00,
        0x00,
        0x00,
        0x00,
        0x00,
        // Supply that is best for programming: 3.3 V; none at the programming pin.
        0x33,
        0x00,
        // No protection registers.
        0x00,
    };

    private CfiQuery() {}

    /// The answer at an address; 0 outside of the table.
    ///
    /// @param address of a half-word in the chip, 0 or more
    static int at(int address) {
        int index = address - FIRST;
        return index >= 0 && index < TABLE.length ? TABLE[index] : 0;
    }
}
