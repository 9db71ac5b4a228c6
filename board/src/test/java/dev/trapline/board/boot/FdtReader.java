package dev.trapline.board.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/// Reads a flattened device tree (Devicetree Specification 0.4, chapter 5), and checks its structure.
final class FdtReader {

    private final ByteBuffer tree;
    private final Map<String, Bytes> properties = new LinkedHashMap<>();

    private FdtReader(Bytes bytes) {
        this.tree = ByteBuffer.wrap(bytes.toArray());
    }

    /// All properties by path, as in `/psci:method`.
    static Map<String, Bytes> properties(Bytes tree) {
        FdtReader reader = new FdtReader(tree);
        reader.checkHeader(tree.size());
        reader.walk();
        return reader.properties;
    }

    private void checkHeader(int size) {
        assertThat(tree.getInt(0)).as("magic").isEqualTo(0xd00dfeed);
        assertThat(tree.getInt(4)).as("total size").isEqualTo(size);
        assertThat(tree.getInt(20)).as("version").isEqualTo(17);
        assertThat(tree.getInt(24)).as("last compatible version").isEqualTo(16);
        assertThat(tree.getInt(8) % 4).as("alignment of the structure block").isZero();
        assertThat(tree.getInt(16) % 8).as("alignment of the reservation block").isZero();
        assertThat(tree.getInt(8) + tree.getInt(36))
                .as("structure ends where strings begin")
                .isEqualTo(tree.getInt(12));
        assertThat(tree.getInt(12) + tree.getInt(32)).as("strings end the tree").isEqualTo(size);
        assertThat(tree.getLong(tree.getInt(16))).as("no reservations: address").isZero();
        assertThat(tree.getLong(tree.getInt(16) + 8))
                .as("no reservations: size")
                .isZero();
    }

    private void walk() {
        Deque<String> path = new ArrayDeque<>();
        tree.position(tree.getInt(8));
        while (true) {
            int token = tree.getInt();
            switch (token) {
                case 1 -> path.addLast(text(tree.position()));
                case 2 -> path.removeLast();
                case 3 -> property(String.join("/", path));
                case 9 -> {
                    assertThat(path).as("every node is ended").isEmpty();
                    return;
                }
                default -> throw new AssertionError("token " + token + " is not defined");
            }
        }
    }

    private void property(String node) {
        byte[] value = new byte[tree.getInt()];
        int name = tree.getInt(12) + tree.getInt();
        int at = tree.position();
        tree.get(value);
        align();
        int after = tree.position();
        String key = node + ":" + text(name);
        tree.position(after);
        assertThat(properties).as("a property once, at %d", at).doesNotContainKey(key);
        properties.put(key, Bytes.copyOf(value));
    }

    /// Reads a string and leaves the position at the word after it.
    private String text(int from) {
        int end = from;
        while (tree.get(end) != 0) {
            end++;
        }
        byte[] text = new byte[end - from];
        tree.get(from, text).position(end + 1);
        align();
        return new String(text, StandardCharsets.US_ASCII);
    }

    private void align() {
        tree.position(Math.min(tree.limit(), (tree.position() + 3) & -4));
    }
}
