package dev.trapline.board.boot;

/// The tokens of a flattened device tree's structure block (Devicetree Specification 0.4, §5.4.1), and the magic
/// number.
final class FdtToken {

    /// The first word of the file.
    static final int MAGIC = 0xd00d_feed;

    static final int BEGIN_NODE = 1;
    static final int END_NODE = 2;
    static final int PROPERTY = 3;
    static final int NOTHING = 4;
    static final int END = 9;

    private FdtToken() {}
}
