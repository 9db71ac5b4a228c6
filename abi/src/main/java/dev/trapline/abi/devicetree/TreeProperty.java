package dev.trapline.abi.devicetree;

import java.util.List;

/// A property of a node: a name, and a value in one of the forms that the Devicetree Specification 0.4 §2.2.4 gives.
public sealed interface TreeProperty {

    /// The property's name: 1 to 31 characters (§2.2.4.1).
    String name();

    /// A property without a value: its presence is the information.
    record Flag(String name) implements TreeProperty {}

    /// A property of 32-bit cells.
    record Cells(String name, List<Integer> cells) implements TreeProperty {
        public Cells {
            cells = List.copyOf(cells);
        }
    }

    /// A property of strings, in this order. They are ASCII.
    record Strings(String name, List<String> texts) implements TreeProperty {
        public Strings {
            texts = List.copyOf(texts);
        }
    }

    /// A property that refers to other nodes: a phandle each.
    ///
    /// @param labels of the nodes, as [TreeNode#label] has them
    record References(String name, List<String> labels) implements TreeProperty {
        public References {
            labels = List.copyOf(labels);
        }
    }

    /// A property that refers to one other node, and says which of its parts is meant: a phandle, and cells behind
    /// it.
    ///
    /// @param label of the node
    /// @param cells what they mean is defined by the binding of that node
    record Specifier(String name, String label, List<Integer> cells) implements TreeProperty {
        public Specifier {
            cells = List.copyOf(cells);
        }
    }
}
