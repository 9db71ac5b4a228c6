package dev.trapline.board.boot;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.devicetree.TreeProperty;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Puts properties into the node `/chosen` of the user's device tree, instead of those of the same names. All other
/// nodes and properties stay as they are, in their order. Without such a node, it becomes the root's last.
final class FdtChosen {

    private static final int CELL = 4;
    private static final int HEADER = 0x28;
    private static final int BOOT_CPU = 0x1c;
    private static final int RESERVATION = 16;
    private static final int VERSION = 17;
    private static final int COMPATIBLE = 16;
    private static final String CHOSEN = "chosen";
    /// The depth of the root's children, if the root has 1.
    private static final int BELOW_ROOT = 2;

    private final ByteBuffer tree;
    private final List<TreeProperty> properties;
    private final ByteArrayOutputStream structure = new ByteArrayOutputStream();
    private final ByteArrayOutputStream strings = new ByteArrayOutputStream();
    private boolean found;

    private FdtChosen(Bytes tree, List<TreeProperty> properties) {
        this.tree = ByteBuffer.wrap(tree.toArray());
        this.properties = List.copyOf(properties);
    }

    /// A tree with these properties in `/chosen`.
    ///
    /// @param tree a tree that [FdtCheck] has accepted
    /// @param properties of cells or strings
    static Bytes with(Bytes tree, List<TreeProperty> properties) {
        return properties.isEmpty() ? tree : new FdtChosen(tree, properties).changed();
    }

    private Bytes changed() {
        int oldStrings = tree.getInt(0x0c);
        strings.write(tree.array(), oldStrings, tree.getInt(0x20));
        copyStructure(oldStrings);
        int reservations = tree.getInt(0x10);
        int after = reservations;
        while (tree.getLong(after) != 0 || tree.getLong(after + Long.BYTES) != 0) {
            after += RESERVATION;
        }
        int reserved = after + RESERVATION - reservations;
        int structureAt = HEADER + reserved;
        int stringsAt = structureAt + structure.size();
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        for (int word : new int[] {
            FdtToken.MAGIC,
            stringsAt + strings.size(),
            structureAt,
            stringsAt,
            HEADER,
            VERSION,
            COMPATIBLE,
            tree.getInt(BOOT_CPU),
            strings.size(),
            structure.size()
        }) {
            FdtValue.word(file, word);
        }
        file.write(tree.array(), reservations, reserved);
        file.writeBytes(structure.toByteArray());
        file.writeBytes(strings.toByteArray());
        return Bytes.copyOf(file.toByteArray());
    }

    private void copyStructure(int oldStrings) {
        int depth = 0;
        boolean within = false;
        int at = tree.getInt(0x08);
        while (true) {
            int begin = at;
            int token = tree.getInt(at);
            at += CELL;
            switch (token) {
                case FdtToken.BEGIN_NODE -> {
                    String name = text(at);
                    at = aligned(at + name.length() + 1);
                    copy(begin, at);
                    depth++;
                    if (depth == BELOW_ROOT && name.equals(CHOSEN) && !found) {
                        within = true;
                        found = true;
                        addProperties();
                    }
                }
                case FdtToken.END_NODE -> {
                    if (depth == 1 && !found) {
                        addNode();
                    }
                    within &= depth != BELOW_ROOT;
                    depth--;
                    copy(begin, at);
                }
                case FdtToken.PROPERTY -> {
                    String name = text(oldStrings + tree.getInt(at + CELL));
                    at = aligned(at + 2 * CELL + tree.getInt(at));
                    if (!(within && depth == BELOW_ROOT && isReplaced(name))) {
                        copy(begin, at);
                    }
                }
                case FdtToken.END -> {
                    copy(begin, at);
                    return;
                }
                default -> {
                    // FDT_NOP: to be ignored.
                }
            }
        }
    }

    private boolean isReplaced(String name) {
        return properties.stream().anyMatch(property -> property.name().equals(name));
    }

    private void addNode() {
        found = true;
        FdtValue.word(structure, FdtToken.BEGIN_NODE);
        FdtValue.text(structure, CHOSEN);
        FdtValue.pad(structure);
        addProperties();
        FdtValue.word(structure, FdtToken.END_NODE);
    }

    private void addProperties() {
        for (TreeProperty property : properties) {
            byte[] value = switch (property) {
                case TreeProperty.Flag _ -> new byte[0];
                case TreeProperty.Cells(String _, List<Integer> cells) -> FdtValue.cells(cells);
                case TreeProperty.Strings(String _, List<String> texts) -> FdtValue.strings(texts);
                case TreeProperty.References _, TreeProperty.Specifier _ ->
                    throw new IllegalArgumentException("'" + property.name() + "' refers to nodes of another tree");
            };
            FdtValue.word(structure, FdtToken.PROPERTY);
            FdtValue.word(structure, value.length);
            FdtValue.word(structure, strings.size());
            FdtValue.text(strings, property.name());
            structure.writeBytes(value);
            FdtValue.pad(structure);
        }
    }

    private void copy(int begin, int end) {
        structure.write(tree.array(), begin, end - begin);
    }

    private String text(int from) {
        int end = from;
        while (end < tree.limit() && tree.get(end) != 0) {
            end++;
        }
        return new String(tree.array(), from, end - from, StandardCharsets.ISO_8859_1);
    }

    private static int aligned(int at) {
        return (at + 3) & -4;
    }
}
