package dev.trapline.board.device;

import dev.trapline.abi.devicetree.TreeNode;

/// What the PrimeCells of Arm have in common: registers that identify them at the end of their page, and a beginning of
/// their nodes in a device tree.
final class PrimeCell {

    /// How many bytes of addresses a PrimeCell has.
    static final long SIZE = 0x1000;

    private static final int IDENTIFICATION = 0xfe0;
    /// PeriphID0 to 3 and PCellID0 to 3.
    private static final int REGISTERS = 8;

    private static final int SHARED = 0;
    private static final int LEVEL_HIGH = 4;

    private PrimeCell() {}

    /// Whether a register that identifies the device may be at an offset.
    static boolean identifies(long offset) {
        return offset >= IDENTIFICATION && offset < IDENTIFICATION + 4L * REGISTERS;
    }

    /// The value there; 0 between two registers.
    ///
    /// @param values of the eight registers
    static int identification(int[] values, long offset) {
        return offset % 4 == 0 ? values[(int) (offset - IDENTIFICATION) / 4] : 0;
    }

    /// A node with what the device is and where. The binding `arm,primecell` of the Linux kernel demands a clock,
    /// too.
    ///
    /// @param device such as `pl011`
    static TreeNode node(String device, long base) {
        return TreeNode.named(device + "@" + Long.toHexString(base))
                .strings("compatible", "arm," + device, "arm,primecell")
                .range("reg", base, SIZE);
    }

    /// The node with a shared interrupt, which is active while its line is high: the binding `arm,gic`.
    ///
    /// @param spi counted from the first shared one
    static TreeNode interrupting(TreeNode node, int spi) {
        return node.cells("interrupts", SHARED, spi, LEVEL_HIGH);
    }
}
