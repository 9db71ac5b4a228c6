package dev.trapline.board.boot;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.devicetree.TreeNode;
import dev.trapline.abi.devicetree.TreeProperty;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes a flattened device tree (Devicetree Specification 0.4, chapter 5) of version 17, compatible with 16. All
/// numbers are big-endian.
///
/// ```text
/// 0x00 magic d00dfeed   total size   offset of structure   offset of strings
/// 0x10 offset of reservations   version 17   compatible 16   boot CPU
/// 0x20 size of strings   size of structure
/// 0x28 memory reservations: none, so one entry of 16 zero bytes
/// 0x38 structure: 1 name .. begins a node, 2 ends it, 3 length name-offset value .. is a property, 9 ends all; whole
/// words
///      strings: the properties' names, each once, in order of first use
/// ```
final class FdtWriter {

    private static final int VERSION = 17;
    private static final int COMPATIBLE = 16;
    private static final int HEADER_SIZE = 0x28;
    private static final int RESERVATIONS_SIZE = 16;

    private final ByteArrayOutputStream structure = new ByteArrayOutputStream();
    private final ByteArrayOutputStream strings = new ByteArrayOutputStream();
    private final Map<String, Integer> names = new LinkedHashMap<>();
    private final Map<String, Integer> phandles = new LinkedHashMap<>();

    private FdtWriter() {}

    /// Writes a tree.
    ///
    /// @param root its root, whose name is empty
    ///
    /// @throws IllegalArgumentException if a node refers to a label that no node has, or two nodes have one label
    static Bytes write(TreeNode root) {
        FdtWriter writer = new FdtWriter();
        writer.label(root);
        writer.node(root);
        return writer.finish();
    }

    /// Gives each labelled node a phandle: from 1, in the order of the nodes.
    private void label(TreeNode node) {
        if (!node.label().isEmpty() && phandles.putIfAbsent(node.label(), phandles.size() + 1) != null) {
            throw new IllegalArgumentException(
                    "two nodes of the device tree have the label '" + node.label() + "': rename one of them");
        }
        node.children().forEach(this::label);
    }

    private void node(TreeNode node) {
        FdtValue.word(structure, FdtToken.BEGIN_NODE);
        FdtValue.text(structure, node.name());
        FdtValue.pad(structure);
        for (TreeProperty property : node.properties()) {
            switch (property) {
                case TreeProperty.Flag(String name) -> property(name, new byte[0]);
                case TreeProperty.Cells(String name, List<Integer> cells) -> cells(name, cells);
                case TreeProperty.Strings(String name, List<String> texts) -> property(name, FdtValue.strings(texts));
                case TreeProperty.References(String name, List<String> labels) ->
                    cells(
                            name,
                            labels.stream().map(label -> phandle(node, label)).toList());
                case TreeProperty.Specifier(String name, String label, List<Integer> cells) ->
                    cells(name, specifier(phandle(node, label), cells));
            }
        }
        if (!node.label().isEmpty()) {
            cells("phandle", List.of(phandle(node, node.label())));
        }
        node.children().forEach(this::node);
        FdtValue.word(structure, FdtToken.END_NODE);
    }

    private static List<Integer> specifier(Integer phandle, List<Integer> cells) {
        List<Integer> all = new ArrayList<>(List.of(phandle));
        all.addAll(cells);
        return all;
    }

    private Integer phandle(TreeNode node, String label) {
        Integer phandle = phandles.get(label);
        if (phandle == null) {
            throw new IllegalArgumentException("node '" + node.name() + "' of the device tree refers to '" + label
                    + "', which no node has as its label"
                    + (phandles.isEmpty() ? "" : "; there are: " + String.join(", ", phandles.keySet())));
        }
        return phandle;
    }

    private void cells(String name, List<Integer> cells) {
        property(name, FdtValue.cells(cells));
    }

    private Bytes finish() {
        FdtValue.word(structure, FdtToken.END);
        int structureAt = HEADER_SIZE + RESERVATIONS_SIZE;
        int stringsAt = structureAt + structure.size();
        ByteArrayOutputStream tree = new ByteArrayOutputStream();
        FdtValue.word(tree, FdtToken.MAGIC);
        FdtValue.word(tree, stringsAt + strings.size());
        FdtValue.word(tree, structureAt);
        FdtValue.word(tree, stringsAt);
        FdtValue.word(tree, HEADER_SIZE);
        FdtValue.word(tree, VERSION);
        FdtValue.word(tree, COMPATIBLE);
        FdtValue.word(tree, 0);
        FdtValue.word(tree, strings.size());
        FdtValue.word(tree, structure.size());
        tree.writeBytes(new byte[RESERVATIONS_SIZE]);
        tree.writeBytes(structure.toByteArray());
        tree.writeBytes(strings.toByteArray());
        return Bytes.copyOf(tree.toByteArray());
    }

    private void property(String name, byte[] value) {
        FdtValue.word(structure, FdtToken.PROPERTY);
        FdtValue.word(structure, value.length);
        FdtValue.word(structure, nameOffset(name));
        structure.writeBytes(value);
        FdtValue.pad(structure);
    }

    private int nameOffset(String name) {
        Integer known = names.get(name);
        if (known != null) {
            return known;
        }
        int offset = strings.size();
        names.put(name, offset);
        FdtValue.text(strings, name);
        return offset;
    }
}
