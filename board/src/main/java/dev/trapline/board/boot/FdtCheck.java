package dev.trapline.board.boot;

import dev.trapline.abi.AddressRange;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.machine.Image;

/// Checks that a file is a flattened device tree that a guest can read (Devicetree Specification 0.4, chapter 5).
///
/// It checks the header, the tokens of the structure, and that all parts are within the file. It does not check whether
/// the tree describes the machine correctly.
final class FdtCheck {

    /// The largest tree that the Linux kernel maps (`Documentation/arch/arm64/booting.rst`), in bytes.
    static final int LARGEST = 2 << 20;

    private static final int HEADER = 0x28;
    /// The version of this layout. Later versions say which version they are compatible with.
    private static final int VERSION = 17;
    private static final int OLDEST = 16;
    private static final int RESERVATION = 16;
    /// The longest name of a property, in bytes. The specification allows 31 (§2.2.4.1), and some trees have longer
    /// ones. Names without a limit could overlap, and be together far longer than the file.
    private static final int LONGEST_NAME = 255;

    private final Image image;
    private final Bytes file;

    private FdtCheck(Image image) {
        this.image = image;
        this.file = image.content();
    }

    /// Checks a device tree.
    ///
    /// @return its bytes, without bytes that follow it in the file
    /// @throws ImageException if the image is not a valid device tree
    static Bytes check(Image image) {
        return new FdtCheck(image).check();
    }

    private Bytes check() {
        int size = file.size();
        if (size < HEADER || word(0) != FdtToken.MAGIC) {
            throw refuse("not a flattened device tree: it does not begin with 0xd00dfeed; make one with dtc -O dtb");
        }
        long total = unsigned(4);
        if (total > size || total < HEADER) {
            throw refuse("its header gives a size of 0x%x bytes, but the file has 0x%x: it is truncated or damaged"
                    .formatted(total, size));
        }
        if (total > LARGEST) {
            throw refuse("a device tree of 0x%x bytes; a kernel takes at most 0x%x".formatted(total, LARGEST));
        }
        if (unsigned(0x14) < OLDEST || unsigned(0x18) > VERSION) {
            throw refuse("a device tree of version %d, compatible with %d; give one that is compatible with version %d"
                    .formatted(unsigned(0x14), unsigned(0x18), VERSION));
        }
        checkReservations(unsigned(0x10), total);
        long strings = unsigned(0x0c);
        require(strings, unsigned(0x20), total, "strings block");
        long structure = unsigned(0x08);
        long length = unsigned(0x14) >= VERSION ? unsigned(0x24) : total - structure;
        if (structure % 4 != 0) {
            throw refuse("its structure block begins at 0x%x, which is not a multiple of 4".formatted(structure));
        }
        require(structure, length, total, "structure block");
        checkStructure(structure, structure + length, AddressRange.of(strings, unsigned(0x20)));
        byte[] tree = new byte[(int) total];
        file.copyTo(0, tree, 0, tree.length);
        return Bytes.copyOf(tree);
    }

    private void checkReservations(long offset, long total) {
        for (long at = offset; ; at += RESERVATION) {
            require(at, RESERVATION, total, "list of memory reservations");
            if (word(at + 8) == 0 && word(at + 12) == 0 && word(at) == 0 && word(at + 4) == 0) {
                return;
            }
        }
    }

    private void checkStructure(long begin, long end, AddressRange strings) {
        int depth = 0;
        long at = begin;
        while (true) {
            require(at, 4, end, "structure block");
            int token = word(at);
            at += 4;
            switch (token) {
                case FdtToken.BEGIN_NODE -> {
                    if (depth++ == 0 && at != begin + 4) {
                        throw refuse("its structure block has a second root");
                    }
                    at = afterName(at, end);
                }
                case FdtToken.END_NODE -> {
                    if (--depth < 0) {
                        throw refuse("its structure block ends a node that never began");
                    }
                }
                case FdtToken.PROPERTY -> {
                    require(at, 8, end, "structure block");
                    long length = unsigned(at);
                    if (depth == 0 || !isName(strings.start() + unsigned(at + 4), strings.end())) {
                        throw refuse("the property at 0x%x is outside a node, or has no name of at most %d bytes"
                                .formatted(at, LONGEST_NAME));
                    }
                    require(at + 8, length, end, "property at 0x%x".formatted(at));
                    at = aligned(at + 8 + length);
                }
                case FdtToken.NOTHING -> {}
                case FdtToken.END -> {
                    if (depth != 0 || at == begin + 4) {
                        throw refuse("its structure block ends within a node, or has no root");
                    }
                    return;
                }
                default ->
                    throw refuse("its structure block has the unknown token 0x%x at 0x%x".formatted(token, at - 4));
            }
        }
    }

    private boolean isName(long begin, long end) {
        for (long at = begin; at < Math.min(end, begin + LONGEST_NAME + 1); at++) {
            if (file.at((int) at) == 0) {
                return true;
            }
        }
        return false;
    }

    private long afterName(long begin, long end) {
        for (long at = begin; at < end; at++) {
            if (file.at((int) at) == 0) {
                return aligned(at + 1);
            }
        }
        throw refuse("the name of a node does not end");
    }

    private static long aligned(long at) {
        return (at + 3) & -4L;
    }

    private void require(long offset, long length, long end, String what) {
        if (offset > end || length > end - offset) {
            throw refuse("its %s (0x%x bytes at 0x%x) reaches past the end at 0x%x: the file is damaged"
                    .formatted(what, length, offset, end));
        }
    }

    private ImageException refuse(String reason) {
        return new ImageException(image.name(), reason);
    }

    private long unsigned(long at) {
        return Integer.toUnsignedLong(word(at));
    }

    private int word(long at) {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            value = value << 8 | Byte.toUnsignedInt(file.at((int) at + i));
        }
        return value;
    }
}
