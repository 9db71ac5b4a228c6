package dev.trapline.board.boot;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.InvariantViolation;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// Writes a flattened device tree (Devicetree Specification 0.4, chapter 5), version 17, readable as 16. Everything is
/// big-endian.
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
    private int depth;

    /// Begins a node. The root's name is empty.
    FdtWriter begin(String name) {
        word(structure, FdtToken.BEGIN_NODE);
        text(structure, name);
        pad();
        depth++;
        return this;
    }

    /// Ends the innermost node.
    FdtWriter end() {
        InvariantViolation.require(depth > 0, "a device tree node is ended that was never begun");
        depth--;
        word(structure, FdtToken.END_NODE);
        return this;
    }

    /// A property without a value: being there is what it says.
    FdtWriter flag(String name) {
        return property(name, new byte[0]);
    }

    /// A property of 32-bit cells.
    FdtWriter cells(String name, int... cells) {
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        for (int cell : cells) {
            word(value, cell);
        }
        return property(name, value.toByteArray());
    }

    /// A property of strings, in this order.
    FdtWriter strings(String name, String... texts) {
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        for (String text : texts) {
            text(value, text);
        }
        return property(name, value.toByteArray());
    }

    /// The whole tree. Every node has to be ended.
    Bytes finish() {
        InvariantViolation.require(depth == 0, "a device tree with " + depth + " nodes that are not ended");
        word(structure, FdtToken.END);
        int structureAt = HEADER_SIZE + RESERVATIONS_SIZE;
        int stringsAt = structureAt + structure.size();
        ByteArrayOutputStream tree = new ByteArrayOutputStream();
        word(tree, FdtToken.MAGIC);
        word(tree, stringsAt + strings.size());
        word(tree, structureAt);
        word(tree, stringsAt);
        word(tree, HEADER_SIZE);
        word(tree, VERSION);
        word(tree, COMPATIBLE);
        word(tree, 0);
        word(tree, strings.size());
        word(tree, structure.size());
        tree.writeBytes(new byte[RESERVATIONS_SIZE]);
        tree.writeBytes(structure.toByteArray());
        tree.writeBytes(strings.toByteArray());
        return Bytes.copyOf(tree.toByteArray());
    }

    private FdtWriter property(String name, byte[] value) {
        word(structure, FdtToken.PROPERTY);
        word(structure, value.length);
        word(structure, nameOffset(name));
        structure.writeBytes(value);
        pad();
        return this;
    }

    private int nameOffset(String name) {
        Integer known = names.get(name);
        if (known != null) {
            return known;
        }
        int offset = strings.size();
        names.put(name, offset);
        text(strings, name);
        return offset;
    }

    private void pad() {
        while (structure.size() % 4 != 0) {
            structure.write(0);
        }
    }

    private static void word(ByteArrayOutputStream into, int value) {
        into.write(value >>> 24);
        into.write(value >>> 16);
        into.write(value >>> 8);
        into.write(value);
    }

    private static void text(ByteArrayOutputStream into, String text) {
        into.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        into.write(0);
    }
}
