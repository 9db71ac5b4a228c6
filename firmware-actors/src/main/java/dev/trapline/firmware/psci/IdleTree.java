package dev.trapline.firmware.psci;

import dev.trapline.abi.devicetree.TreeNode;
import dev.trapline.abi.devicetree.TreeProperty;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.TreePart;
import java.util.ArrayList;
import java.util.List;

/// The idle states in the device tree, by the bindings `arm,idle-state` and `arm,psci` of the Linux kernel.
///
/// It has only the states of a core. A guest that shares a domain with other cores would have to know the tree of
/// domains, which these bindings do not describe. No state has `local-timer-stop`: the timers of a CPU continue in all
/// of them.
final class IdleTree {

    private static final String LABEL = "cpu-sleep-";

    /// How long entry and exit take, and how long a CPU must stay for the state to be worth it, in microseconds.
    /// Entry and exit are instructions of the guest; these numbers are of the size that kernels need for them.
    private record Latency(int entry, int exit, int residency) {

        private static final Latency STANDBY = new Latency(2, 2, 10);
        private static final Latency POWER_DOWN = new Latency(20, 40, 500);
    }

    private IdleTree() {}

    /// A part with the idle states, if the service has any. Invalid settings add none: the service's start reports
    /// them.
    static TreePart added(TreePart part, ServiceContext context) {
        PsciSettings settings;
        try {
            settings = SettingsReader.read(context);
        } catch (IllegalArgumentException e) {
            return part;
        }
        List<IdleState> states = settings.states().all().stream()
                .filter(state -> state.lastLevel() == PowerTree.CORE)
                .toList();
        if (states.isEmpty() || !settings.version().isAtLeast(PsciVersion.V0_2)) {
            return part;
        }
        TreeNode all = TreeNode.named("idle-states").strings("entry-method", "psci");
        List<String> labels = new ArrayList<>();
        for (IdleState state : states) {
            String label = LABEL + labels.size();
            labels.add(label);
            all = all.child(node(label, state, settings.states().powerState(state)));
        }
        List<TreeNode> nodes = new ArrayList<>(part.nodes());
        nodes.add(TreeNode.named("cpus").child(all));
        List<TreeProperty> ofCpus = new ArrayList<>(part.ofCpus());
        ofCpus.add(new TreeProperty.References("cpu-idle-states", labels));
        return new TreePart(nodes, ofCpus);
    }

    private static TreeNode node(String label, IdleState state, int powerState) {
        Latency latency = state.isPowerDown() ? Latency.POWER_DOWN : Latency.STANDBY;
        return TreeNode.named(label)
                .labelled(label)
                .strings("compatible", "arm,idle-state")
                .strings("idle-state-name", state.name())
                .cells("arm,psci-suspend-param", powerState)
                .cells("entry-latency-us", latency.entry())
                .cells("exit-latency-us", latency.exit())
                .cells("min-residency-us", latency.residency());
    }
}
