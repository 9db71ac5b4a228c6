package dev.trapline.abi.devicetree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/// A node of a device tree.
///
/// ```java
/// TreeNode.named("rtc@9010000")
///         .strings("compatible", "arm,pl031", "arm,primecell")
///         .range("reg", 0x901_0000L, 0x1000)
/// ```
///
/// @param name with its unit address: `pl011@9000000`
/// @param label by which other nodes refer to it; empty if none does
/// @param properties in their order
/// @param children in their order, behind the properties
public record TreeNode(String name, String label, List<TreeProperty> properties, List<TreeNode> children) {

    public TreeNode {
        properties = List.copyOf(properties);
        children = List.copyOf(children);
    }

    /// An empty node with this name.
    public static TreeNode named(String name) {
        return new TreeNode(name, "", List.of(), List.of());
    }

    /// This node with a label, to which other nodes may refer. Its phandle is its last property.
    public TreeNode labelled(String other) {
        return new TreeNode(name, other, properties, children);
    }

    /// This node with one property more.
    public TreeNode with(TreeProperty property) {
        return new TreeNode(name, label, behind(properties, property), children);
    }

    /// This node with a property that has no value.
    public TreeNode flag(String property) {
        return with(new TreeProperty.Flag(property));
    }

    /// This node with a property of 32-bit cells.
    public TreeNode cells(String property, int... cells) {
        return with(
                new TreeProperty.Cells(property, Arrays.stream(cells).boxed().toList()));
    }

    /// This node with a property of addresses and sizes, two cells each.
    ///
    /// @param startsAndSizes an address and its size, and so on
    public TreeNode range(String property, long... startsAndSizes) {
        return cells(
                property,
                Arrays.stream(startsAndSizes)
                        .flatMap(value -> LongStream.of(value >>> Integer.SIZE, value))
                        .mapToInt(cell -> (int) cell)
                        .toArray());
    }

    /// This node with a property of strings.
    public TreeNode strings(String property, String... texts) {
        return with(new TreeProperty.Strings(property, List.of(texts)));
    }

    /// This node with a property that refers to other nodes by their labels.
    public TreeNode references(String property, String... labels) {
        return with(new TreeProperty.References(property, List.of(labels)));
    }

    /// This node with a property that refers to a part of another node by its label: see [TreeProperty.Specifier].
    public TreeNode specifier(String property, String other, int... cells) {
        return with(new TreeProperty.Specifier(
                property, other, Arrays.stream(cells).boxed().toList()));
    }

    /// This node with one child more.
    public TreeNode child(TreeNode child) {
        return new TreeNode(name, label, properties, behind(children, child));
    }

    /// This node with the additional properties and children of another node with the same name.
    public TreeNode merged(TreeNode other) {
        TreeNode all = this;
        for (TreeProperty property : other.properties) {
            if (!all.properties.contains(property)) {
                all = all.with(property);
            }
        }
        for (TreeNode child : other.children) {
            all = all.child(child);
        }
        return all;
    }

    private static <T> List<T> behind(List<T> list, T last) {
        List<T> longer = new ArrayList<>(list);
        longer.add(last);
        return longer;
    }
}
