package dev.trapline.machine.firmware;

import dev.trapline.abi.devicetree.TreeNode;
import dev.trapline.abi.devicetree.TreeProperty;
import dev.trapline.abi.firmware.TreePart;
import java.util.List;
import java.util.regex.Pattern;

/// Whether what a service adds to the device tree can stand in one: names are as the Devicetree Specification has them
/// (§2.2.1 and §2.2.4, here up to twice as long), strings are plain text, and it is neither deep nor large.
final class TreePartCheck {

    private static final Pattern NODE = Pattern.compile("[A-Za-z0-9,._+-]{1,62}(@[A-Za-z0-9,._+-]{1,62})?");
    private static final Pattern PROPERTY = Pattern.compile("[A-Za-z0-9,._+?#-]{1,62}");
    private static final int DEEPEST = 16;
    private static final int MOST_BYTES = 64 << 10;

    private long bytes;

    private TreePartCheck() {}

    /// Checks a part.
    ///
    /// @throws IllegalArgumentException if it cannot stand in a tree
    static void require(TreePart part) {
        TreePartCheck check = new TreePartCheck();
        check.nodes(part.nodes(), 1);
        check.properties("cpu", part.ofCpus());
    }

    private void nodes(List<TreeNode> nodes, int depth) {
        if (depth > DEEPEST && !nodes.isEmpty()) {
            throw new IllegalArgumentException("nodes of the device tree are nested more than " + DEEPEST + " deep");
        }
        for (TreeNode node : nodes) {
            name("a node", node.name(), NODE);
            properties(node.name(), node.properties());
            nodes(node.children(), depth + 1);
        }
    }

    private void properties(String node, List<TreeProperty> properties) {
        for (TreeProperty property : properties) {
            name("a property of node '" + node + "'", property.name(), PROPERTY);
            switch (property) {
                case TreeProperty.Flag _ -> {}
                case TreeProperty.Cells(String _, List<Integer> cells) -> take((long) cells.size() * Integer.BYTES);
                case TreeProperty.References(String _, List<String> labels) ->
                    take((long) labels.size() * Integer.BYTES);
                case TreeProperty.Specifier(String _, String _, List<Integer> cells) ->
                    take((long) (1 + cells.size()) * Integer.BYTES);
                case TreeProperty.Strings(String name, List<String> texts) -> texts.forEach(text -> text(name, text));
            }
        }
    }

    private void text(String property, String text) {
        take(text.length());
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "a string of the device tree's property '" + property + "' has a control character");
        }
    }

    private void name(String what, String name, Pattern allowed) {
        take(name.length());
        if (!allowed.matcher(name).matches()) {
            throw new IllegalArgumentException(what + " of the device tree cannot have the name '" + name + "'");
        }
    }

    private void take(long more) {
        bytes += more + Integer.BYTES;
        if (bytes > MOST_BYTES) {
            throw new IllegalArgumentException(
                    "the service's part of the device tree has more than " + MOST_BYTES + " bytes");
        }
    }
}
