package dev.trapline.board.flash;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.devicetree.TreeNode;
import dev.trapline.abi.state.StateDamagedException;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.board.bus.Device;
import java.util.List;
import java.util.Optional;

/// A bank of flash memory that a guest can program, of 64 MiB, with Intel's extended command set (CFI's command set
/// 0x0001). It consists of two chips with 16 data lines each, side by side; a driver sends a command in both halves of
/// a word. As on QEMU's board `virt`, both chips always do the same: a command that is shorter than a word reaches
/// both.
///
/// A command is complete when its last write ends, so the bank is always ready. Its blocks cannot be locked.
///
/// The content at the start is an image, which never changes. What the guest writes belongs to the machine: it stays
/// when the guest resets, and is lost when the run ends.
///
/// It belongs to its machine. Only the holder of the machine's token may use it.
///
/// Source: Intel 290667 (StrataFlash J3), and JEDEC JESD68.01 for the query.
public final class CfiFlash implements Device {

    /// In bytes.
    public static final int SIZE = 64 << 20;

    /// Where the bank begins on the board `virt`: that for variables, as on QEMU's.
    public static final long BASE = 0x0400_0000L;

    /// The number of blocks that are erased at once.
    static final int BLOCKS = 256;

    private static final int BLOCK = SIZE / BLOCKS;

    /// How many writes a buffered program has at most.
    private static final int BUFFER = 32;

    private static final int WORD = 4;
    private static final int LANES = 2;
    private static final int BYTE = 0xff;

    private static final int MANUFACTURER = 0x89;
    private static final int DEVICE = 0x18;

    /// Bits of the status.
    private static final int READY = 0x80;

    private static final int ERASE_FAILED = 0x20;
    private static final int PROGRAM_FAILED = 0x10;

    private static final int CONFIRM = 0xd0;

    /// What reads return.
    private enum Output {
        ARRAY,
        STATUS,
        IDENTIFIER,
        QUERY
    }

    /// What the next write is.
    private enum Expected {
        COMMAND,
        DATA,
        ERASE_CONFIRM,
        LOCK,
        COUNT,
        BUFFER,
        BUFFER_CONFIRM
    }

    private static final List<Output> OUTPUTS = List.of(Output.values());
    private static final List<Expected> EXPECTED = List.of(Expected.values());

    private final FlashArray array;
    private Output output = Output.ARRAY;
    private Expected expected = Expected.COMMAND;
    private int status = READY;
    /// The block of a buffered program.
    private int block;
    /// How many writes it has, and how many of them have been made.
    private int announced;

    private int filled;
    private final int[] offsets = new int[BUFFER];
    private final int[] sizes = new int[BUFFER];
    private final long[] values = new long[BUFFER];

    /// A bank with a content.
    ///
    /// @param image its first bytes; the rest is erased. At most [#SIZE]
    /// @throws IllegalArgumentException if it is larger
    public CfiFlash(Bytes image) {
        if (image.size() > SIZE) {
            throw new IllegalArgumentException(
                    "a flash bank has 0x%x bytes, fewer than the 0x%x of its content: shorten it"
                            .formatted(SIZE, image.size()));
        }
        this.array = new FlashArray(image, SIZE);
    }

    @Override
    public String name() {
        return "cfi-flash";
    }

    @Override
    public long size() {
        return SIZE;
    }

    /// The binding `cfi-flash` of the Linux kernel (`mtd-physmap.yaml`).
    @Override
    public Optional<TreeNode> node(long base) {
        return Optional.of(TreeNode.named("flash@" + Long.toHexString(base))
                .strings("compatible", "cfi-flash")
                .range("reg", base, SIZE)
                .cells("bank-width", WORD));
    }

    /// The bank shows its cells, which keep their content.
    @Override
    public void reset() {
        status = READY;
        await(Output.ARRAY, Expected.COMMAND);
    }

    private void await(Output shown, Expected next) {
        output = shown;
        expected = next;
        if (next == Expected.COMMAND) {
            block = 0;
            announced = 0;
            filled = 0;
        }
    }

    @Override
    public long read(long offset, int size) {
        long value = 0;
        for (int k = size - 1; k >= 0; k--) {
            value = value << Byte.SIZE | shown((int) (offset + k) % SIZE);
        }
        return value;
    }

    /// The byte at an offset. All but the cells is in the lower byte of each half-word.
    private int shown(int offset) {
        if (output == Output.ARRAY) {
            return array.read(offset);
        }
        if (offset % LANES != 0) {
            return 0;
        }
        return switch (output) {
            case ARRAY -> array.read(offset);
            case STATUS -> status;
            case IDENTIFIER ->
                switch (offset % BLOCK / WORD) {
                    case 0 -> MANUFACTURER;
                    case 1 -> DEVICE;
                    // The block is not locked.
                    default -> 0;
                };
            case QUERY -> CfiQuery.at(offset / WORD & BYTE);
        };
    }

    @Override
    public void write(long offset, int size, long value) {
        int at = (int) offset;
        int code = (int) value & BYTE;
        switch (expected) {
            case COMMAND -> command(at, code);
            case DATA -> {
                program(at, size, value);
                await(Output.STATUS, Expected.COMMAND);
            }
            case ERASE_CONFIRM -> erase(at, code);
            // Lock, unlock, lock down: without an effect.
            case LOCK -> await(Output.STATUS, Expected.COMMAND);
            case COUNT -> count(code);
            case BUFFER -> buffer(at, size, value);
            case BUFFER_CONFIRM -> programBuffer(code);
        }
    }

    private void command(int offset, int code) {
        switch (code) {
            case 0x10, 0x40 -> await(Output.STATUS, Expected.DATA);
            case 0x20 -> await(Output.STATUS, Expected.ERASE_CONFIRM);
            case 0x50 -> {
                status = READY;
                await(Output.ARRAY, Expected.COMMAND);
            }
            case 0x60 -> await(Output.STATUS, Expected.LOCK);
            case 0x70 -> await(Output.STATUS, Expected.COMMAND);
            case 0x90 -> await(Output.IDENTIFIER, Expected.COMMAND);
            case 0x98 -> await(Output.QUERY, Expected.COMMAND);
            case 0xe8 -> {
                await(Output.STATUS, Expected.COUNT);
                block = offset / BLOCK;
            }
            // Nothing can be suspended or resumed, because nothing takes time.
            case 0xb0, CONFIRM -> {}
            // 0xff, and what is no command.
            default -> await(Output.ARRAY, Expected.COMMAND);
        }
    }

    private void program(int offset, int size, long value) {
        for (int k = 0; k < size; k++) {
            array.program((offset + k) % SIZE, (int) (value >>> (Byte.SIZE * k)));
        }
    }

    private void erase(int offset, int code) {
        if (code == CONFIRM) {
            array.erase(offset / BLOCK * BLOCK, BLOCK);
            await(Output.STATUS, Expected.COMMAND);
        } else {
            refuse();
        }
    }

    /// A wrong sequence of commands sets both error bits.
    private void refuse() {
        status |= ERASE_FAILED | PROGRAM_FAILED;
        await(Output.STATUS, Expected.COMMAND);
    }

    /// @param value the number of writes that follow, minus 1
    private void count(int value) {
        if (value >= BUFFER) {
            refuse();
        } else {
            announced = value + 1;
            expected = Expected.BUFFER;
        }
    }

    private void buffer(int offset, int size, long value) {
        if (offset / BLOCK != block) {
            refuse();
            return;
        }
        offsets[filled] = offset;
        sizes[filled] = size;
        values[filled] = value;
        filled++;
        if (filled == announced) {
            expected = Expected.BUFFER_CONFIRM;
        }
    }

    private void programBuffer(int code) {
        if (code != CONFIRM) {
            refuse();
            return;
        }
        for (int k = 0; k < filled; k++) {
            program(offsets[k], sizes[k], values[k]);
        }
        await(Output.STATUS, Expected.COMMAND);
    }

    @Override
    public void save(StateWriter state) {
        state.put(OUTPUTS.indexOf(output), 1);
        state.put(EXPECTED.indexOf(expected), 1);
        state.put(status, 1);
        state.put(block, 1);
        state.put(announced, 1);
        state.put(filled, 1);
        for (int k = 0; k < filled; k++) {
            state.put(offsets[k], Integer.BYTES);
            state.put(sizes[k], 1);
            state.put(values[k]);
        }
        array.save(state);
    }

    @Override
    public void load(StateReader state) {
        output = OUTPUTS.get(atMost(OUTPUTS.size() - 1, state.take(1)));
        expected = EXPECTED.get(atMost(EXPECTED.size() - 1, state.take(1)));
        status = (int) state.take(1);
        block = (int) state.take(1);
        announced = atMost(BUFFER, state.take(1));
        filled = atMost(announced, state.take(1));
        for (int k = 0; k < filled; k++) {
            offsets[k] = atMost(SIZE - 1, state.take(Integer.BYTES));
            sizes[k] = atMost(Long.BYTES, state.take(1));
            values[k] = state.take();
        }
        if ((expected == Expected.BUFFER) != (filled < announced)) {
            throw new StateDamagedException("flash has " + filled + " of " + announced + " writes to program");
        }
        array.load(state);
    }

    private static int atMost(int most, long value) {
        if (value > most) {
            throw new StateDamagedException("a number of a flash bank is " + value + ", more than " + most);
        }
        return (int) value;
    }
}
