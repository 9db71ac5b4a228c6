package dev.trapline.board.boot;

import dev.trapline.abi.AddressRange;
import dev.trapline.abi.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads the free memory from a device tree: its memory nodes without the reserved memory (Devicetree Specification
/// 0.4, §3.4, §3.5 and §5.3).
///
/// A guest may use a reserved region that is `reusable` until its owner needs it, so such a region counts as free.
final class FdtMemory {

    private static final int CELL = 4;
    /// The default numbers of cells of an address and a size.
    private static final int ADDRESS_CELLS = 2;

    private static final int SIZE_CELLS = 1;

    private final ByteBuffer tree;
    private final List<AddressRange> memory = new ArrayList<>();
    private final List<AddressRange> reserved = new ArrayList<>();
    private final Deque<Node> path = new ArrayDeque<>();

    /// A node and the properties that have been read so far.
    private record Node(String name, SortedMap<String, ByteBuffer> properties) {

        int cells(String property, int otherwise) {
            ByteBuffer value = properties.get(property);
            return value == null || value.remaining() < CELL ? otherwise : value.getInt(0);
        }

        boolean says(String property, String text) {
            ByteBuffer value = properties.get(property);
            return value != null && text(value, 0).equals(text);
        }

        boolean isUsed() {
            return !properties.containsKey("status") || says("status", "okay") || says("status", "ok");
        }

        boolean isMemory() {
            return says("device_type", "memory") || name.equals("memory") || name.startsWith("memory@");
        }
    }

    private FdtMemory(Bytes tree) {
        this.tree = ByteBuffer.wrap(tree.toArray());
    }

    /// The parts of a range that are free memory in a tree, in ascending order.
    ///
    /// @param tree a tree that [FdtCheck] has accepted
    static List<AddressRange> free(Bytes tree, AddressRange within) {
        FdtMemory reader = new FdtMemory(tree);
        reader.readReservations();
        reader.walk();
        return without(disjoint(reader.memory, within), disjoint(reader.reserved, within));
    }

    /// The parts of a range that are in at least one of these ranges: disjoint, in ascending order. A tree may name
    /// the same memory any number of times.
    private static List<AddressRange> disjoint(List<AddressRange> ranges, AddressRange within) {
        List<AddressRange> parts = new ArrayList<>();
        ranges.forEach(range -> range.common(within).ifPresent(parts::add));
        parts.sort(Comparator.comparing(AddressRange::start, Long::compareUnsigned));
        List<AddressRange> disjoint = new ArrayList<>();
        for (AddressRange part : parts) {
            AddressRange before = disjoint.isEmpty() ? null : disjoint.getLast();
            if (before == null || Long.compareUnsigned(before.end(), part.start()) < 0) {
                disjoint.add(part);
            } else if (Long.compareUnsigned(before.end(), part.end()) < 0) {
                disjoint.set(disjoint.size() - 1, new AddressRange(before.start(), part.end()));
            }
        }
        return disjoint;
    }

    /// Ranges without others; both are disjoint and in ascending order.
    private static List<AddressRange> without(List<AddressRange> ranges, List<AddressRange> others) {
        List<AddressRange> left = new ArrayList<>();
        int next = 0;
        for (AddressRange range : ranges) {
            while (next < others.size() && Long.compareUnsigned(others.get(next).end(), range.start()) <= 0) {
                next++;
            }
            long from = range.start();
            for (int k = next; k < others.size() && range.overlaps(others.get(k)); k++) {
                AddressRange other = others.get(k);
                if (Long.compareUnsigned(from, other.start()) < 0) {
                    left.add(new AddressRange(from, other.start()));
                }
                from = other.end();
            }
            if (Long.compareUnsigned(from, range.end()) < 0) {
                left.add(new AddressRange(from, range.end()));
            }
        }
        return left;
    }

    private void readReservations() {
        for (int at = tree.getInt(0x10); tree.getLong(at) != 0 || tree.getLong(at + 8) != 0; at += 16) {
            add(reserved, tree.getLong(at), tree.getLong(at + 8));
        }
    }

    private void walk() {
        int at = tree.getInt(0x08);
        int strings = tree.getInt(0x0c);
        while (true) {
            int token = tree.getInt(at);
            at += CELL;
            switch (token) {
                case FdtToken.BEGIN_NODE -> {
                    String name = text(tree, at);
                    path.addLast(new Node(name, new TreeMap<>()));
                    at = aligned(at + name.length() + 1);
                }
                case FdtToken.END_NODE -> leave(path.removeLast());
                case FdtToken.PROPERTY -> {
                    int length = tree.getInt(at);
                    path.getLast()
                            .properties()
                            .put(text(tree, strings + tree.getInt(at + CELL)), tree.slice(at + 2 * CELL, length));
                    at = aligned(at + 2 * CELL + length);
                }
                case FdtToken.END -> {
                    return;
                }
                default -> {
                    // FDT_NOP: to be ignored.
                }
            }
        }
    }

    /// The parent defines the size of a node's addresses. The root has no parent.
    private void leave(Node node) {
        if (path.isEmpty() || !node.isUsed()) {
            return;
        }
        Node parent = path.getLast();
        if (path.size() == 1 && node.isMemory()) {
            boolean narrowed = node.properties().containsKey("linux,usable-memory");
            addRegisters(memory, parent, node.properties().get(narrowed ? "linux,usable-memory" : "reg"));
        } else if (path.size() == 2
                && parent.name().equals("reserved-memory")
                && !node.properties().containsKey("reusable")) {
            addRegisters(reserved, parent, node.properties().get("reg"));
        }
    }

    private static void addRegisters(List<AddressRange> into, Node parent, @Nullable ByteBuffer registers) {
        int address = parent.cells("#address-cells", ADDRESS_CELLS);
        int size = parent.cells("#size-cells", SIZE_CELLS);
        if (registers == null || address < 1 || size < 1 || address > 4 || size > 4) {
            return;
        }
        int entry = (address + size) * CELL;
        for (int at = 0; at + entry <= registers.remaining(); at += entry) {
            add(into, number(registers, at, address), number(registers, at + address * CELL, size));
        }
    }

    /// The low 64 bits of a number that consists of several cells.
    private static long number(ByteBuffer from, int at, int cells) {
        long value = 0;
        for (int cell = 0; cell < cells; cell++) {
            value = value << 32 | Integer.toUnsignedLong(from.getInt(at + cell * CELL));
        }
        return value;
    }

    private static void add(List<AddressRange> into, long address, long size) {
        into.add(AddressRange.fits(address, size) ? AddressRange.of(address, size) : new AddressRange(address, -1));
    }

    private static String text(ByteBuffer from, int at) {
        int end = at;
        while (end < from.limit() && from.get(end) != 0) {
            end++;
        }
        byte[] bytes = new byte[end - at];
        from.get(at, bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static int aligned(int at) {
        return (at + 3) & -4;
    }
}
